"""Ablation of `kernels/all_pairs.cu`: the effect of each of its optimisations on the time.

    python3 tests/gpu/ablation.py [n]            n chairs (2,000); prints GB/s written, and the device's rates
    python3 tests/gpu/ablation.py memory [n]     what shared memory is worth: the two kernels in turn

Every variant's blends are checked against the shipped kernel's, bit for bit. The first table's figures are
taken one variant after another, so that differences of a percent say nothing; `memory` takes both kernels,
and one of them twice as a control, in turn, many times.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import cupy as cp
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from voxview.latent.cuda import Kernel, all_pairs_on_device, pairs_elementwise_on_device
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
        "one thread an element, 64-bit (all_pairs_elementwise)": lambda: pairs_elementwise_on_device(
            z, z, t, out, stream=None
        ),
        "the same, 32-bit offsets": launch("narrow", (-(-numbers // 256), n), (256,)),
        "float4": launch("wide_plain", (-(-numbers // 1024), n), (256,)),
        "float4, streaming stores": launch("wide_streamed", (-(-numbers // 1024), n), (256,)),
        "4x16 tiles, streaming, through the caches": launch("tall_cached_streamed", tall, (16, 16)),
        "4x16 tiles in shared memory": launch("tall_shared_plain", tall, (16, 16)),
        "4x16 tiles in shared memory, streaming": launch("tall_shared_streamed", tall, (16, 16)),
        "1x16 tiles, streaming, through the caches": launch("low_cached_streamed", low, (16, 16)),
        "1x16 tiles in shared memory, streaming": launch("low_shared_streamed", low, (16, 16)),
        "all_pairs_global": lambda: all_pairs_on_device(z, t, out, kernel="global", stream=None),
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


# ---- shared memory against none ------------------------------------------------------------------

ROUNDS = 101
SECONDS = 0.005
"""About how long the launches of one graph take together."""

# Of 101 sorted ratios, those between which the median lies with a probability of 95 %.
LOW, HIGH = 40, 60


class Repeated:
    """A kernel's launches, as many as take some milliseconds, as one graph."""

    def __init__(self, z: cp.ndarray, t: cp.ndarray, out: cp.ndarray, kernel: Kernel) -> None:
        """Capture a few launches, time them, then capture as many as are needed."""
        self._stream = cp.cuda.Stream(non_blocking=True)
        self._launch = lambda: all_pairs_on_device(z, t, out, kernel=kernel, stream=self._stream.ptr)
        self._launch()  # compiled before it is captured
        self._stream.synchronize()
        self._capture(3)
        self.milliseconds()
        self._capture(max(1, round(1e3 * SECONDS / self.milliseconds())))

    def _capture(self, launches: int) -> None:
        self._stream.begin_capture()
        for _ in range(launches):
            self._launch()
        self._graph, self._launches = self._stream.end_capture(), launches

    def milliseconds(self) -> float:
        """Return the time of one launch, between two events behind the same work from before."""
        begin, end = cp.cuda.Event(), cp.cuda.Event()
        self._graph.launch(self._stream)
        begin.record(self._stream)
        self._graph.launch(self._stream)
        end.record(self._stream)
        end.synchronize()
        return float(cp.cuda.get_elapsed_time(begin, end)) / self._launches


def worth_of_shared_memory(n: int) -> None:
    """Time both kernels and a control in turn; print the ratios, and whether they can be told apart."""
    z = cp.random.default_rng(0).standard_normal((n, 8, 8), dtype=cp.float32)
    t = cp.linspace(0, 1, STEPS, dtype=cp.float32)
    out = cp.empty((n, n, STEPS, 8, 8), cp.float32)
    cp.cuda.Device().synchronize()  # the graphs' streams do not wait for the one that made these
    kernels: dict[str, Kernel] = {"shared": "shared", "shared again": "shared", "global": "global"}
    work = {name: Repeated(z, t, out, kernel) for name, kernel in kernels.items()}
    times: dict[str, list[float]] = {name: [] for name in work}
    names = list(work)
    for turn in range(ROUNDS):
        for name in names[turn % 3 :] + names[: turn % 3]:  # each is the first, second and third as often
            times[name].append(work[name].milliseconds())
    device = cp.cuda.runtime.getDeviceProperties(0)["name"].decode()
    median = float(np.median(times["shared"]))
    print(f"{device}, n = {n}, k = {STEPS}: shared {median:.5f} ms, {ROUNDS} rounds in turn")
    intervals = {}
    for name in names[1:]:
        ratios = np.sort(np.array(times[name]) / np.array(times["shared"]))
        intervals[name] = ratios[LOW], ratios[HIGH]
        low, middle, high = (float(ratios[at]) for at in (LOW, ROUNDS // 2, HIGH))
        print(f"{name:<13} / shared: {middle:.4f}, 95 % of the medians {low:.4f} to {high:.4f}")
    control, other = intervals["shared again"], intervals["global"]
    apart = other[0] > control[1] or other[1] < control[0]
    print("the kernels differ by more than the control" if apart else "nothing measurable between the two")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    measure = worth_of_shared_memory if arguments[:1] == ["memory"] else main
    numbers = [int(one) for one in arguments if one != "memory"]
    measure(*numbers or [2_000])
