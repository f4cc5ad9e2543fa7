"""Opening the catalog at a path, whatever its kind."""

from __future__ import annotations

import os
from pathlib import Path

from voxview.conventions import CHAIR_SYNSET
from voxview.errors import InputError
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.changed import changed_catalog
from voxview.shapes.catalogs.folder import find_shape_files
from voxview.shapes.catalogs.shapenet import find_shapenet
from voxview.shapes.catalogs.sidecar import read_sidecar
from voxview.shapes.io.notices import notice
from voxview.shapes.io.paths import as_path
from voxview.shapes.io.read import READABLE_SUFFIXES


def open_catalog(path: str | os.PathLike[str] | None = None) -> Catalog:
    """Open the catalog in a folder, or the catalog of sample chairs for None.

    Recognises ShapeNetVox32, ShapeNetCore v2 and v1, at the chairs' synset or up to three levels above it;
    anything else is a folder of shape files. Listing opens no file. Raises `InputError` for a path that is
    missing, is a file or cannot be listed, and for a folder without chairs. What a person has changed about a
    folder's chairs is so in it (see `sidecar`).
    """
    if path is None:
        from voxview.shapes.catalogs.samples import sample_catalog

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
    return with_sidecar(catalog)


def with_sidecar(files: Catalog) -> Catalog:
    """Return a folder's catalog with what a person has changed, and a notice where that cannot be read."""
    sidecar = read_sidecar(Path(files.source))
    if sidecar.fault:
        notice(sidecar.fault)
        said = "; ".join(line for line in (files.notice, sidecar.fault) if line)
        files = Catalog(files.name, files.source, tuple(files), said)
    return changed_catalog(files, sidecar.changes)
