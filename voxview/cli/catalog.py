"""Chairs by their names on the command line: a catalog's ids, or files."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.cli.pictures import chair_in_picture
from voxview.cli.points import chair_in_points

if TYPE_CHECKING:
    from voxview.shapes.catalogs.catalog import Catalog
    from voxview.shapes.chair import Chair


def open_data(data: Path | None) -> Catalog:
    """Return the catalog in a folder, or the samples."""
    from voxview.shapes.catalogs.open import open_catalog

    return open_catalog(data)


def find_chair(name: str, catalog: Catalog, options: argparse.Namespace) -> Chair:
    """Return the chair of an id, a shape file, a picture, a file of points, or the only id that starts so.

    `options` say with which weights pictures and points are read (`--picture-weights`, `--points-weights`).
    Raises `InputError` where there is none, or more than one.
    """
    from voxview.pictures.read import is_picture_name
    from voxview.shapes.io.points import holds_points
    from voxview.shapes.io.read import READABLE_SUFFIXES, chair_from_file

    exact = catalog.get(name)  # first, because a folder's ids may look like files: `office/one`
    if exact is not None:
        return exact
    if is_picture_name(name):
        return chair_in_picture(Path(name), options)[0]
    if holds_points(name):
        return chair_in_points(Path(name), options)[0]
    if Path(name).suffix.lower() in READABLE_SUFFIXES or os.sep in name:
        return chair_from_file(Path(name))
    return catalog.find(name)
