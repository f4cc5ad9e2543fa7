"""The crossover: the sizes at which the GPU is faster, and those at which the CPU is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from voxview.experiment.results import Axis, Benchmark, Part

GPU = "cuda-shared"

_WORKLOADS = {"inputs": "All pairs of n chairs", "blends": "One pair at k t's"}

_FASTER = 0.97
"""Of the other's time: a smaller difference is noise."""

ComparedPart = Literal["interpolate", "total"]


@dataclass(frozen=True)
class Crossover:
    """Our best kernel against the best that the CPU was timed with, size by size."""

    axis: Axis
    part: ComparedPart
    gpu_wins: tuple[int, ...]
    cpu_wins: tuple[int, ...]

    @property
    def size(self) -> int | None:
        """The size from which on the GPU is faster at every one that was measured; None if there is none."""
        last_loss = max(self.cpu_wins, default=0)
        return min((size for size in self.gpu_wins if size > last_loss), default=None)


def crossover(results: Benchmark, axis: Axis, part: ComparedPart) -> Crossover | None:
    """Compare the GPU with the CPU at its best at every size of an axis.

    `interpolate`: the device's own time, the arrays being there; `total`: from host to host, with both
    transfers. Each is taken at its best: the GPU's call into new memory or into kept memory, and the CPU's
    `Benchmark.best_on_cpu`, NumPy or PyTorch into memory that it keeps. None where there is nothing to
    compare, as on a machine without a GPU.
    """
    gpu_wins: list[int] = []
    cpu_wins: list[int] = []
    for size in results.sizes(axis):
        parts: tuple[Part, ...] = ("total", "kept total") if part == "total" else (part,)
        on_gpu = [m.median for p in parts if (m := results.find(axis, size, GPU, p)) is not None]
        cpu = results.best_on_cpu(axis, size, part)
        if on_gpu and cpu is not None:
            (gpu_wins if min(on_gpu) < cpu.median else cpu_wins).append(size)
    if not gpu_wins and not cpu_wins:
        return None
    return Crossover(axis, part, tuple(gpu_wins), tuple(cpu_wins))


def crossover_sentences(results: Benchmark) -> list[str]:
    """Return the crossovers as sentences, those sizes included at which the CPU is faster."""
    axes: tuple[Axis, ...] = ("inputs", "blends")
    parts: tuple[ComparedPart, ...] = ("interpolate", "total")
    compared = [crossover(results, axis, part) for axis in axes for part in parts]
    sentences = [_sentence(each) for each in compared if each is not None]
    if sentences:
        sentences.append(
            "Both are taken at their best: the CPU's NumPy, or PyTorch into memory that it keeps; the GPU's "
            "call into new memory, or into memory that is kept. A kernel's own time is without its launch "
            "from Python, the CPU's with its call."
        )
    return sentences + [sentence for axis in axes if (sentence := _memory_sentence(results, axis))]


def _memory_sentence(results: Benchmark, axis: Axis) -> str | None:
    """Return where one kernel is faster than the other, the study's own question; None without a GPU."""
    ahead: dict[str, list[int]] = {"shared": [], "global": []}
    compared = False
    for size in results.sizes(axis):
        shared, plain = (results.find(axis, size, f"cuda-{kind}", "interpolate") for kind in ahead)
        if shared is None or plain is None:
            continue
        compared = True
        if shared.median < plain.median * _FASTER:
            ahead["shared"].append(size)
        elif plain.median < shared.median * _FASTER:
            ahead["global"].append(size)
    letter = "n" if axis == "inputs" else "k"
    parts = [f"{kind} at {_list(letter, tuple(sizes))}" for kind, sizes in ahead.items() if sizes]
    if not compared:
        return None
    if not parts:
        what = _WORKLOADS[axis]
        return f"{what}, shared or global memory: neither is faster by more than 3 % at any size."
    return f"{_WORKLOADS[axis]}, which kernel is faster by more than 3 %: {'; '.join(parts)}."


def _sentence(compared: Crossover) -> str:
    what = _WORKLOADS[compared.axis]
    how = "the kernel's own time" if compared.part == "interpolate" else "a whole call with its transfers"
    letter = "n" if compared.axis == "inputs" else "k"
    if not compared.gpu_wins:
        return f"{what}, {how}: the CPU wins at every size, {_list(letter, compared.cpu_wins)}."
    if not compared.cpu_wins:
        return f"{what}, {how}: the GPU wins at every size, from {letter} = {compared.gpu_wins[0]:,} on."
    # Where one wins on both sides of the other, "from … on" would be wrong.
    clean = compared.size == compared.gpu_wins[0]
    gpu = f"from {letter} = {compared.size:,} on" if clean else f"at {_list(letter, compared.gpu_wins)}"
    return f"{what}, {how}: the GPU wins {gpu}; the CPU wins at {_list(letter, compared.cpu_wins)}."


def _list(letter: str, sizes: tuple[int, ...]) -> str:
    return f"{letter} = " + ", ".join(f"{size:,}" for size in sizes)
