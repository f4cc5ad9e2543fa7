"""Reading one chair of a folder without listing the folder."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from voxview.errors import InputError
from voxview.shapes.catalogs.change import AS_IN_FILE
from voxview.shapes.catalogs.changed import read_turned
from voxview.shapes.catalogs.folder import file_of_id
from voxview.shapes.catalogs.shapenet import read_of_synset
from voxview.shapes.catalogs.sidecar import read_sidecar
from voxview.shapes.frame import Grid
from voxview.shapes.io.read import read_shape
from voxview.shapes.io.there import is_folder


def read_one(source: str, chair_id: str) -> Grid:
    """Return the grid of a catalog's chair by its source and id, turned as that catalog would read it.

    Raises `InputError` if the folder or the chair is gone or cannot be read.
    """
    if ".." in PurePosixPath(chair_id).parts or PurePosixPath(chair_id).is_absolute():
        raise InputError(f"'{chair_id}' is no id of a chair in {source}")
    folder = Path(source)
    if not is_folder(folder):
        raise InputError(f"there is no folder {source}: check its name")
    grid, key = read_of_synset(folder, chair_id), chair_id
    if grid is None:
        file = file_of_id(folder, chair_id)
        if file is None:
            raise InputError(f"no chair '{chair_id}' in {source}")
        grid, key = read_shape(file), file.relative_to(folder).as_posix()
    change = read_sidecar(folder).changes.get(key, AS_IN_FILE)
    return read_turned(lambda: grid, change.up, change.turn)
