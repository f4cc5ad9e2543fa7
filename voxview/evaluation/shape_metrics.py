"""Metrics of a shape that need no shape to compare it with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxview.model.metrics import lowest_layers, stands, symmetry
from voxview.shapes.components import is_one_piece
from voxview.shapes.frame import Grids


@dataclass(frozen=True)
class ShapeMetrics:
    """The metrics of n shapes, each `(n,)`."""

    one_piece: NDArray[np.bool_]
    """At least 99 % of the voxels are one 26-connected component: `components.is_one_piece`."""
    stands: NDArray[np.bool_]
    """A voxel of the cube's lowest three layers, y < 3, is occupied: `metrics.stands` with floor 0."""
    stands_like_its_chairs: NDArray[np.bool_]
    """It reaches down to where its chair stands, or the higher-standing of its two chairs, give or take
    three layers: `metrics.stands` with that floor. Some catalogs have chairs hover in their cubes."""
    symmetry: NDArray[np.float64]
    """The largest IoU with the mirror image in x, moved by −1, 0 or +1 voxel: `metrics.symmetry`."""


def measure_shapes(grids: Grids, floors: NDArray[np.int32] | None = None) -> ShapeMetrics:
    """Measure grids `(n, 32, 32, 32)`; `floors` `(n,)` are the layers to stand on, their own if left out."""
    floors = lowest_layers(grids) if floors is None else floors
    like_chairs = [stands(grid, int(floor)) for grid, floor in zip(grids, floors, strict=True)]
    return ShapeMetrics(
        one_piece=np.array([is_one_piece(grid) for grid in grids], bool),
        stands=np.array([stands(grid) for grid in grids], bool),
        stands_like_its_chairs=np.array(like_chairs, bool),
        symmetry=np.array([symmetry(grid) for grid in grids], np.float64),
    )


def concatenate_metrics(parts: Sequence[ShapeMetrics]) -> ShapeMetrics:
    """Return the metrics of several batches as one."""
    return ShapeMetrics(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("one_piece", "stands", "stands_like_its_chairs", "symmetry")
        )
    )
