"""How far a long task is."""

from __future__ import annotations

from typing import NamedTuple


class Step(NamedTuple):
    """How far a long task is; what it yields between two of its steps."""

    done: int
    total: int
    value: object = None
    """What there is so far, where the task shows that."""
    unit: str = ""
    """What is counted: "chairs", "blends"."""
    share: float | None = None
    """The share of the whole task's cost that is done, from 0 to 1; None where every step costs the same."""

    def cost_share(self) -> float:
        """Return the share of the cost that is done."""
        return self.done / max(1, self.total) if self.share is None else self.share
