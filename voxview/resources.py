"""Paths of `kernels/` and `assets/`, in a checkout, an editable install, a wheel or a frozen bundle."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

from voxview.errors import VoxViewError


@cache
def _home() -> Path:
    package = Path(__file__).resolve().parent
    bundle = getattr(sys, "_MEIPASS", None)  # set by PyInstaller
    candidates = [package, package.parent] + ([Path(bundle), Path(bundle) / "voxview"] if bundle else [])
    for candidate in candidates:
        if (candidate / "kernels" / "interpolate.cu").is_file() and (candidate / "assets").is_dir():
            return candidate
    raise VoxViewError(f"VoxView's kernels and assets are not beside {package}: install VoxView again")


def is_bundled() -> bool:
    """Return whether this is PyInstaller's bundle, where `sys.executable` is VoxView, and there is no pip."""
    return bool(getattr(sys, "frozen", False))


def kernel_source(name: str) -> Path:
    """Return the path of a CUDA source, such as `kernel_source("interpolate.cu")`."""
    return _home() / "kernels" / name


def kernel_sources() -> tuple[str, ...]:
    """Return the names of all CUDA sources, such as `interpolate.cu`."""
    return tuple(sorted(path.name for path in kernels_folder().glob("*.cu")))


def kernels_folder() -> Path:
    """Return the folder of the `.cu` and `.cuh` files, NVRTC's include path."""
    return _home() / "kernels"


def asset(*parts: str) -> Path:
    """Return the path of a file in `assets/`, such as `asset("weights", "chairs.safetensors")`."""
    return _home().joinpath("assets", *parts)
