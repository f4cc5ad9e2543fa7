"""A field at two or three times its resolution: interpolation between voxels, which adds no detail.

Interpolated are log-odds, clipped, by Catmull-Rom splines along each axis. Decoded probabilities are nearly
0 or 1: their surface has a step at each voxel, where log-odds still tell how far a voxel is from the level.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import RESOLUTION
from voxview.shapes.frame import Field, Floats, Grid

_CLIP = 4.0
"""Log-odds beyond which a voxel is certain: they would outweigh all voxels around it."""
_SMALLEST = 1e-6
"""Probabilities nearer to 0 or 1 have log-odds that are clipped anyway, but may be infinite."""

_MARGIN = 3
"""Empty voxels around the cube: one for samples beyond its faces, two more that count for these."""

_THIN = np.array([0.0, 0.15, 0.33, 0.5], np.float32)
"""The least value (in [−0.5, 0.5]) of an occupied voxel that is thin along none, one, two or all axes.

Samples lie beside a voxel's centre, where a sheet keeps 87 % of its height above empty space, a leg 75 % and
a single voxel 65 %: an uncertain leg, one voxel thick, would be gone.
"""


def interpolate_field(field: Field | Grid, level: float, resolution: int) -> tuple[Floats, tuple[int, ...]]:
    """Return values around the surface at `resolution`, positive inside, and the index of the first one.

    `field` is `(32, 32, 32)` with something above `level`; the values, `float32 (i, j, k)` in about ±0.5,
    are those of a box around what is occupied, whose outermost values are all negative. Index n along an axis
    has its centre at (n + 0.5)/resolution − 0.5; it may be negative, because surfaces end at the cube's
    face and the values around them beyond.

    A value is positive only between voxels of which one is occupied, and negative only between voxels of
    which one is empty: nothing comes up and no hole opens where the surface between voxels has none.
    """
    factor = resolution // RESOLUTION
    solid = np.asarray(field > level)
    filled = [np.flatnonzero(solid.any(axis=tuple({0, 1, 2} - {axis}))) for axis in range(3)]
    # From the empty voxel before the first occupied one to that after the last.
    spans = [(int(voxels[0]) - 1, int(voxels[-1]) + 2) for voxels in filled]
    fine = _interpolated(_thickened(_log_odds(field, level), solid), spans, factor)
    _keep_within(fine, solid, spans, factor)
    return fine, tuple(start * factor for start, _ in spans)


def _log_odds(field: Field | Grid, level: float) -> Floats:
    """Return log-odds less those of the level, clipped and scaled to ±0.5."""
    p = np.clip(field.astype(np.float32), _SMALLEST, 1 - _SMALLEST)
    odds = np.log(p / (1 - p)) - np.float32(np.log(level / (1 - level)))
    return np.asarray(np.clip(odds, -_CLIP, _CLIP) / (2 * _CLIP), np.float32)


def _thickened(values: Floats, solid: Grid) -> Floats:
    """Return the values with those of thin parts raised, so that they stay between the samples."""
    return np.where(solid, np.maximum(values, _THIN[_thin_axes(solid)]), np.minimum(values, 0))


def _thin_axes(solid: Grid) -> NDArray[np.intp]:
    """Return along how many axes each voxel is between two empty ones, and would be missed.

    The crest of a round body is not thin although it may be a voxel wide: below it the body is wider, and
    above it is nothing. A leg below a seat is: it goes on.
    """
    padded = np.pad(solid, 1)
    count = np.zeros(solid.shape, np.intp)
    layers = [_beside(padded, axis) for axis in range(3)]
    for axis in range(3):
        is_thin = ~(_shifted(padded, {axis: 1}) | _shifted(padded, {axis: -1}))
        for other in {0, 1, 2} - {axis}:
            for ahead in (1, -1):
                wide = _shifted(padded, {other: -ahead})
                for side in (1, -1):
                    wide = wide & _shifted(padded, {other: -ahead, axis: side})
                is_thin &= ~wide | _shifted(layers[other], {other: ahead})
        count += is_thin
    return count


def _beside(padded: Grid, axis: int) -> Grid:
    """Return of each voxel whether it or one beside it, in the layer across the axis, is occupied."""
    found = padded
    for across in {0, 1, 2} - {axis}:
        wider = found.copy()
        lower, upper = [slice(None)] * 3, [slice(None)] * 3
        lower[across], upper[across] = slice(0, -1), slice(1, None)
        wider[tuple(lower)] |= found[tuple(upper)]
        wider[tuple(upper)] |= found[tuple(lower)]
        found = wider
    return found


def _shifted(padded: Grid, by: dict[int, int]) -> Grid:
    """Return the voxels that are `by` away, along each axis, from those without the margin of one."""
    return padded[
        tuple(slice(1 + by.get(axis, 0), n - 1 + by.get(axis, 0)) for axis, n in enumerate(padded.shape))
    ]


def _keep_within(fine: Floats, solid: Grid, spans: list[tuple[int, int]], factor: int) -> None:
    """Make samples negative between empty voxels and positive between occupied ones, in place."""
    some = every = np.pad(solid, _MARGIN)
    for axis, (start, stop) in enumerate(spans):
        samples = np.arange(start * factor, stop * factor)
        # Voxels beside a sample: those below and above it, or one where it is in its centre.
        below = (2 * samples + 1 - factor) // (2 * factor) + _MARGIN
        above = -((factor - 1 - 2 * samples) // (2 * factor)) + _MARGIN
        some = some.take(below, axis) | some.take(above, axis)
        every = every.take(below, axis) & every.take(above, axis)
    positive = fine > 0
    fine[positive & ~some] = 0
    fine[every & ~positive] = np.finfo(np.float32).tiny


def _interpolated(values: Floats, spans: list[tuple[int, int]], factor: int) -> Floats:
    """Return samples of the voxels in `spans`, start and stop along each axis; −0.5 is around the cube.

    Sums of slices and no matrix products: BLAS would start threads for these, which wait for one another
    where the processor is busy.
    """
    fine = np.pad(values + np.float32(0.5), _MARGIN)
    for start, stop in reversed(spans):  # the last axis is brought to the front, three times
        fine = _along_first(
            np.ascontiguousarray(fine.transpose(2, 0, 1)), start + _MARGIN, stop - start, factor
        )
    return np.asarray(fine - np.float32(0.5))


def _along_first(values: Floats, start: int, count: int, factor: int) -> Floats:
    """Return samples of `count` of the first axis's voxels, from `start` on: `(factor·count, …)`."""
    samples = np.empty((count, factor, *values.shape[1:]), np.float32)
    for place in range(factor):
        offset, weights = _taps((2 * place + 1 - factor) / (2 * factor))
        a, b, c, d = (
            weight * values[voxel : voxel + count] for voxel, weight in enumerate(weights, start + offset)
        )
        # In this order, what is mirrored is the same to the last bit.
        np.add(np.add(a, d, out=a), np.add(b, c, out=b), out=samples[:, place])
    return samples.reshape(factor * count, *values.shape[1:])


def _taps(place: float) -> tuple[int, Floats]:
    """Return what counts for a sample `place` voxels from a centre: the first voxel's offset, four weights.

    Source: E. Catmull and R. Rom, A class of local interpolating splines, 1974.
    """
    first = -2 if place < 0 else -1
    d = np.abs(np.arange(first, first + 4) - place)
    near, far = 1.5 * d**3 - 2.5 * d**2 + 1, -0.5 * d**3 + 2.5 * d**2 - 4 * d + 2
    return first, np.where(d < 1, near, far).astype(np.float32)
