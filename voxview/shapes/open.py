"""A path, or nothing → the catalog behind it."""

from __future__ import annotations

import os

from voxview.errors import InputError
from voxview.shapes.catalog import Catalog
from voxview.shapes.folder import find_shape_files
from voxview.shapes.frame import CHAIR_SYNSET
from voxview.shapes.paths import as_path
from voxview.shapes.read import READABLE_SUFFIXES
from voxview.shapes.shapenet import find_shapenet


def open_catalog(path: str | os.PathLike[str] | None = None) -> Catalog:
    """The catalog in a folder, or of the sample chairs for None.

    Recognises ShapeNetVox32, ShapeNetCore v2 and v1, at the chairs' synset or up to three levels above it;
    anything else is a folder of shape files. Listing opens no file. Raises `InputError` for a path that is
    missing, is a file or cannot be listed, and for a folder without chairs.
    """
    if path is None:
        from voxview.shapes.samples import sample_catalog

        return sample_catalog()
    try:
        folder = as_path(path).expanduser()
        with os.scandir(folder):
            pass
    except FileNotFoundError:
        raise InputError(f"there is no folder {path}: check its name") from None
    except NotADirectoryError:
        raise InputError(f"{path} is a file, not a folder of chairs: give the folder that it is in") from None
    except PermissionError:
        raise InputError(f"the folder {path} cannot be listed: no permission") from None
    except InputError:
        raise
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(
            f"the folder {path} cannot be listed: {getattr(error, 'strerror', None) or error}"
        ) from error
    catalog = find_shapenet(folder) or find_shape_files(folder)
    if catalog is None:
        raise InputError(
            f"no chairs in {path}: neither ShapeNetVox32 nor ShapeNetCore (a folder {CHAIR_SYNSET}) "
            f"nor shape files ({' '.join(READABLE_SUFFIXES)})"
        )
    return catalog
