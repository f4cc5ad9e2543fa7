"""The scores of every in-between of a set of chairs: whole, standing, symmetric, new."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import ONE_PIECE
from voxview.engine.request import Device
from voxview.engine.shape_quality import ShapeQuality
from voxview.shapes.chair import Chair

if TYPE_CHECKING:
    from collections.abc import Mapping

Score = Literal["whole", "standing", "symmetry", "novelty", "good"]

SCORES: Mapping[Score, str] = {
    "whole": "The share of a blend's voxels that hang together (26-connected)",
    "standing": "Whether it reaches down to where its two chairs stand, to within three layers",
    "symmetry": "The largest IoU with the mirror image, left for right, moved by a voxel or not",
    "novelty": "1 − the largest IoU with any chair of the set, as those chairs are",
    "good": "The novelty of a blend that is in one piece and stands; 0 of one that is not",
}

ENCODING_COST = 15.0
"""Blends that a CPU decodes and scores in the time in which it refines a chair, most of the time."""


def blends_of(n: int, steps: int) -> int:
    """Return how many blends n chairs make: each pair once, and the ends, which are the chairs, once each."""
    return n + n * (n - 1) // 2 * (steps - 2)


@dataclass(frozen=True, eq=False)
class PairScores:
    """Scores of the blends of every ordered pair of n chairs at k t's; NaN where none is known yet.

    A blend of (i, j) at t is the blend of (j, i) at 1 − t, so each is computed once and entered twice.
    """

    chairs: tuple[Chair, ...]
    t: NDArray[np.float32]
    """`(k,)`, from 0 to 1, evenly spaced."""
    whole: NDArray[np.float32]
    """`(n, n, k)`: the share of the blend's voxels in its largest 26-connected component; 0 if empty."""
    standing: NDArray[np.float32]
    """`(n, n, k)`: 1 if it stands, else 0: a voxel is occupied in the three layers from the lowest one of its
    two chairs on, of the higher of the two, or below. A sofa that hovers in its cube may hover in a blend."""
    novelty: NDArray[np.float32]
    """`(n, n, k)`: 1 − the largest IoU with any of the n chairs, as they are."""
    pieces: NDArray[np.float32]
    """`(n, n, k)`: how many 26-connected components the blend has, however small."""
    loose: NDArray[np.float32]
    """`(n, n, k)`: how many voxels are outside the largest of them."""
    stable: NDArray[np.float32]
    """`(n, n, k)`: 1 if the largest of them would not fall over (see `metrics.is_stable`), else 0."""
    symmetry: NDArray[np.float32]
    """`(n, n, k)`: the largest IoU of the blend with its mirror image (see `metrics.symmetry`)."""
    chairs_symmetry: NDArray[np.float32]
    """`(n,)`: the same of each of the chairs, as they are."""
    device: Device
    seconds: float
    """How long it took so far, encoding included."""
    notice: str | None = None
    """What the person should know: that the GPU failed and the CPU went on."""
    tf32: bool = False
    """Whether the device decoded in TF32, in which some voxels fall on the other side of the level."""
    further: tuple[str, ...] = ()
    """Further devices that scored a part of it, such as `GPU 1`."""

    @cached_property
    def good(self) -> NDArray[np.float32]:
        """`(n, n, k)`: the novelty where the blend is in one piece and stands, else 0; NaN if unknown."""
        passes = (self.whole >= ONE_PIECE) & (self.standing > 0)
        return np.where(np.isnan(self.whole), np.nan, np.where(passes, self.novelty, 0)).astype(np.float32)

    def is_same(self, other: PairScores) -> bool:
        """Return whether all scores are the other's, to the last bit."""
        names = ("whole", "standing", "novelty", "pieces", "loose", "stable", "symmetry")
        return all(
            np.array_equal(getattr(self, name), getattr(other, name), equal_nan=True) for name in names
        )

    def quality(self, i: int, j: int, step: int) -> ShapeQuality | None:
        """Return what is known of one blend; None before it was scored."""
        at = i, j, step
        if np.isnan(self.whole[at]):
            return None
        whole = float(self.whole[at]), int(self.pieces[at]), int(self.loose[at])
        footing = bool(self.standing[at] > 0), bool(self.stable[at] > 0)
        symmetry, novelty = float(self.symmetry[at]), float(self.novelty[at])
        return ShapeQuality(*whole, *footing, symmetry, novelty, float(self.chairs_symmetry[[i, j]].min()))

    def of(self, score: Score) -> NDArray[np.float32]:
        """Return the score's `(n, n, k)`."""
        values: NDArray[np.float32] = getattr(self, score)
        return values

    def matrix(self, score: Score, step: int | None) -> NDArray[np.float32]:
        """Return the score at t[step], `(n, n)`; for None its mean between the ends, of "good" its maximum.

        Steps that are not known yet are left out; NaN where none is.
        """
        values = self.of(score)
        if step is not None:
            return values[:, :, step]
        between = values[:, :, 1:-1]
        known = ~np.isnan(between)
        filled = np.where(known, between, 0)
        found = filled.max(2) if score == "good" else filled.sum(2) / np.maximum(known.sum(2), 1)
        return np.where(known.any(2), found, np.nan).astype(np.float32)

    def best_step(self, i: int, j: int) -> int:
        """Return the step between the ends at which the pair is best: good and new, else the most whole."""
        good = self.good[i, j, 1:-1]
        if np.isnan(good).all():
            return len(self.t) // 2
        best = good if np.nanmax(good) > 0 else self.whole[i, j, 1:-1]
        return 1 + int(np.nanargmax(best))

    def surprise(self, rng: np.random.Generator, among: int = 50) -> tuple[int, int, int] | None:
        """Return one of the `among` best cells (i, j, step) by chance; None if no blend is good."""
        good = np.nan_to_num(self.good)
        upper = np.triu(np.ones(good.shape[:2], bool), 1)[:, :, None]  # each blend once
        inner = np.zeros(len(self.t), bool)
        inner[1:-1] = True
        ranked = np.where(upper & inner, good, 0).ravel()
        best = np.argsort(ranked)[::-1][:among]
        best = best[ranked[best] > 0]
        if not len(best):
            return None
        i, j, step = np.unravel_index(int(rng.choice(best)), good.shape)
        return int(i), int(j), int(step)
