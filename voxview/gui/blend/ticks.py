"""Ticks of the slider: at tenths of t, or where the shape has changed by a tenth each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxview.engine.request import PATH_STEPS

if TYPE_CHECKING:
    from voxview.model.arc_length import ArcLength

STEPS = PATH_STEPS - 1
"""The slider's positions are those that are decoded ahead: hundredths."""
_TENTHS = range(11)
_LABELLED = (1, 2, 5)
"""Of ticks at tenths, each, each other or each fifth has a label."""


@dataclass(frozen=True)
class Ticks:
    """The slider's steps that have a tick, from 0 to 100."""

    steps: tuple[int, ...] = tuple(STEPS * tenth // 10 for tenth in _TENTHS)
    even: bool = False
    """Whether they are at equal changes of the shape."""

    @classmethod
    def of(cls, arc_length: ArcLength | None) -> Ticks:
        """Return ticks at equal changes of the shape; at tenths of t where these are not known.

        Each is at the slider's nearest position. Where the shape changes by more than a tenth between two
        positions there are fewer than eleven.
        """
        if arc_length is None:
            return cls()
        steps = (round(arc_length.t_at(tenth / 10) * STEPS) for tenth in _TENTHS)
        return cls(tuple(dict.fromkeys(steps)), even=True)

    def next_to(self, step: int, *, towards_b: bool) -> int:
        """Return the step of the next tick on one side of a step; at the end, that."""
        if towards_b:
            return next((tick for tick in self.steps if tick > step), STEPS)
        return next((tick for tick in reversed(self.steps) if tick < step), 0)

    def labelled(self, x: Sequence[float], room: float) -> list[int]:
        """Return which of the ticks, at `x` pixels, have a label, where each takes `room` pixels."""
        if not self.even:
            apart = x[1] - x[0]
            every = next((count for count in _LABELLED if count * apart >= room), _LABELLED[-1])
            return list(range(0, len(x), every))
        last = len(x) - 1
        chosen = [0]
        for tick in range(1, last):
            if x[tick] - x[chosen[-1]] >= room and x[last] - x[tick] >= room:
                chosen.append(tick)
        return [*chosen, last]

    def label(self, tick: int) -> str:
        """Return the t of a tick."""
        t = self.steps[tick] / STEPS
        return f"{t:.2f}" if self.even and 0 < t < 1 else f"{t:g}"
