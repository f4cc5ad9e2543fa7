"""The scores of every blend on one pair's path: whole, standing, new, its pieces and loose voxels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from voxview.conventions import ONE_PIECE
from voxview.engine.request import BlendRequest
from voxview.engine.shape_quality import LESS_SYMMETRIC, ShapeQuality

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voxview.model.arc_length import ArcLength


class PathCounts(NamedTuple):
    """How many of a path's blends have a property, of those that were scored."""

    known: int
    whole: int
    """In one piece, by the rule."""
    strictly: int
    """Without a loose voxel."""
    standing: int
    falling: int
    """Of those that stand, how many would fall over."""
    lopsided: int


@dataclass(frozen=True, eq=False)
class PathScores:
    """Scores of a pair's blends at t = 0, 0.01 … 1, as they are decoded; NaN where none is known yet.

    Measured on what the decoder returns, whether or not small components are removed from what is shown.
    """

    request: BlendRequest
    """Whose path it is; its t has no meaning here."""
    chairs_symmetry: float
    """The symmetry of A or B as they are, whichever has less."""
    whole: NDArray[np.float32]
    """`(101,)`: the share of the blend's voxels in its largest 26-connected component; 0 if empty."""
    standing: NDArray[np.float32]
    """`(101,)`: 1 if it stands where its two chairs stand (see `PairScores`), else 0."""
    novelty: NDArray[np.float32]
    """`(101,)`: 1 − the IoU with A or B as they are, whichever is nearer."""
    pieces: NDArray[np.float32]
    """`(101,)`: how many 26-connected components the blend has, however small."""
    loose: NDArray[np.float32]
    """`(101,)`: how many voxels are outside the largest of them."""
    stable: NDArray[np.float32]
    """`(101,)`: 1 if the largest of them would not fall over (see `metrics.is_stable`), else 0."""
    symmetry: NDArray[np.float32]
    """`(101,)`: the largest IoU of the blend with its mirror image (see `metrics.symmetry`)."""

    arc_length: ArcLength | None = None
    """How far the shape has changed at each t; None until the whole path is decoded."""

    @property
    def steps(self) -> int:
        """The number of positions on the path."""
        return len(self.whole)

    def is_known(self, step: int) -> bool:
        """Return whether the blend at a step was scored."""
        return bool(self.whole[step] == self.whole[step])

    def quality(self, step: int) -> ShapeQuality | None:
        """Return what is known of the blend at a step; None before it was scored."""
        if not self.is_known(step):
            return None
        whole = float(self.whole[step]), int(self.pieces[step]), int(self.loose[step])
        footing = self.is_standing(step), bool(self.stable[step] > 0)
        symmetry, novelty = float(self.symmetry[step]), float(self.novelty[step])
        return ShapeQuality(*whole, *footing, symmetry, novelty, self.chairs_symmetry)

    def counts(self) -> PathCounts:
        """Count the blends that are in one piece, stand and so on, as `quality` says of each.

        In arrays: a window asks three times whenever a few more blends are scored, and to make a
        `ShapeQuality` for each takes 0.4 ms a time (measured), this 0.02.
        """
        known = self.whole == self.whole
        standing = known & (self.standing > 0)
        symmetry = self.symmetry.astype(float)  # as `quality` compares it
        return PathCounts(
            int(known.sum()),
            int((self.whole[known].astype(float) >= ONE_PIECE).sum()),
            int((self.pieces[known] == 1).sum()),
            int(standing.sum()),
            int((standing & ~(self.stable > 0)).sum()),
            int((known & (symmetry < self.chairs_symmetry - LESS_SYMMETRIC)).sum()),
        )

    def is_whole(self, step: int) -> bool:
        """Return whether the blend at a step is in one piece."""
        return bool(self.whole[step] >= ONE_PIECE)

    def is_standing(self, step: int) -> bool:
        """Return whether the blend at a step stands."""
        return bool(self.standing[step] > 0)

    def is_good(self, step: int) -> bool:
        """Return whether the blend at a step is in one piece and stands."""
        return self.is_whole(step) and self.is_standing(step)

    def is_lopsided(self, step: int) -> bool:
        """Return whether the blend at a step is clearly less symmetric than both its chairs."""
        quality = self.quality(step)
        return quality is not None and quality.is_lopsided

    def nearest_good(self, t: float) -> float | None:
        """Return the t nearest to `t` whose blend is in one piece and stands; None if none is known."""
        last = self.steps - 1
        good = [step for step in range(self.steps) if self.is_good(step)]
        return min(good, key=lambda step: abs(step / last - t)) / last if good else None
