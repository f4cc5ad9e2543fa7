"""The results of `voxview bench --parallel`: frozen dataclasses of plain values, and their JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from voxview.engine.machine import Machine
from voxview.training.parallel.schemes import DATA
from voxview.training.parallel.step_parts import WAIT, Span
from voxview.training.parallel_bench.options import Case, Options

FORMAT = "voxview-parallel-benchmark-1"


@dataclass(frozen=True)
class Row:
    """One case, measured."""

    case: Case
    images_per_second: float
    """Of all processes together, over all timed steps."""
    step_ms: float
    """Milliseconds of a step: their mean."""
    parts_ms: dict[str, float]
    """Of a step on rank 0: the work, and by `wait: NAME` the waits that no work hid."""
    alone_ms: dict[str, float]
    """Of the same collectives by themselves, one after another, by name."""
    sent: dict[str, int]
    """Bytes that rank 0 sends in a step, counted where the collectives are started, by name."""
    predicted: int | None
    """Bytes by formula; None where there is none."""
    timeline: tuple[Span, ...] = ()
    """Of one step on rank 0, after those that are timed; empty where it was not taken."""

    @property
    def bytes(self) -> int:
        """Bytes that rank 0 sends in a step."""
        return sum(self.sent.values())

    @property
    def waits_ms(self) -> float:
        """Milliseconds of a step in which rank 0 waited for collectives that no work hid."""
        return sum(ms for name, ms in self.parts_ms.items() if name.startswith(WAIT))


@dataclass(frozen=True)
class Parity:
    """How far the weights of all processes are from one process's, after the same step in float32."""

    scheme: str
    processes: int
    largest_difference: float
    largest_change: float
    """Of any weight in this step: what the difference is to be compared with."""


@dataclass(frozen=True)
class ParallelBenchmark:
    """One run on one machine."""

    machine: Machine
    processes: int
    devices: tuple[str, ...]
    """By rank."""
    backend: str
    """nccl or gloo."""
    options: Options
    parameters: int
    rows: tuple[Row, ...] = ()
    parity: tuple[Parity, ...] = ()
    seconds: float = 0.0
    environment: dict[str, str] = field(default_factory=dict)
    """Variables that change how NCCL sends, where they are set."""

    def find(self, case: Case) -> Row | None:
        """Return the row of a case; None if it was not measured."""
        return next((row for row in self.rows if row.case == case), None)

    def times_one(self, row: Row, batch: int) -> float | None:
        """Return how many times as fast as one process with `batch` pictures a row is; None without that one.

        In weak scaling that is one process's own batch, in strong scaling that of all.
        """
        one = self.find(Case(DATA, 1, batch))
        return None if one is None else row.images_per_second / one.images_per_second

    @property
    def has_slower_link(self) -> bool:
        """Whether NCCL was kept from sending from one GPU to the other directly."""
        return self.environment.get("NCCL_P2P_DISABLE", "0") != "0"


def to_json(results: ParallelBenchmark) -> str:
    """Return the results as JSON text: the fields by their names, and `format`."""
    return json.dumps({"format": FORMAT, **asdict(results)}, indent=1, allow_nan=False) + "\n"
