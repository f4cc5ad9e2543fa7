"""`OUT.log.csv` of a run that goes on, as curves. Free of torch, and the last line may be half there."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from voxview.training.former_names import current_column

Curve = tuple[tuple[int, float], ...]
"""(step, value), by step."""

_MOST_BYTES = 20_000_000


@dataclass(frozen=True)
class RunLog:
    """What a run has reported so far."""

    step: int = 0
    """The last one that was reported; 0 before there is one."""
    seconds: float = 0.0
    """How long the run took to it, without breaks."""
    loss: Curve = ()
    held_out: Mapping[str, Curve] = field(default_factory=dict)
    """By `IoU: sample catalog` and the like; only what was measured."""

    def of(self, metric: str) -> dict[str, Curve]:
        """Return the curves of one metric, by the held-out set's name."""
        head = f"{metric}: "
        return {
            name.removeprefix(head): curve for name, curve in self.held_out.items() if name.startswith(head)
        }

    def seconds_left(self, steps: int) -> float | None:
        """Return how long so many steps will still take about, by the pace so far; None before it has one."""
        if not 0 < self.step < steps or self.seconds <= 0:
            return 0.0 if self.step >= steps > 0 else None
        return (steps - self.step) * self.seconds / self.step


def read_log(path: Path) -> RunLog:
    """Return the log of a file; an empty one where there is none yet, without rows that are not whole."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            return RunLog()
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return RunLog()
    whole = text[: text.rfind("\n") + 1].splitlines()
    try:
        rows = list(csv.DictReader(whole))
    except csv.Error:
        return RunLog()
    loss: list[tuple[int, float]] = []
    held_out: dict[str, list[tuple[int, float]]] = {}
    step, seconds = 0, 0.0
    for row in rows:
        at, took = _number(row.get("step")), _number(row.get("seconds"))
        if at is None or took is None:
            continue
        step, seconds = int(at), took
        for name, cell in row.items():
            value = _number(cell)
            if value is None or not isinstance(name, str):
                continue
            column = current_column(name)
            if column == "loss":
                loss.append((step, value))
            elif column.startswith(("IoU: ", "one piece: ")):
                held_out.setdefault(column, []).append((step, value))
    return RunLog(step, seconds, tuple(loss), {name: tuple(curve) for name, curve in held_out.items()})


def _number(cell: object) -> float | None:
    try:
        value = float(str(cell))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
