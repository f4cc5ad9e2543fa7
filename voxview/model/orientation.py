"""Search for the orientation in which a chair stands upright with its front towards −z.

The network learnt from chairs that stand so, and holds no other ones well: a chair that lies or looks
backwards comes out of its decoder as something else. So the orientation is the one in which the chair has
the largest IoU with what the encoder's latent decodes to. Refinement does not decide: it fits a latent to
whatever there is, which brings a wrong orientation nearer to the right one.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voxview.conventions import LEVEL
from voxview.model.metrics import intersection_over_union
from voxview.shapes.frame import Doubles, Floats, Grid, Grids
from voxview.shapes.orient import AS_READ, ORIENTATIONS, Orientation, rotate_grid
from voxview.to_end import run_to_end

if TYPE_CHECKING:  # the result is shown by programs that import no torch
    from voxview.model.autoencoder import Autoencoder

CERTAIN_RATIO = 1.2
"""How much further from the chair the runner-up has to be, as 1 − IoU before refinement, for the best
orientation to be certain. Chosen on 340 of the held-out ShapeNet chairs, each in all orientations: the best
is right for 336 and certain for 321, of which one is wrong, a bed that its collection has sideways."""

_ALIKE = 0.9
"""IoU from which on a chair in two orientations is one and the same: a round stool looks alike however it is
turned."""

_PART = 3
"""Orientations that a CPU encodes and decodes between two steps: a fifth of a second on two cores."""


@dataclass(frozen=True)
class HeldOrientation:
    """One orientation, and how well 64 numbers hold the chair in it."""

    orientation: Orientation
    iou: float
    """Of the chair and its refined reconstruction: the figure that is shown."""
    unrefined: float
    """Of the chair and what the encoder's latent decodes to: the figure that decides."""


@dataclass(frozen=True)
class FoundOrientation:
    """The orientation in which a chair is held best, and the ones to compare it with."""

    best: HeldOrientation
    as_read: HeldOrientation
    rival: HeldOrientation | None
    """The next best one in which the chair looks otherwise, if it is close (`CERTAIN_RATIO`)."""

    @property
    def is_certain(self) -> bool:
        """Whether no other orientation is close."""
        return self.rival is None

    @property
    def is_turned(self) -> bool:
        """Whether the chair has to be turned."""
        return self.best.orientation != self.as_read.orientation

    @property
    def gain(self) -> float:
        """The IoU that turning adds; 0 if the chair stands right as it is."""
        return self.best.iou - self.as_read.iou if self.is_turned else 0.0


def find_orientation(
    autoencoder: Autoencoder, grid: Grid, candidates: Sequence[Orientation] = ORIENTATIONS
) -> FoundOrientation:
    """Return the candidate in which the autoencoder holds `grid` `(32, 32, 32)` best."""
    return run_to_end(find_orientation_in_steps(autoencoder, grid, candidates))


def find_orientation_in_steps(
    autoencoder: Autoencoder, grid: Grid, candidates: Sequence[Orientation] = ORIENTATIONS
) -> Generator[tuple[int, int], None, FoundOrientation]:
    """Search as `find_orientation` does; yield (steps done, all) in between.

    A CUDA device encodes all in one batch; on the CPU a step takes a fifth of a second on two cores.
    """
    tried = list(dict.fromkeys((AS_READ, *candidates)))
    grids = np.stack([rotate_grid(grid, one.matrix) for one in tried])
    unrefined = yield from _unrefined_ious(autoencoder, grids)
    best, runner_up = _two_best([i for i, one in enumerate(tried) if one in candidates], unrefined, grids)
    off = 1 - unrefined
    rival = None if runner_up is None or off[runner_up] >= CERTAIN_RATIO * off[best] else runner_up
    shown = [i for i in dict.fromkeys((0, best, rival)) if i is not None]
    refined = yield from _refined_ious(autoencoder, grids[shown], len(tried))
    held = {
        i: HeldOrientation(tried[i], float(iou), float(unrefined[i]))
        for i, iou in zip(shown, refined, strict=True)
    }
    return FoundOrientation(held[best], held[0], None if rival is None else held[rival])


def _two_best(allowed: Sequence[int], ious: Doubles, grids: Grids) -> tuple[int, int | None]:
    """Return the place of the largest IoU, and of the largest one of the grids that look otherwise.

    Of the grids that look like the best the first is taken: the one that turns the chair least.
    """
    largest = max(allowed, key=lambda i: ious[i])
    alike = _ious_with(grids, grids[largest]) >= _ALIKE
    others = [i for i in allowed if not alike[i]]
    best = next(i for i in allowed if alike[i])
    return best, max(others, key=lambda i: ious[i], default=None)


def _unrefined_ious(autoencoder: Autoencoder, grids: Grids) -> Generator[tuple[int, int], None, Doubles]:
    """Return the IoU of each grid with its reconstruction from the encoder's latent, `(n,)`."""
    part = len(grids) if autoencoder.device.type == "cuda" else _PART
    ious = []
    for start in range(0, len(grids), part):
        yield start, len(grids) + 1
        some = grids[start : start + part]
        ious.append(_reconstruction_ious(autoencoder, some, autoencoder.encode(some, refine=0)))
    return np.concatenate(ious)


def _refined_ious(
    autoencoder: Autoencoder, grids: Grids, done: int
) -> Generator[tuple[int, int], None, Doubles]:
    """Return the IoU of each grid with its reconstruction from its refined latent, `(n,)`."""
    if autoencoder.device.type == "cuda":
        return _reconstruction_ious(autoencoder, grids, autoencoder.encode(grids))
    steps = autoencoder.encode_in_steps(grids)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return _reconstruction_ious(autoencoder, grids, end.value)
        yield done, done + 1


def _reconstruction_ious(autoencoder: Autoencoder, grids: Grids, latents: Floats) -> Doubles:
    return intersection_over_union(grids, autoencoder.decode(latents) > LEVEL)


def _ious_with(grids: Grids, grid: Grid) -> Doubles:
    return intersection_over_union(grids, np.broadcast_to(grid, grids.shape))
