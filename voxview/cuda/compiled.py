"""The CUDA kernels, compiled once per device. Importing this module needs CuPy."""

from __future__ import annotations

import hashlib

import cupy as cp

from voxview.resources import kernel_source, kernels_folder


@cp.memoize(for_each_device=True)
def kernel(source: str, name: str) -> cp.RawKernel:
    """Return the entry point `name` of `kernels/<source>`, compiled for the current device."""
    return _module(source).get_function(name)


@cp.memoize(for_each_device=True)
def _module(source: str) -> cp.RawModule:
    code = kernel_source(source).read_text(encoding="utf-8")
    # Without fused multiply-adds a kernel rounds as NumPy does; where one is wanted, the source calls fmaf.
    options = ("-std=c++17", "--fmad=false", f"-I{kernels_folder()}")
    return cp.RawModule(code=f"// {_headers_digest()}\n{code}", options=options)


def _headers_digest() -> str:
    """Return a hash of the headers: CuPy's disk cache is keyed by the source and would miss their changes."""
    digest = hashlib.sha256()
    for header in sorted(kernels_folder().glob("*.cuh")):
        digest.update(header.read_bytes())
    return digest.hexdigest()
