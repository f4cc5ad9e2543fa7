"""Writing what is in the middle: in which formats, and under which name it is spoken of."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from voxview.engine.mix import MixRequest
from voxview.engine.request import BlendRequest
from voxview.gui.session.shown import Result
from voxview.gui.session.surface_texts import SURFACE_NAMES, is_fine
from voxview.gui.session.titles import mix_title

if TYPE_CHECKING:
    from voxview.shapes.parts import Labels

_WRITABLE = {
    ".obj": "Wavefront surface",
    ".stl": "STL surface",
    ".ply": "PLY surface",
    ".glb": "glTF surface",
    ".binvox": "binvox voxels",
    ".npy": "NumPy voxels",
}
_WITH_PARTS = {".obj": "groups", ".ply": "colours", ".glb": "colours", ".npz": "labels"}
"""How files carry parts; a `.npz` is written for them alone."""
VOXELS = (".binvox", ".npy", ".npz")


def writable(surface_resolution: int, *, has_parts: bool = False) -> dict[str, str]:
    """Return what can be written: suffix → what it is; `has_parts`: where parts are shown."""
    kinds = dict(_WRITABLE)
    if is_fine(surface_resolution):
        name = f", {SURFACE_NAMES[surface_resolution]}, as on screen"
        kinds = {suffix: text + name * (suffix not in VOXELS) for suffix, text in kinds.items()}
    if has_parts:
        kinds[".npz"] = "NumPy voxels"
        kinds = {
            suffix: f"{text} with parts as {_WITH_PARTS[suffix]}" if suffix in _WITH_PARTS else text
            for suffix, text in kinds.items()
        }
    return kinds


def carries_parts(path: Path) -> bool:
    """Return whether a file of this name can carry parts."""
    return path.suffix.lower() in _WITH_PARTS


def write_file(path: Path, result: Result, surface_resolution: int, labels: Labels | None = None) -> None:
    """Write a result, with its parts if there are any and the file carries them.

    Its surface is extracted anew where it is that of a slider in motion.
    """
    from voxview.surface.extract import extract_surface
    from voxview.surface.write import write_shape

    parts = labels if carries_parts(path) else None
    if path.suffix.lower() in VOXELS:
        write_shape(path, result.grid, parts)
    elif result.surface.resolution == surface_resolution:
        write_shape(path, result.surface, parts)
    else:
        write_shape(path, extract_surface(result.field, resolution=surface_resolution), parts)


def called(result: Result) -> str:
    """Return what a message calls what was exported."""
    request = result.request
    if isinstance(request, BlendRequest):
        return f"the blend of {request.a.name} and {request.b.name} at t = {request.t:g}"
    if isinstance(request, MixRequest):
        return f"the mix on screen ({mix_title(request)})"
    return (
        f"the edited blend ({request.name})" if request.is_edit else f"the chair on the map ({request.name})"
    )
