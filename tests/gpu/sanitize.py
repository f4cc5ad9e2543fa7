"""A small launch of every kernel under each of compute-sanitizer's tools.

    python3 tests/gpu/sanitize.py            memcheck, racecheck and initcheck; exit status 0 if all are clean
    python3 tests/gpu/sanitize.py launch     only launches the kernels: what the tools watch

Needs a CUDA device, CuPy and compute-sanitizer (part of the CUDA toolkit) on the PATH.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from voxview.latent.cuda import Kernel, all_pairs_on_device, cuda_problem, interpolate_on_device
from voxview.latent.interpolate import interpolate, interpolate_all_pairs
from voxview.model.metrics import is_stable, largest_iou, stands, symmetry
from voxview.model.metrics_cuda import score_on_device
from voxview.shapes.bits import pack_rows
from voxview.shapes.components import largest_component, largest_component_share
from voxview.surface.cuda import SurfaceExtractor
from voxview.surface.extract import extract_surface

TOOLS = ("memcheck", "racecheck", "initcheck")
KERNELS: tuple[Kernel, ...] = ("global", "shared")


def launch() -> None:
    """Launch every kernel, on sizes that fill no tile and on buffers that are not aligned."""
    import cupy as cp

    # Each array is an allocation of its own: inside a pool nothing would be out of bounds.
    cp.cuda.set_allocator(None)
    rng = np.random.default_rng(0)
    launch_blends(rng)
    launch_surfaces(rng)
    launch_scores(rng)
    launch_connectivity(rng)
    launch_decoder()
    print("every kernel launched, every result right")


def launch_blends(rng: np.random.Generator) -> None:
    import cupy as cp

    for kernel in KERNELS:
        for k in (1, 3, 11, 261):
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


def launch_surfaces(rng: np.random.Generator) -> None:
    import cupy as cp

    for shape in ((2, 2, 2), (5, 3, 7), (12, 12, 12), (32, 32, 32)):
        extractor = SurfaceExtractor(shape)
        for share in (0.0, 0.4, 1.0):
            field = (rng.random(shape) < share).astype(np.float32)
            extractor.queue(cp.asarray(field), 0.5, stream=0)
            extractor.deliver(stream=0)
            cp.cuda.runtime.deviceSynchronize()
            assert extractor.surface().faces.shape == extract_surface(field).faces.shape


def launch_scores(rng: np.random.Generator) -> None:
    import cupy as cp

    for m, n, share in ((1, 1, 0.0), (3, 33, 0.05), (2, 5, 0.3)):
        fields = (rng.random((m, 32, 32, 32)) < share).astype(np.float32)
        chairs = rng.random((n, 32, 32, 32)) < share
        scores = cp.empty((7, m), cp.float32)
        floors = cp.arange(m, dtype=cp.int32)
        score_on_device(
            cp.asarray(fields), cp.asarray(pack_rows(chairs)), floors, scores, level=0.5, stream=0
        )
        novelty = 1 - largest_iou((fields > 0.5).reshape(m, -1), chairs.reshape(n, -1))
        pieces, sizes = zip(*(largest_component(f > 0.5) for f in fields), strict=True)
        expected = [
            [largest_component_share(f > 0.5) for f in fields],
            [stands(f > 0.5, y) for y, f in enumerate(fields)],
            novelty,
            [len(of) for of in sizes],
            [of.sum() - of.max(initial=0) for of in sizes],
            [is_stable(piece, y) for y, piece in enumerate(pieces)],
            [symmetry(f > 0.5) for f in fields],
        ]
        assert np.array_equal(cp.asnumpy(scores), np.array(expected, np.float32))


def launch_connectivity(rng: np.random.Generator) -> None:
    import torch

    from voxview.training.connectivity import connectivity_targets, find_targets

    for share in (0.0, 0.002, 0.3):
        p = torch.from_numpy((0.9 * (rng.random((2, 1, 32, 32, 32)) < share)).astype(np.float32)).cuda()
        p[:, :, 8:24, 12:15, 6:20] = 0.8
        p[:, :, 12, 15:18, 8] = 0.1
        for found, wanted in zip(connectivity_targets(p), find_targets(p), strict=True):
            assert torch.equal(found, wanted)


def launch_decoder() -> None:
    import torch

    from voxview.model.autoencoder import load_autoencoder

    autoencoder = load_autoencoder("chairs", "cuda")
    decode = autoencoder.unbatched_decoder()
    z, field = torch.linspace(-2, 2, 64, device="cuda").view(8, 8), torch.empty((32, 32, 32), device="cuda")
    decode(z, field)
    assert (field - autoencoder.decode_tensor(z[None])[0]).abs().max() < 1e-4


def sanitize() -> int:
    """Run `launch` under each tool; return how many of them reported errors."""
    failed = 0
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
        # PyTorch's pool would hide what reaches beyond an array; its own kernels are not ours to clean.
        apart = {**os.environ, "PYTORCH_NO_CUDA_MEMORY_CACHING": "1"}
        ran = subprocess.run(command, capture_output=True, text=True, env=apart)
        failed += ran.returncode != 0
        print(f"--- {tool}: exit status {ran.returncode}\n{(ran.stdout + ran.stderr)[-3000:]}")
    return failed


if __name__ == "__main__":
    if problem := cuda_problem():
        sys.exit(problem)
    if sys.argv[1:] == ["launch"]:
        launch()
    elif shutil.which("compute-sanitizer") is None:
        sys.exit("compute-sanitizer is not on the PATH: it comes with the CUDA toolkit")
    else:
        sys.exit(min(sanitize(), 1))
