"""A small launch of every kernel under each of compute-sanitizer's tools.

    python3 tests/gpu/sanitize.py                          every tool; exit status 0 if all are clean
    python3 tests/gpu/sanitize.py racecheck synccheck      these tools only
    python3 tests/gpu/sanitize.py --limit 60 memcheck      seconds that a tool may take (540)
    python3 tests/gpu/sanitize.py launch                   only launches the kernels: what the tools watch

Prints a line for each tool, and the end of its output where it is not clean. A tool is clean if it reports
no error and the launches came to their end, where they have to have launched every entry point in `kernels/`.
Needs a CUDA device, CuPy and compute-sanitizer (part of the CUDA toolkit) on the PATH.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(1, str(Path(__file__).resolve().parents[1]))

from kernel_sources import entry_points

from voxview.latent.combine import MAX_MIX_LATENTS, combine
from voxview.latent.cuda import (
    Kernel,
    all_pairs_on_device,
    combine_on_device,
    cuda_problem,
    interpolate_on_device,
    pairs_elementwise_on_device,
)
from voxview.latent.interpolate import interpolate, interpolate_all_pairs
from voxview.model.metrics import is_stable, largest_iou, stands, symmetry
from voxview.model.metrics_cuda import score_on_device
from voxview.shapes.bits import pack_rows
from voxview.shapes.components import largest_component, largest_component_share
from voxview.surface.cuda import SurfaceExtractor
from voxview.surface.extract import extract_surface

TOOLS = ("memcheck", "racecheck", "initcheck", "synccheck")
KERNELS: tuple[Kernel, ...] = ("global", "shared")
DONE = "every kernel launched, every result right"


# ---- the launches ----------------------------------------------------------------------------------


def launch() -> None:
    """Launch every kernel, on sizes that fill no tile and on buffers that are not aligned."""
    import cupy as cp

    # Each array is an allocation of its own: inside a pool nothing would be out of bounds.
    cp.cuda.set_allocator(None)
    launched = record_launches()
    rng = np.random.default_rng(0)
    launch_blends(rng)
    launch_all_pairs(rng)
    launch_mixes(rng)
    launch_surfaces(rng)
    launch_scores(rng)
    launch_connectivity(rng)
    launch_decoder()
    if missing := {entry.name for entry in entry_points()} - launched:
        sys.exit(f"not launched: {', '.join(sorted(missing))}")
    print(DONE)


def record_launches() -> set[str]:
    """Return a set that gets the name of each kernel that is launched from now on."""
    from voxview.cuda import compiled

    launched: set[str] = set()
    find = compiled.kernel

    def kernel(source: str, name: str) -> Callable[..., None]:
        entry = find(source, name)

        def run(*arguments: Any) -> None:
            entry(*arguments)
            launched.add(name)

        return run

    compiled.kernel = kernel
    return launched


def on_device(values: np.ndarray, offset: int = 0) -> Any:
    """Return an array on the device that begins `offset` numbers after an address that is aligned."""
    import cupy as cp

    view = cp.empty(values.size + offset, values.dtype)[offset:].reshape(values.shape)
    view.set(np.ascontiguousarray(values))
    return view


def launch_blends(rng: np.random.Generator) -> None:
    import cupy as cp

    for kernel in KERNELS:
        for k in (1, 3, 11, 261):  # from 256 on by interpolate_many
            for of_a, of_out in ((0, 0), (1, 0), (0, 1)):
                a, b = rng.standard_normal((2, 8, 8)).astype(np.float32)
                t = np.linspace(0, 1, k, dtype=np.float32)
                out = cp.empty(k * 64 + of_out, cp.float32)[of_out:].reshape(k, 8, 8)
                arrays = on_device(a, of_a), on_device(b), on_device(t, of_a)
                interpolate_on_device(*arrays, out, kernel=kernel, stream=0)
                assert np.array_equal(cp.asnumpy(out), interpolate(a, b, t))


def launch_all_pairs(rng: np.random.Generator) -> None:
    import cupy as cp

    for n, k in ((1, 1), (3, 11), (16, 2), (17, 17), (33, 11)):
        z = rng.standard_normal((n, 8, 8)).astype(np.float32)
        t = np.linspace(0, 1, k, dtype=np.float32)
        expected = interpolate_all_pairs(z, t)
        for offset in (0, 1):
            outs = [
                cp.empty(n * n * k * 64 + offset, cp.float32)[offset:].reshape(n, n, k, 8, 8)
                for _ in range(3)
            ]
            for kernel, out in zip(KERNELS, outs, strict=False):
                all_pairs_on_device(on_device(z), on_device(t), out, kernel=kernel, stream=0)
            on_z = on_device(z)
            pairs_elementwise_on_device(on_z, on_z, on_device(t), outs[2], stream=0)
            assert all(np.array_equal(cp.asnumpy(out), expected) for out in outs)


def launch_mixes(rng: np.random.Generator) -> None:
    import cupy as cp

    for n in (1, 4, MAX_MIX_LATENTS):
        for k in (1, 3, 4_099):  # more than there are blocks
            z = rng.standard_normal((n, 8, 8)).astype(np.float32)
            weights = rng.standard_normal((k, n)).astype(np.float32)
            weights[rng.random((k, n)) < 0.3] = 0
            out = cp.empty((k, 8, 8), cp.float32)
            combine_on_device(on_device(z), on_device(weights, 1), out, stream=0)
            assert np.array_equal(cp.asnumpy(out), combine(z, weights))


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
        floors = on_device(np.arange(m, dtype=np.int32))
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

    # The reference runs on the CPU: a tool would watch each of its small kernels, which are not ours.
    for share in (0.0, 0.002, 0.3):
        p = torch.from_numpy((0.9 * (rng.random((2, 1, 32, 32, 32)) < share)).astype(np.float32))
        p[:, :, 8:24, 12:15, 6:20] = 0.8
        p[:, :, 12, 15:18, 8] = 0.1
        for found, wanted in zip(connectivity_targets(p.cuda()), find_targets(p), strict=True):
            assert torch.equal(found.cpu(), wanted)


def launch_decoder() -> None:
    import torch

    from voxview.model.autoencoder import load_autoencoder

    decode = load_autoencoder("chairs", "cuda").unbatched_decoder()
    z = torch.linspace(-2, 2, 64).view(8, 8)
    field = torch.empty((32, 32, 32), device="cuda")
    decode(z.cuda(), field)
    expected = load_autoencoder("chairs", "cpu").decode_tensor(z[None])[0]
    assert (field.cpu() - expected).abs().max() < 1e-4


# ---- the tools -------------------------------------------------------------------------------------


def sanitized(tool: str, limit: float) -> tuple[bool, str, str]:
    """Run the launches under a tool: return whether it is clean, a line of that, and the tool's output."""
    watch = ["compute-sanitizer", "--tool", tool, "--error-exitcode", "9"]
    # PyTorch's pool would hide what reaches beyond an array.
    apart = {**os.environ, "PYTORCH_NO_CUDA_MEMORY_CACHING": "1"}
    start = time.perf_counter()
    process = subprocess.Popen(
        [*watch, sys.executable, __file__, "launch"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=apart,
        start_new_session=True,  # the launches are a process of the tool's: both have to end
    )
    try:
        output, _ = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        return False, f"{tool:<10} not at its end after {limit:.0f} s", output
    seconds = time.perf_counter() - start
    summary = (re.findall(r"^=+ (.*SUMMARY: .*)$", output, re.MULTILINE) or ["no summary"])[-1]
    clean = process.returncode == 0 and DONE in output
    what = "clean" if clean else f"NOT clean, exit status {process.returncode}"
    return clean, f"{tool:<10} {what}, {seconds:.0f} s: {summary}", output


def sanitize(tools: list[str], limit: float) -> int:
    """Run the tools one after another, a line each; return how many are not clean."""
    failed = 0
    for tool in tools:
        clean, line, output = sanitized(tool, limit)
        print(line, flush=True)
        if not clean:
            failed += 1
            print(output[-3000:], file=sys.stderr, flush=True)
    return failed


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description="Run compute-sanitizer's tools over every kernel.")
    parser.add_argument("what", nargs="*", help=f"'launch', or tools: {', '.join(TOOLS)} (all)")
    parser.add_argument("--limit", type=float, default=540.0, help="seconds that a tool may take (540)")
    options = parser.parse_args(arguments)
    if unknown := set(options.what) - {"launch", *TOOLS}:
        parser.error(f"no tool {', '.join(sorted(unknown))}: there are {', '.join(TOOLS)}")
    if problem := cuda_problem():
        sys.exit(problem)
    if options.what == ["launch"]:
        launch()
    elif shutil.which("compute-sanitizer") is None:
        sys.exit("compute-sanitizer is not on the PATH: it comes with the CUDA toolkit")
    else:
        sys.exit(min(sanitize(options.what or list(TOOLS), options.limit), 1))


if __name__ == "__main__":
    main(sys.argv[1:])
