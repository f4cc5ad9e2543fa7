"""Chairs of clouds, as they are listed."""

from __future__ import annotations

from pathlib import Path

from voxview.gui.points.reading import Made
from voxview.shapes.chair import Chair


def points_chair(path: Path, made: Made) -> Chair:
    """Return the chair of a cloud, whose id is the file's path, however it was given, and the crop.

    Raises `InputError` where nothing came out.
    """
    from voxview.engine.points import chair_of_points  # imports torch, which is there once there is a chair

    return chair_of_points(path.resolve(), made.result)
