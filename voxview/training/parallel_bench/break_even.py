"""From which batch on data parallel is as good as the hybrid: by bytes, by formula, and by time, measured."""

from __future__ import annotations

import itertools
import math

from voxview.training.parallel.schemes import DATA, HYBRID_C
from voxview.training.parallel_bench.formulas import break_even, break_even_of_the_paper, sizes_of
from voxview.training.parallel_bench.options import Case, batch_cases
from voxview.training.parallel_bench.record import ParallelBenchmark


def break_even_sentences(results: ParallelBenchmark) -> list[str]:
    """Return a line on the bytes, and one on the times where batches of several sizes were measured."""
    sizes = sizes_of(results.options, results.backend == "nccl")
    lines = [
        f"Data parallel sends as many bytes as the hybrid at {break_even(sizes):,.0f} pictures in all, "
        "whatever the number of processes; where every layer's inputs are gathered, in float32, "
        f"at {break_even_of_the_paper(sizes):,.0f}. Below that the hybrid sends less."
    ]
    gains = _gains(results)
    if gains:
        lines.append(_by_time(gains))
    return lines


def time_break_even(results: ParallelBenchmark) -> float | None:
    """Return the batch at which data parallel and hybrid-c are equally fast, measured; None if nowhere."""
    return crossing(_gains(results))


def _by_time(gains: dict[int, float]) -> str:
    found = crossing(gains)
    if found is not None:
        return f"By time, measured here, hybrid-c and data parallel meet at about {found:,.0f} pictures."
    faster = "hybrid-c" if sum(gains.values()) > 0 else "data parallel"
    return f"By time, measured here, {faster} is the faster one at all {len(gains)} batches."


def _gains(results: ParallelBenchmark) -> dict[int, float]:
    """Return the gain by batch, where both were measured."""
    batches = dict.fromkeys(case.batch for case in batch_cases(results.options, results.processes))
    return {batch: gain for batch in batches if (gain := _gain(results, batch)) is not None}


def _gain(results: ParallelBenchmark, batch: int) -> float | None:
    """Return how much faster the hybrid is, as a logarithm; None where it was not measured."""
    data, hybrid = (results.find(Case(s, results.processes, batch)) for s in (DATA, HYBRID_C))
    if data is None or hybrid is None:
        return None
    return math.log(hybrid.images_per_second / data.images_per_second)


def crossing(gains: dict[int, float]) -> float | None:
    """Return the batch at which a gain first changes its sign, between two on a logarithmic scale."""
    points = sorted(gains.items())
    for (b0, g0), (b1, g1) in itertools.pairwise(points):
        if g0 * g1 < 0:
            return math.exp(math.log(b0) + g0 / (g0 - g1) * math.log(b1 / b0))
    return None
