"""The CUDA kernels, compiled once per device. Importing this module needs CuPy."""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

from voxview.cuda.kernel_cache import compiled_in_cache, make_importable
from voxview.resources import kernel_source, kernel_sources, kernels_folder

make_importable()
import cupy as cp  # noqa: E402 - where its folder cannot be made, this comes first

_Key = tuple[int, str]
"""A device's number, and a source's name."""

_modules: dict[_Key, cp.RawModule] = {}
_locks: defaultdict[_Key, threading.Lock] = defaultdict(threading.Lock)
_choosing = threading.Lock()


@cp.memoize(for_each_device=True)
def kernel(source: str, name: str) -> cp.RawKernel:
    """Return the entry point `name` of `kernels/<source>`, compiled for the current device."""
    return compiled_module(source).get_function(name)


def compiled_module(source: str) -> cp.RawModule:
    """Return `kernels/<source>` compiled for the current device; wait if another thread compiles it."""
    key = cp.cuda.Device().id, source
    with _choosing:
        lock = _locks[key]
    with lock:
        if key not in _modules:
            _modules[key] = _compile(source)
        return _modules[key]


def broken_sources() -> dict[str, str]:
    """Compile every source for the current device, all at once; return why those fail that do."""
    device, sources = cp.cuda.Device().id, kernel_sources()

    def problem(source: str) -> str | None:
        try:
            with cp.cuda.Device(device):  # of this thread, which has one of its own
                compiled_module(source)
        except Exception as failure:  # of NVRTC, of the driver, or of reading the file
            return (str(failure).strip() or type(failure).__name__).splitlines()[0]
        return None

    with ThreadPoolExecutor(len(sources), "voxview-compile") as pool:
        problems = zip(sources, pool.map(problem, sources), strict=True)
        return {source: reason for source, reason in problems if reason}


def _compile(source: str) -> cp.RawModule:
    code = kernel_source(source).read_text(encoding="utf-8")
    # Without fused multiply-adds a kernel rounds as NumPy does; where one is wanted, the source calls fmaf.
    options = ("-std=c++17", "--fmad=false", f"-I{kernels_folder()}")

    def compile_it() -> cp.RawModule:
        module = cp.RawModule(code=f"// {_headers_digest()}\n{code}", options=options)
        module.compile()
        return module

    return compiled_in_cache(compile_it)


def _headers_digest() -> str:
    """Return a hash of the headers: CuPy's disk cache is keyed by the source and would miss their changes."""
    digest = hashlib.sha256()
    for header in sorted(kernels_folder().glob("*.cuh")):
        digest.update(header.read_bytes())
    return digest.hexdigest()
