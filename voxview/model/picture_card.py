"""Where the picture encoder's weights are. Free of torch, as `weights_card`."""

from __future__ import annotations

from pathlib import Path

from voxview.model.shipped_encoders import find_shipped_or_file, is_installed

PICTURE_WEIGHTS = "picture"
"""Name of the picture weights that come with the program."""


def find_picture_weights(name_or_path: str | Path | None = None) -> Path:
    """Return the path of picture weights: of the shipped ones for None or `picture`, or of a file.

    Raises `VoxViewError` where the shipped ones are not installed, and `InputError` if a file cannot be
    opened.
    """
    return find_shipped_or_file(name_or_path, (PICTURE_WEIGHTS,), "picture weights", "picture")


def is_picture_installed() -> bool:
    """Return True if the shipped picture weights are installed."""
    return is_installed(PICTURE_WEIGHTS)
