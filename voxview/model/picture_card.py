"""Where the picture encoder's weights are. Free of torch, as `weights_card`."""

from __future__ import annotations

import os
from pathlib import Path

from voxview.errors import InputError, VoxViewError
from voxview.resources import asset

PICTURE_WEIGHTS = "picture"
"""Name of the picture weights that come with the program."""


def find_picture_weights(name_or_path: str | Path | None = None) -> Path:
    """Return the path of picture weights: of the shipped ones for None or `picture`, or of a file.

    Raises `VoxViewError` where the shipped ones are not installed, and `InputError` if a file cannot be
    opened.
    """
    if name_or_path is None or str(name_or_path) in ("", PICTURE_WEIGHTS):
        if not is_picture_installed():
            raise VoxViewError(
                "no picture weights are installed: train some with 'voxview train --network picture', "
                "and give the file"
            )
        return asset("weights", f"{PICTURE_WEIGHTS}.safetensors")
    if not isinstance(name_or_path, str | os.PathLike):
        raise InputError(f"picture weights are a name or a path, but a {type(name_or_path).__name__} came")
    path = Path(name_or_path)
    try:
        with path.open("rb"):
            return path
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"no picture weights at {path} ({reason}): give a .safetensors file of 'voxview train "
            "--network picture'"
        ) from error


def is_picture_installed() -> bool:
    """Return True if the shipped picture weights are installed."""
    return asset("weights", f"{PICTURE_WEIGHTS}.safetensors").is_file()
