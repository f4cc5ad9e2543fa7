"""Chairs in another orientation than that of their file or catalog."""

from __future__ import annotations

from dataclasses import replace

from voxview.shapes.chair import Chair
from voxview.shapes.io.read import chair_from_file
from voxview.shapes.orient import AS_READ, Orientation, rotate_grid


def turned_chair(chair: Chair, orientation: Orientation) -> Chair:
    """Return the chair, turned: a single file is read in the orientation, a catalog's grid is rotated."""
    if orientation == AS_READ:
        return chair
    if chair.details.get("path") == chair.source:
        order = str(chair.details.get("axis_order", "auto"))
        return chair_from_file(chair.source, up=orientation.up, turn=orientation.turn, axis_order=order)
    return replace(
        chair,
        read=lambda: rotate_grid(chair.read(), orientation.matrix),
        details={**chair.details, "up": orientation.up, "turn": orientation.turn},
    )
