"""Chairs by their names on the command line: a catalog's ids, or files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voxview.shapes.catalogs.catalog import Catalog
    from voxview.shapes.chair import Chair


def open_data(data: Path | None) -> Catalog:
    """Return the catalog in a folder, or the samples."""
    from voxview.shapes.catalogs.open import open_catalog

    return open_catalog(data)


def find_chair(name: str, catalog: Catalog) -> Chair:
    """Return the catalog's chair of that id, a shape file, or the catalog's only id that starts so.

    Raises `InputError` where there is none, or more than one.
    """
    from voxview.shapes.io.read import READABLE_SUFFIXES, chair_from_file

    exact = catalog.get(name)  # first, because a folder's ids may look like files: `office/one`
    if exact is not None:
        return exact
    if Path(name).suffix.lower() in READABLE_SUFFIXES or os.sep in name:
        return chair_from_file(Path(name))
    return catalog.find(name)
