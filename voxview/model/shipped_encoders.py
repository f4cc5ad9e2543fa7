"""Where the weights of encoders and of the parts network are. Free of torch, as `weights_card`."""

from __future__ import annotations

import os
from pathlib import Path

from voxview.errors import InputError, VoxViewError
from voxview.resources import asset


def find_shipped_or_file(
    name_or_path: str | Path | None, shipped: tuple[str, ...], kind: str, network: str
) -> Path:
    """Return the path of weights: of shipped ones by name, the first of them for None, or of a file.

    `kind` says what they are, such as `picture weights`, and `network` what `--network` trains them. Raises
    `VoxViewError` where shipped ones are not installed, and `InputError` if a file cannot be opened.
    """
    name = shipped[0] if name_or_path is None or str(name_or_path) == "" else str(name_or_path)
    if name in shipped:
        if not is_installed(name):
            raise VoxViewError(
                f"no {kind} are installed: train some with 'voxview train --network {network}', and give "
                "the file"
            )
        return asset("weights", f"{name}.safetensors")
    if not isinstance(name_or_path, str | os.PathLike):
        raise InputError(f"{kind} are a name or a path, but a {type(name_or_path).__name__} came")
    path = Path(name_or_path)
    try:
        if path.exists() and not path.is_file() and not path.is_dir():  # to open a pipe would wait
            raise ValueError("no regular file")
        with path.open("rb"):
            return path
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"no {kind} at {path} ({reason}): give a .safetensors file of 'voxview train --network {network}'"
        ) from error


def is_installed(name: str) -> bool:
    """Return True if shipped weights are installed."""
    return asset("weights", f"{name}.safetensors").is_file()
