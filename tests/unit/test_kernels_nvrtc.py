"""NVRTC, the compiler that CuPy calls, compiles every source for old and new GPUs without a warning.

It needs no GPU and no driver, only its library: VoxView's extras `cuda12` and `cuda13` bring it, as do a CUDA
toolkit and PyTorch for CUDA.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import importlib.util
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from kernel_sources import ARCHITECTURES, SOURCES, text_of

from voxview.resources import kernels_folder

FOLDERS = ("/usr/local/cuda/lib64", "/usr/local/cuda/targets/x86_64-linux/lib")


def candidates() -> Iterator[str]:
    """Where the library may be: in Python's packages, in a toolkit, where the system looks."""
    packages = importlib.util.find_spec("nvidia")
    for package in (packages.submodule_search_locations or ()) if packages else ():
        yield from map(str, sorted(Path(package).glob("*/lib/libnvrtc.so*")))
    for folder in FOLDERS:
        yield from map(str, sorted(Path(folder).glob("libnvrtc.so*")))
    if found := ctypes.util.find_library("nvrtc"):
        yield found


@cache
def nvrtc() -> Any:
    """The library, or None."""
    for path in candidates():
        try:
            return ctypes.CDLL(path)
        except OSError:
            continue
    return None


pytestmark = pytest.mark.skipif(
    nvrtc() is None, reason="NVRTC's library is not here: VoxView's extras cuda12 and cuda13 bring it"
)


@cache
def known() -> tuple[int, ...]:
    """The compute capabilities that this NVRTC compiles for: 75, 90 ..."""
    count = ctypes.c_int()
    assert nvrtc().nvrtcGetNumSupportedArchs(ctypes.byref(count)) == 0
    found = (ctypes.c_int * count.value)()
    assert nvrtc().nvrtcGetSupportedArchs(found) == 0
    return tuple(found)


def strings(texts: list[str]) -> Any:
    return (ctypes.c_char_p * len(texts))(*(text.encode() for text in texts))


def compiled(source: str, options: list[str]) -> tuple[int, str, int]:
    """Compile a source; return NVRTC's status, its log, and the size of the machine code."""
    program, size = ctypes.c_void_p(), ctypes.c_size_t()
    library = nvrtc()
    made = library.nvrtcCreateProgram(
        ctypes.byref(program), text_of(source).encode(), source.encode(), 0, None, None
    )
    assert made == 0
    try:
        status = library.nvrtcCompileProgram(program, len(options), strings(options))
        library.nvrtcGetProgramLogSize(program, ctypes.byref(size))
        log = ctypes.create_string_buffer(size.value)
        library.nvrtcGetProgramLog(program, log)
        size.value = 0
        if status == 0:
            library.nvrtcGetCUBINSize(program, ctypes.byref(size))
        return status, log.value.decode(errors="replace"), size.value
    finally:
        library.nvrtcDestroyProgram(ctypes.byref(program))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("source", SOURCES)
def test_nvrtc_compiles_with_cupys_options(source: str, architecture: int) -> None:
    if architecture not in known():
        pytest.skip(f"this NVRTC compiles for {known()}")
    # voxview/cuda/compiled.py has the first three, CuPy adds the others.
    ours = ["-std=c++17", "--fmad=false", f"-I{kernels_folder()}"]
    status, log, size = compiled(source, [*ours, "-ftz=true", f"-arch=sm_{architecture}"])
    assert status == 0, log
    assert "warning" not in log and size > 0
