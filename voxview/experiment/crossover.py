"""Where the GPU begins to win, and where the CPU does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from voxview.experiment.results import Axis, Benchmark

GPU, CPU = "cuda-shared", "numpy"

_WHAT = {"inputs": "All pairs of n chairs", "blends": "One pair at k t's"}

_NOISE = 0.97

ComparedPart = Literal["interpolate", "total"]


@dataclass(frozen=True)
class Crossover:
    """Our best kernel against NumPy, size by size."""

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
    """`interpolate`: the device's own time, the arrays being there; `total`: from host to host, with both
    transfers. None where there is nothing to compare, as on a machine without a GPU.
    """
    gpu_wins: list[int] = []
    cpu_wins: list[int] = []
    for size in results.sizes(axis):
        gpu, cpu = (results.find(axis, size, subject, part) for subject in (GPU, CPU))
        if gpu is not None and cpu is not None:
            (gpu_wins if gpu.median < cpu.median else cpu_wins).append(size)
    if not gpu_wins and not cpu_wins:
        return None
    return Crossover(axis, part, tuple(gpu_wins), tuple(cpu_wins))


def crossover_sentences(results: Benchmark) -> list[str]:
    """What the crossovers say, in plain words, the CPU's victories included."""
    axes: tuple[Axis, ...] = ("inputs", "blends")
    parts: tuple[ComparedPart, ...] = ("interpolate", "total")
    compared = [crossover(results, axis, part) for axis in axes for part in parts]
    sentences = [_sentence(found) for found in compared if found is not None]
    sentences += [sentence for axis in axes if (sentence := _kinds_of_memory(results, axis))]
    return sentences + [sentence for axis in axes if (sentence := _other_cpu(results, axis))]


def _kinds_of_memory(results: Benchmark, axis: Axis) -> str | None:
    """The study's own question: where one kernel is ahead of the other by more than a run's noise."""
    ahead: dict[str, list[int]] = {"shared": [], "global": []}
    for size in results.sizes(axis):
        found = (results.find(axis, size, f"cuda-{kind}", "interpolate") for kind in ahead)
        shared, plain = found
        if shared is None or plain is None:
            continue
        if shared.median < plain.median * _NOISE:
            ahead["shared"].append(size)
        elif plain.median < shared.median * _NOISE:
            ahead["global"].append(size)
    letter = "n" if axis == "inputs" else "k"
    told = [f"{kind} at {_list(letter, tuple(sizes))}" for kind, sizes in ahead.items() if sizes]
    if not told:
        return None
    return f"{_WHAT[axis]}, which kernel is faster by more than 3 %: {'; '.join(told)}."


def _other_cpu(results: Benchmark, axis: Axis) -> str | None:
    """NumPy is not the fastest way to use a CPU: where torch is faster than our call, that is said, too."""
    faster = []
    for size in results.sizes(axis):
        gpu = results.find(axis, size, GPU, "total")
        cpu = results.find(axis, size, "torch.lerp cpu", "interpolate")
        if gpu is not None and cpu is not None and cpu.median < gpu.median:
            faster.append(size)
    if not faster:
        return None
    letter = "n" if axis == "inputs" else "k"
    return (
        f"{_WHAT[axis]}: torch.lerp on the CPU, into a buffer that it keeps, is faster than the GPU's whole "
        f"call at {_list(letter, tuple(faster))}."
    )


def _sentence(found: Crossover) -> str:
    what = _WHAT[found.axis]
    how = "the kernel's own time" if found.part == "interpolate" else "a whole call with its transfers"
    letter = "n" if found.axis == "inputs" else "k"
    if not found.gpu_wins:
        return f"{what}, {how}: NumPy wins at every size, {_list(letter, found.cpu_wins)}."
    if not found.cpu_wins:
        return f"{what}, {how}: the GPU wins at every size, from {letter} = {found.gpu_wins[0]:,} on."
    # Where one wins on both sides of the other, "from … on" would be wrong.
    clean = found.size == found.gpu_wins[0]
    gpu = f"from {letter} = {found.size:,} on" if clean else f"at {_list(letter, found.gpu_wins)}"
    return f"{what}, {how}: the GPU wins {gpu}; NumPy wins at {_list(letter, found.cpu_wins)}."


def _list(letter: str, sizes: tuple[int, ...]) -> str:
    return f"{letter} = " + ", ".join(f"{size:,}" for size in sizes)
