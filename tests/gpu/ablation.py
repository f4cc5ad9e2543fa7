"""Ablation of `kernels/all_pairs.cu`: the effect of each of its optimisations on the time.

    python3 tests/gpu/ablation.py [n]     n chairs (2,000); prints GB/s written, and the device's rates

Every variant's blends are checked against the shipped kernel's, bit for bit.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import cupy as cp
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from voxview.latent.cuda import all_pairs_on_device
from voxview.resources import kernels_folder

STEPS = 11
RUNS = 11


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median time of some runs, between CUDA events."""
    work()
    times = []
    for _ in range(RUNS):
        begin, end = cp.cuda.Event(), cp.cuda.Event()
        begin.record()
        work()
        end.record()
        end.synchronize()
        times.append(cp.cuda.get_elapsed_time(begin, end))
    return float(np.median(times))


def main(n: int) -> None:
    source = (Path(__file__).parent / "ablation.cu").read_text()
    module = cp.RawModule(code=source, options=("-std=c++17", "--fmad=false", f"-I{kernels_folder()}"))
    z = cp.random.default_rng(0).standard_normal((n, 8, 8), dtype=cp.float32)
    t = cp.linspace(0, 1, STEPS, dtype=cp.float32)
    out = cp.empty((n, n, STEPS, 8, 8), cp.float32)
    expected = cp.empty_like(out)
    all_pairs_on_device(z, t, expected, kernel="shared", stream=None)

    def show(name: str, work: Callable[[], object], moved: int = out.nbytes) -> None:
        ms = milliseconds(work)
        print(f"{name:<58} {ms:9.3f} ms {moved / ms / 1e6:7.0f} GB/s", flush=True)

    def launch(name: str, grid: tuple[int, ...], block: tuple[int, ...]) -> Callable[[], None]:
        entry = module.get_function(name)
        return lambda: entry(grid, block, (z, t, out, np.int32(n), np.int32(STEPS)))

    tall, low = (-(-n // 4) * -(-n // 16),), (n * -(-n // 16),)
    numbers = n * STEPS * 64
    variants = {
        "one thread an element, 64-bit offsets (all_pairs_global)": lambda: all_pairs_on_device(
            z, t, out, kernel="global", stream=None
        ),
        "the same, 32-bit offsets": launch("narrow", (-(-numbers // 256), n), (256,)),
        "float4": launch("wide_plain", (-(-numbers // 1024), n), (256,)),
        "float4, streaming stores": launch("wide_streamed", (-(-numbers // 1024), n), (256,)),
        "4x16 tiles, streaming, through the caches": launch("tall_cached_streamed", tall, (16, 16)),
        "4x16 tiles in shared memory": launch("tall_shared_plain", tall, (16, 16)),
        "4x16 tiles in shared memory, streaming": launch("tall_shared_streamed", tall, (16, 16)),
        "1x16 tiles, streaming, through the caches": launch("low_cached_streamed", low, (16, 16)),
        "1x16 tiles in shared memory, streaming": launch("low_shared_streamed", low, (16, 16)),
        "all_pairs_shared": lambda: all_pairs_on_device(z, t, out, kernel="shared", stream=None),
    }
    device = cp.cuda.runtime.getDeviceProperties(0)["name"].decode()
    print(f"{device}, n = {n}, k = {STEPS}: {out.nbytes / 1e9:.2f} GB")
    for name, work in variants.items():
        out.fill(np.nan)
        show(name, work)
        assert bool((out.view(cp.uint32) == expected.view(cp.uint32)).all()), name
    show("device fill (write)", lambda: cp.cuda.runtime.memsetAsync(out.data.ptr, 0, out.nbytes, 0))
    copy = lambda: cp.cuda.runtime.memcpyAsync(  # noqa: E731
        out.data.ptr, expected.data.ptr, out.nbytes, cp.cuda.runtime.memcpyDeviceToDevice, 0
    )
    show("device copy (read + write)", copy, 2 * out.nbytes)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
