"""Compiling CUDA kernels before they are needed, on threads of their own, while other things are imported."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from pathlib import Path

from voxview.resources import kernel_sources

log = logging.getLogger(__name__)

FIRST_BLEND = ("marching_cubes.cu", "decoder.cu", "interpolate.cu")
"""The sources that a first blend needs, those that take longest first."""


def all_sources() -> tuple[str, ...]:
    """Return every source, those of a first blend first."""
    return (*FIRST_BLEND, *(source for source in kernel_sources() if source not in FIRST_BLEND))


_DRIVERS = ("/proc/driver/nvidia/version", "/dev/nvidiactl", "/dev/dxg", "C:/Windows/System32/nvcuda.dll")
"""Files that there are where a CUDA driver is: of Linux, in a container, under WSL, of Windows."""


def compile_ahead() -> None:
    """Begin to compile every source for the current GPU, if there may be one, and return at once.

    NVRTC leaves Python's lock to others, so it compiles while they import PyTorch. Whoever needs a kernel
    waits for it in `compiled_module`, and `find_devices` for all: whatever fails here fails there once more,
    and is reported.
    """
    if _may_have_gpu():
        sources = all_sources()
        threading.Thread(target=_compile_all, args=(sources,), name="voxview-compile", daemon=True).start()


def _may_have_gpu() -> bool:
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1")
    return not hidden and any(Path(driver).exists() for driver in _DRIVERS)


def _compile_all(sources: Sequence[str]) -> None:
    for source in sources[1:]:
        name = f"voxview-compile-{source}"
        threading.Thread(target=_compile_one, args=(source,), name=name, daemon=True).start()
    _compile_one(sources[0])


def _compile_one(source: str) -> None:
    try:
        from voxview.cuda.compiled import compiled_module

        compiled_module(source)
    except Exception:  # of CuPy, which may be missing or broken, of the driver or of NVRTC
        log.debug("%s could not be compiled ahead", source, exc_info=True)
