"""Writing what is in the middle: in which formats, and under which name it is spoken of."""

from __future__ import annotations

from pathlib import Path

from voxview.engine.mix import MixRequest
from voxview.engine.request import BlendRequest
from voxview.gui.session.shown import Result
from voxview.gui.session.surface_texts import SURFACE_NAMES, is_fine
from voxview.gui.session.titles import mix_title

_WRITABLE = {
    ".obj": "Wavefront surface",
    ".stl": "STL surface",
    ".ply": "PLY surface",
    ".glb": "glTF surface",
    ".binvox": "binvox voxels",
    ".npy": "NumPy voxels",
}
VOXELS = (".binvox", ".npy")


def writable(surface_resolution: int) -> dict[str, str]:
    """Return what can be written: suffix → what it is."""
    if not is_fine(surface_resolution):
        return _WRITABLE
    name = SURFACE_NAMES[surface_resolution]
    return {
        suffix: text if suffix in VOXELS else f"{text}, {name}, as on screen"
        for suffix, text in _WRITABLE.items()
    }


def write_file(path: Path, result: Result, surface_resolution: int) -> None:
    """Write a result; its surface is extracted anew where it is that of a slider in motion."""
    from voxview.surface.extract import extract_surface
    from voxview.surface.write import write_shape

    if path.suffix.lower() in VOXELS:
        write_shape(path, result.grid)
    elif result.surface.resolution == surface_resolution:
        write_shape(path, result.surface)
    else:
        write_shape(path, extract_surface(result.field, resolution=surface_resolution))


def called(result: Result) -> str:
    """Return what a message calls what was exported."""
    request = result.request
    if isinstance(request, BlendRequest):
        return f"the blend of {request.a.name} and {request.b.name} at t = {request.t:g}"
    if isinstance(request, MixRequest):
        return f"the mix on screen ({mix_title(request)})"
    return f"the chair on the map ({request.name})"
