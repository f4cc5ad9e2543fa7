"""What more processes than were there would reach, from the parts that were measured: a prediction.

A step of N processes, each with the same batch, takes the convolutions and fully connected layers of one
process, whatever N: N times the examples meet an N-th of the units. The update of sharded layers takes an
N-th. A collective takes what it took alone, times what it sends more. Between nothing of that hidden behind
work and all of it lies what can be expected, as long as the links are those that were measured.
"""

from __future__ import annotations

from dataclasses import dataclass

from voxview.training.parallel.schemes import DATA, HYBRID_C
from voxview.training.parallel.step_parts import CONVOLUTIONS, FULLY_CONNECTED, UPDATE
from voxview.training.parallel_bench.formulas import sizes_of
from voxview.training.parallel_bench.options import Case
from voxview.training.parallel_bench.record import ParallelBenchmark, Row

LARGER = (8, 16, 32, 64)
"""Numbers of processes that are predicted, as far as they are more than were measured."""


@dataclass(frozen=True)
class Prediction:
    """Images a second of one scheme on more processes; each has the measured batch."""

    scheme: str
    processes: int
    least: float
    """With no collective hidden behind work."""
    most: float
    """With all of them hidden."""
    efficiency: tuple[float, float]
    """Both, as a share of as many times what one process reaches."""


def predict(results: ParallelBenchmark) -> list[Prediction]:
    """Return predictions for data parallel and hybrid-c; none without several processes to go by."""
    measured, batch = results.processes, results.options.batch
    one = results.find(Case(DATA, 1, batch))
    found = []
    for size in LARGER:
        for scheme in (DATA, HYBRID_C):
            row = results.find(Case(scheme, measured, batch * measured))
            if size <= measured or measured == 1 or one is None or row is None:
                continue
            work = _work(results, one, scheme, size)
            exchanges = _exchanges(row, measured, size)
            rates = [batch * size / (ms / 1e3) for ms in (work + exchanges, work)]
            shares = [rate / size / one.images_per_second for rate in rates]
            found.append(Prediction(scheme, size, rates[0], rates[1], (shares[0], shares[1])))
    return found


def _work(results: ParallelBenchmark, one: Row, scheme: str, size: int) -> float:
    """Return the milliseconds of a step's work in each of `size` processes."""
    sizes = sizes_of(results.options, results.backend == "nccl")
    share = 1.0
    if scheme != DATA:
        share = (sizes.convolutions + sizes.fully_connected / size) / sizes.parameters
    parts = one.parts_ms
    # The parts lie between events, which cost a little: the step without them is what counts.
    scale = one.step_ms / max(sum(parts.values()), 1e-9)
    return scale * (parts[CONVOLUTIONS] + parts[FULLY_CONNECTED] + share * parts[UPDATE])


def _exchanges(row: Row, measured: int, size: int) -> float:
    """Return the milliseconds of a step's collectives by themselves, scaled to `size` processes."""
    ring = ((size - 1) / size) / ((measured - 1) / measured)
    gathered = (size - 1) / (measured - 1)
    return sum(ms * (ring if name == "gradients" else gathered) for name, ms in row.alone_ms.items())
