"""Reading one chair of a folder without listing the folder."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from voxview.errors import InputError
from voxview.shapes.catalogs.folder import file_of_id
from voxview.shapes.catalogs.shapenet import read_of_synset
from voxview.shapes.frame import Grid
from voxview.shapes.io.read import read_shape


def read_one(source: str, chair_id: str) -> Grid:
    """Return the grid of a catalog's chair by its source and id, as that catalog would read it.

    Raises `InputError` if the folder or the chair is gone or cannot be read.
    """
    if ".." in PurePosixPath(chair_id).parts or PurePosixPath(chair_id).is_absolute():
        raise InputError(f"'{chair_id}' is no id of a chair in {source}")
    folder = Path(source)
    if not folder.is_dir():
        raise InputError(f"there is no folder {source}: check its name")
    grid = read_of_synset(folder, chair_id)
    if grid is not None:
        return grid
    file = file_of_id(folder, chair_id)
    if file is None:
        raise InputError(f"no chair '{chair_id}' in {source}")
    return read_shape(file)
