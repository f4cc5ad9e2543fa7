"""Surface voxelization: the cells of the grid that a set of triangles overlaps, exactly.

The separating-axis test of Schwarz and Seidel, "Fast Parallel Surface and Solid Voxelization on GPUs"
(2010), section 4: a triangle and a cell overlap if the cell straddles the triangle's plane and their three
projections overlap.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import RESOLUTION
from voxview.shapes.frame import Doubles, Grid, Integers
from voxview.shapes.voxelizing.boxes import bounds, count_in_boxes, places_in_boxes

Corners = Doubles
"""Triangles `(m, 3 corners, 3 axes)` in cell units: cell (i, j, k) is [i, i+1] × [j, j+1] × [k, k+1]."""

_BLOCK = 4
"""Cells along the edge of the blocks that large triangles are tested against first."""

_FIRST, _AT_ONCE = 1 << 12, 1 << 17
"""Triangles that are looked at in the first step and in the largest one: what the first ones mark spares the
later ones, and the temporaries take 100 MB."""

_SLACK = 1e-6
"""Tolerance of the test of blocks, above any rounding error: a block is tested in vain rather than missed."""

_PROJECTIONS = ((0, 1, 2), (1, 2, 0), (2, 0, 1))
"""The two axes of each projection, and the dropped one."""


def cells_touched(corners: Corners) -> Grid:
    """Return the cells, `bool (32, 32, 32)`, that at least one triangle overlaps."""
    touched = np.zeros((RESOLUTION,) * 3, np.bool_)
    begin, step = 0, _FIRST
    while begin < len(corners):
        _touch(touched, corners[begin : begin + step])
        begin, step = begin + step, min(2 * step, _AT_ONCE)
    return touched


def _touch(touched: Grid, corners: Corners) -> None:
    """Mark the cells that triangles overlap; those in whose box all cells are marked already need no look."""
    low, high = (np.floor(end).astype(np.int64) for end in bounds(corners))
    x, y, z = ((high >= 0) & (low < RESOLUTION)).T
    inside = x & y & z
    corners, low, high = corners[inside], low[inside], high[inside]
    # Most triangles of a fine mesh lie in one cell.
    x, y, z = (high == low).T
    single = x & y & z
    touched[tuple(low[single].T)] = True
    corners, low, high = corners[~single], low[~single], high[~single]
    # A triangle whose box spans several cells along only one axis overlaps each of them: it is connected.
    simple = (high > low).sum(axis=1) <= 1
    low, high = low.clip(0), high.clip(None, RESOLUTION - 1)
    for _, cells in places_in_boxes(low[simple], high[simple] - low[simple] + 1):
        touched[tuple(cells.T)] = True
    open_ = ~simple
    open_[open_] = count_in_boxes(~touched, low[open_], high[open_]) > 0
    large = (high - low + 1).prod(axis=1) > _BLOCK**3
    _mark_by_blocks(touched, corners[open_ & large], low[open_ & large], high[open_ & large])
    _mark(touched, corners[open_ & ~large], low[open_ & ~large], high[open_ & ~large])


def _mark_by_blocks(touched: Grid, corners: Corners, low: Integers, high: Integers) -> None:
    """Mark as `_mark` does, testing only cells in blocks that a triangle overlaps and that are not full.

    Most of a large triangle's box is empty space: sets of large triangles take a tenth of the time.
    """
    first = low // _BLOCK
    side = RESOLUTION // _BLOCK
    for triangle, block in places_in_boxes(first, high // _BLOCK - first + 1):
        full = np.all(touched.reshape(side, _BLOCK, side, _BLOCK, side, _BLOCK), axis=(1, 3, 5))
        open_ = ~full[tuple(block.T)]
        triangle, block = triangle[open_], block[open_]
        passed = _overlaps(corners[triangle] / _BLOCK, block, slack=_SLACK)
        triangle, block = triangle[passed], block[passed] * _BLOCK
        inner_low = np.maximum(low[triangle], block)
        inner_high = np.minimum(high[triangle], block + _BLOCK - 1)
        _mark(touched, corners[triangle], inner_low, inner_high)


def _mark(touched: Grid, corners: Corners, low: Integers, high: Integers) -> None:
    """Mark the cells from `low` to `high (m, 3)`, both included, that triangle m overlaps."""
    for triangle, cells in places_in_boxes(low, high - low + 1):
        new = ~touched[tuple(cells.T)]  # most cells of a fine mesh are marked after a few of its triangles
        triangle, cells = triangle[new], cells[new]
        touched[tuple(cells[_overlaps(corners[triangle], cells)].T)] = True


def _overlaps(corners: Corners, cells: Integers, slack: float = 0.0) -> NDArray[np.bool_]:
    """Test whether triangle p overlaps cell p, `(p,)`, given that their bounding boxes do.

    With `slack`, distances up to it may count as overlaps.
    """
    edges = corners[:, (1, 2, 0)] - corners
    normal = np.cross(edges[:, 0], edges[:, 1])
    relative = corners - cells[:, None, :]
    # The cell straddles the plane if its corners furthest along and against the normal are on two sides.
    middle = np.einsum("pa,pa->p", normal, relative[:, 0])
    met = middle >= np.minimum(normal, 0).sum(1) - slack
    met &= middle <= np.maximum(normal, 0).sum(1) + slack
    for a, b, dropped in _PROJECTIONS:
        side = np.where(normal[:, dropped] >= 0, 1.0, -1.0)[:, None]
        out_a, out_b = -edges[:, :, b] * side, edges[:, :, a] * side
        reach = np.maximum(out_a, 0) + np.maximum(out_b, 0) + slack
        met &= (reach >= out_a * relative[:, :, a] + out_b * relative[:, :, b]).all(axis=1)
    return met
