"""What is said of one shape beside its picture: pieces, loose voxels, footing, symmetry, novelty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxview.conventions import ONE_PIECE

if TYPE_CHECKING:  # the bare window needs these words, and must not wait for NumPy
    from voxview.shapes.frame import Grid, Grids

LESS_SYMMETRIC = 0.1
"""How far a shape's symmetry has to be below that of its chairs to be clearly less. Of chairs that are given
back by `chairs` it is 0.03 less, or not less; of a quarter of the blends of real ones, more than this."""


@dataclass(frozen=True)
class ShapeQuality:
    """The quality of a decoded shape, of a blend, a mix or a place that is pointed at: the same measures.

    Small components count, whether or not they are removed from what is shown.
    """

    largest_share: float
    """The share of the occupied voxels in the largest 26-connected component; 0 if there are none."""
    pieces: int
    """How many 26-connected components there are, however small."""
    loose_voxels: int
    """Occupied voxels outside the largest component."""
    stands: bool
    """Whether a voxel is in the three layers from the floor of its chairs on, or below: `metrics.stands`."""
    is_stable: bool
    """Whether its largest component would not fall over: see `metrics.is_stable`. A shape whose legs are gone
    on one side, or are loose voxels, stands but is not stable."""
    symmetry: float
    """The largest IoU with its mirror image in x, moved by −1, 0 or +1 voxel: `metrics.symmetry`."""
    novelty: float | None = None
    """1 − the largest IoU with the chairs that it was made of, as they are; None where none was compared."""
    chairs_symmetry: float | None = None
    """The symmetry of the least symmetric one of these chairs; None where none was compared."""

    @property
    def in_one_piece(self) -> bool:
        """Whether 99 % of the voxels are one component: there may be loose voxels beside it."""
        return self.largest_share >= ONE_PIECE

    @property
    def is_lopsided(self) -> bool:
        """Whether it is less symmetric than each of the chairs that it was made of, by more than 0.1."""
        return self.chairs_symmetry is not None and self.symmetry < self.chairs_symmetry - LESS_SYMMETRIC

    @property
    def is_good(self) -> bool:
        """Whether it is in one piece and stands."""
        return self.in_one_piece and self.stands


def quality_of(grid: Grid, floor: int = 0, chairs: Grids | None = None) -> ShapeQuality:
    """Measure a grid that should stand on layer `floor`, and compare it with `chairs` `(n, 32, 32, 32)`."""
    from voxview.model.metrics import is_stable, largest_iou, stands, symmetry
    from voxview.shapes.components import largest_component

    piece, sizes = largest_component(grid)
    voxels, largest = int(sizes.sum()), int(sizes.max(initial=0))
    compared: tuple[float, float] | tuple[()] = ()
    if chairs is not None:
        novelty = 1 - float(largest_iou(grid.reshape(1, -1), chairs.reshape(len(chairs), -1))[0])
        compared = novelty, min(symmetry(chair) for chair in chairs)
    share = largest / voxels if voxels else 0.0
    footing = stands(grid, floor), is_stable(piece, floor)
    return ShapeQuality(share, len(sizes), voxels - largest, *footing, symmetry(grid), *compared)
