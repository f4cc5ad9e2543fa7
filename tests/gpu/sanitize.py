"""A small launch of every kernel under each of compute-sanitizer's tools.

    python3 tests/gpu/sanitize.py            memcheck, racecheck and initcheck; exit status 0 if all are clean
    python3 tests/gpu/sanitize.py launch     only launches the kernels: what the tools watch

Needs a CUDA device, CuPy and compute-sanitizer (part of the CUDA toolkit) on the PATH.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from voxview.latent.cuda import Kernel, all_pairs_on_device, interpolate_on_device
from voxview.latent.interpolate import interpolate, interpolate_all_pairs

TOOLS = ("memcheck", "racecheck", "initcheck")
KERNELS: tuple[Kernel, ...] = ("global", "shared")


def launch() -> None:
    """Every kernel, on sizes that fill no tile and on buffers that are not aligned."""
    import cupy as cp

    # Each array is an allocation of its own: inside CuPy's pool nothing would be out of bounds.
    cp.cuda.set_allocator(None)
    rng = np.random.default_rng(0)
    for kernel in KERNELS:
        for k in (1, 3, 11):
            a, b = rng.standard_normal((2, 8, 8)).astype(np.float32)
            t = np.linspace(0, 1, k, dtype=np.float32)
            out = cp.empty((k, 8, 8), cp.float32)
            interpolate_on_device(cp.asarray(a), cp.asarray(b), cp.asarray(t), out, kernel=kernel, stream=0)
            assert np.array_equal(cp.asnumpy(out), interpolate(a, b, t))
        for n, k in ((1, 1), (3, 11), (16, 2), (17, 17), (33, 11)):
            z = rng.standard_normal((n, 8, 8)).astype(np.float32)
            t = np.linspace(0, 1, k, dtype=np.float32)
            for offset in (0, 1):
                whole = cp.empty(n * n * k * 64 + offset, cp.float32)
                out = whole[offset:].reshape(n, n, k, 8, 8)
                all_pairs_on_device(cp.asarray(z), cp.asarray(t), out, kernel=kernel, stream=0)
                assert np.array_equal(cp.asnumpy(out), interpolate_all_pairs(z, t))
    print("every kernel launched, every result right")


def sanitize() -> int:
    """Run `launch` under each tool; how many of them complained."""
    complaints = 0
    for tool in TOOLS:
        command = [
            "compute-sanitizer",
            "--tool",
            tool,
            "--error-exitcode",
            "9",
            sys.executable,
            __file__,
            "launch",
        ]
        ran = subprocess.run(command, capture_output=True, text=True)
        complaints += ran.returncode != 0
        print(f"--- {tool}: exit status {ran.returncode}\n{(ran.stdout + ran.stderr)[-3000:]}")
    return complaints


if __name__ == "__main__":
    if sys.argv[1:] == ["launch"]:
        launch()
    else:
        sys.exit(min(sanitize(), 1))
