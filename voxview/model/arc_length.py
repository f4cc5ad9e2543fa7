"""Arc length along a morph: how far its shape has changed at each t, and the t's of equal changes."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from voxview.model.metrics import largest_over_mean
from voxview.shapes.frame import Doubles

EVEN_PACE = 1.3
"""A morph is at even pace if its largest step is at most this many times its mean step."""

_GOOD_ENOUGH = 1.05
"""Where the search ends."""
_ROUNDS = 6
"""At most. From a path of 101 positions, 98 of 100 pairs of real chairs were below 1.1 after the first round,
and all were below 1.05 after the second."""
_MANY = 101
"""Steps of a morph above which each is a few voxels, so that other t's hardly make them more even."""
_PER_STEP = 4
_FINE = (32, 400)
"""Steps of the path that is measured first, for each step that is placed; at least, and at most."""
_LINEAR = 1e-6
"""The share of t itself in the length, so that it rises everywhere: a pair that does not change is linear."""
_DECIMALS = 6
"""Of t, as of `engine.request.Position`."""


@dataclass(frozen=True, eq=False)
class ArcLength:
    """How far a path has gone at its t's, by the steps between them (`metrics.path_steps`).

    The distance is a sum of distances between grids, so it depends on how many of them there are: voxels that
    come and go between two of them are not seen.
    """

    t: Doubles
    """`(n,)`, rising from 0 to 1."""
    share: Doubles
    """`(n,)`: the arc length from A to each t over the whole, rising from 0 to 1."""

    @classmethod
    def of(cls, t: Doubles, steps: Doubles) -> ArcLength:
        """Return the arc length of a path whose steps between its t's `(n,)` are `steps` `(n − 1,)`."""
        length = np.concatenate([[0.0], np.cumsum(steps)])
        length += _LINEAR * max(length[-1], 1.0) * t
        return cls(t, length / length[-1])

    def reversed(self) -> ArcLength:
        """Return the same from B to A."""
        return ArcLength(1 - self.t[::-1], 1 - self.share[::-1])

    def share_at(self, t: float) -> float:
        """Return the share of the change, in [0, 1], that has happened at t."""
        return float(np.interp(t, self.t, self.share))

    def t_at(self, share: float) -> float:
        """Return the t, in [0, 1], at which this share of the change has happened."""
        return float(np.interp(share, self.share, self.t))

    def positions(self, count: int) -> Doubles:
        """Return `count` t's from 0 to 1 with equal changes between them."""
        return np.asarray(np.interp(np.linspace(0, 1, count), self.share, self.t))

    def corrected(self, t: Doubles, steps: Doubles) -> ArcLength:
        """Return the arc length that agrees with steps measured between other t's `(k,)`.

        Between two of them it is this one, stretched to the measured step.
        """
        measured = ArcLength.of(t, steps)
        knots = np.union1d(self.t, t)
        before = np.interp(knots, self.t, self.share)
        at_t = np.interp(t, self.t, self.share)
        return ArcLength(knots, np.interp(before, at_t, measured.share))


@dataclass(frozen=True, eq=False)
class Placement:
    """The t's of a morph, and how even its steps are there."""

    t: Doubles
    """`(k,)`, from 0 to 1."""
    steps: Doubles
    """`(k − 1,)`: the distance from each blend to the next (`metrics.path_steps`)."""

    @property
    def largest_over_mean(self) -> float:
        """The largest step over the mean step: 1 is perfectly even."""
        return largest_over_mean(self.steps)

    @property
    def is_even(self) -> bool:
        """Whether the largest step is at most `EVEN_PACE` times the mean step."""
        return self.largest_over_mean <= EVEN_PACE

    @property
    def largest(self) -> tuple[float, float]:
        """The t's between which the largest step is."""
        at = int(self.steps.argmax())
        return float(self.t[at]), float(self.t[at + 1])


def place_evenly(count: int) -> Generator[Doubles, Doubles, Placement]:
    """Find `count` t's from 0 to 1 between which the shape changes equally; return the best ones.

    Yields t's and is sent the steps between their blends. A fine path comes first. Steps over a longer way
    are shorter than the sum of the fine ones on it, so what is chosen is measured, and chosen again. Where
    the shape jumps at some t no choice is even, and the placement says how uneven the best one is.
    """
    fine = np.linspace(0, 1, min(max(_PER_STEP * (count - 1), _FINE[0]), _FINE[1]) + 1)
    arc = ArcLength.of(fine, (yield fine))
    placed = best = yield from _measure(arc, count)
    for _ in range(_ROUNDS - 1 if count <= _MANY else 0):
        # Many short steps differ by single voxels, whatever their t's: these do not get better for ever.
        if best.largest_over_mean <= _GOOD_ENOUGH or (best.is_even and placed is not best):
            break
        arc = arc.corrected(placed.t, placed.steps)
        placed = yield from _measure(arc, count)
        best = min(best, placed, key=lambda one: one.largest_over_mean)
    return best


def _measure(arc: ArcLength, count: int) -> Generator[Doubles, Doubles, Placement]:
    """Return `count` t's of equal changes by an arc length, and the steps that are sent for them."""
    t = arc.positions(count).round(_DECIMALS)
    return Placement(t, (yield t))
