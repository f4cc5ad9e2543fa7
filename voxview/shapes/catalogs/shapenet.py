"""Catalogs of ShapeNet's chairs: ShapeNetVox32, ShapeNetCore v2 and v1.

Listing opens no file; which of a chair's files is used is decided when its grid is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from voxview.conventions import CHAIR_SYNSET
from voxview.errors import InputError
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.listing import is_file, is_folder, is_upward_link, visible_entries
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Grid
from voxview.shapes.io.read import read_shape

_CHAIRS_PROBED = 16
"""Chairs that are probed to detect the layout: the first may be an incomplete download."""

_LEVELS = 3
"""Levels below the given folder at which the synset is searched: `DATA/ShapeNetVox32/03001627` is three."""

_FOLDERS_SEARCHED = 500


@dataclass(frozen=True)
class _Layout:
    name: str
    files: tuple[str, ...]
    """Paths of a chair's shape in its folder; the first one that exists is read."""
    turn: int
    """Degrees about y that turn its front to −z."""
    only_in_synset: bool
    """Whether the folder has to be named as the synset, because the file names alone are ambiguous."""


_LAYOUTS = (
    _Layout("ShapeNetVox32", ("model.binvox",), 0, False),
    _Layout(
        "ShapeNetCore v2",
        ("models/model_normalized.solid.binvox", "models/model_normalized.obj"),
        0,
        False,
    ),
    # ShapeNetCore.v1's README: the front is the +X axis (v2: −Z). 3D-R2N2's voxels, made from v1, need
    # the same quarter turn, which `binvox.py` applies to them.
    _Layout("ShapeNetCore v1", ("model.solid.binvox", "model.obj"), 90, True),
)


def find_shapenet(folder: Path) -> Catalog | None:
    """Return the catalog of ShapeNet's chairs in a folder or up to three levels below; None if there is none.

    The folder may be the synset's own. Of several collections the one with the most chairs is used.
    """
    found = [catalog for synset in _synsets(folder) if (catalog := _catalog(synset))]
    return max(found, key=len, default=None)


def read_of_synset(synset: Path, chair_id: str) -> Grid | None:
    """Return the grid of one of ShapeNet's chairs, without listing the others; None if it is none there.

    Raises `InputError` for a file that cannot be used.
    """
    layout = _layout(synset, chair_id)
    return None if layout is None else _read(synset / chair_id, layout)


def _synsets(folder: Path) -> Iterator[Path]:
    """Yield the folder itself and those named as the chairs' synset below it, nearest first."""
    yield folder
    level, searched = [folder], 0
    for _ in range(_LEVELS):
        below: list[Path] = []
        for parent in level:
            searched += 1
            if searched > _FOLDERS_SEARCHED:
                return
            for name in _folders(parent):
                if name == CHAIR_SYNSET:
                    yield parent / name
                else:
                    below.append(parent / name)
        level = below


def _catalog(synset: Path) -> Catalog | None:
    ids = _folders(synset)
    layout = next((found for i in islice(ids, _CHAIRS_PROBED) if (found := _layout(synset, i))), None)
    if layout is None:
        return None
    source = str(synset)
    chairs = [
        Chair(
            id=chair_id,
            name=f"chair {chair_id[:8]}",
            source=source,
            read=partial(_read, synset / chair_id, layout),
            details={"path": f"{source}{os.sep}{chair_id}"},
        )
        for chair_id in ids
    ]
    return Catalog(layout.name, source, chairs)


def _layout(synset: Path, chair_id: str) -> _Layout | None:
    for layout in _LAYOUTS:
        if layout.only_in_synset and synset.name != CHAIR_SYNSET:
            continue
        if any(is_file(synset / chair_id / file) for file in layout.files):
            return layout
    return None


def _read(chair: Path, layout: _Layout) -> Grid:
    for file in layout.files:
        if is_file(chair / file):
            return read_shape(chair / file, turn=layout.turn, shapenetvox32=layout is _LAYOUTS[0])
    if chair.is_dir() and not os.access(chair, os.R_OK | os.X_OK):
        raise InputError(f"chair {chair.name} cannot be read: no permission to look into {chair}")
    if not chair.parent.is_dir():  # as when a disk was unplugged
        where = f"its folder {chair.parent} is not there any more; bring it back, or open another one"
        raise InputError(f"chair {chair.name} cannot be read: {where}")
    raise InputError(f"chair {chair.name} has no shape: no {' and no '.join(layout.files)} in {chair}")


def _folders(parent: Path) -> list[str]:
    """Return the names of a folder's subfolders, sorted, without hidden ones; none if it cannot be listed.

    Links to a folder above, and to one that is beside them, are left out: they would list other chairs, and
    chairs twice.
    """
    entries = [entry for entry in visible_entries(parent) if is_folder(entry)]
    if not any(entry.is_symlink() for entry in entries):
        return [entry.name for entry in entries]
    inside = os.path.realpath(parent)
    return [
        entry.name
        for entry in entries
        if not entry.is_symlink()
        or not (is_upward_link(entry) or str(Path(os.path.realpath(entry.path)).parent) == inside)
    ]
