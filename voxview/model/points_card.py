"""Where the weights of the points encoders and of the parts network are. Free of torch, as `weights_card`."""

from __future__ import annotations

from pathlib import Path

from voxview.model.shipped_encoders import find_shipped_or_file, is_installed

POINTS_WEIGHTS = ("pointnet2", "pointnet")
"""Names of the points weights that come with the program, the default first."""
PARTS_WEIGHTS = "parts"
"""Name of the parts weights that come with the program."""


def find_points_weights(name_or_path: str | Path | None = None) -> Path:
    """Return the path of points weights: of shipped ones by name, `pointnet2` for None, or of a file.

    Raises `VoxViewError` where the shipped ones are not installed, and `InputError` if a file cannot be
    opened.
    """
    return find_shipped_or_file(name_or_path, POINTS_WEIGHTS, "points weights", "points")


def find_parts_weights(name_or_path: str | Path | None = None) -> Path:
    """Return the path of parts weights: of the shipped ones for None or `parts`, or of a file.

    Raises as `find_points_weights`.
    """
    return find_shipped_or_file(name_or_path, (PARTS_WEIGHTS,), "parts weights", "parts")


def are_points_installed() -> bool:
    """Return True if the points weights that are the default are installed."""
    return is_installed(POINTS_WEIGHTS[0])


def are_parts_installed() -> bool:
    """Return True if the shipped parts weights are installed."""
    return is_installed(PARTS_WEIGHTS)
