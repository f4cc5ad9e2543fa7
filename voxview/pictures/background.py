"""Telling a chair from its background: by transparency, or by a border of nearly one colour.

Photographs of rooms have no such border; for them nothing is said, and the background stays.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.pictures.read import Picture
from voxview.pictures.scaling import resize_mask, shrink

Mask = NDArray[np.bool_]

_WORKING_SIDE = 384
"""Pixels along the longer side in which the background is looked for: the network sees 227."""

_TOLERANCE = 9.0
"""Distance in CIELAB from the background's colour up to which a pixel is background. 2.3 is just noticeable;
the compression of a JPEG makes 5 beside an edge, and a soft shadow 10 to 30."""

_HOLE_TOLERANCE = 3.0
"""Likewise for what the chair encloses, which has to be the same colour more nearly."""

_LEAST_TOLERANCE = 4.0
"""The same for a background without noise."""

_DARKEST_SHADOW, _SHADOW_TINT, _SHADOW_STEP = 35.0, 8.0, 2.5
"""Of a soft shadow, in CIELAB: how much darker it is than the background, how much it differs in tint, and
how much from one pixel to the next."""

_BORDER_SHARE = 0.85
"""Share of the border's pixels that have to be of one colour: a chair may touch it."""

_LARGEST_CHANGE = 30.0
"""How much the background may change from one side to the other, in CIELAB."""

_SMALLEST, _LARGEST, _MOST_OF_BORDER = 0.01, 0.92, 0.5
"""Shares of the picture, and of its border, that a foreground can have."""

_HOLE_SHARE = 5e-4


def find_foreground(picture: Picture) -> NDArray[np.float32] | None:
    """Return how far each pixel belongs to the chair, `(height, width)` in [0, 1].

    By the picture's alpha where it has one, else by the border's colour, which may change evenly from side to
    side. None where neither says: the border is of several colours, or what is left would be next to nothing
    or nearly everything.
    """
    opacity = opacity_of(picture)
    if opacity is not None and _is_plausible(opacity):
        return opacity
    small = shrink(picture, _WORKING_SIDE)
    mask = _by_border(_lab(_on_white(small)))
    if mask is None:
        return None
    return resize_mask(_softened(mask), picture.width, picture.height)


def _on_white(picture: Picture) -> NDArray[np.uint8]:
    return on_white(picture.pixels, opacity_of(picture))


def opacity_of(picture: Picture) -> NDArray[np.float32] | None:
    """Return a picture's alpha `(height, width)` in [0, 1], or None."""
    return None if picture.alpha is None else picture.alpha.astype(np.float32) / np.float32(255)


def on_white(pixels: NDArray[np.uint8], opacity: NDArray[np.float32] | None) -> NDArray[np.uint8]:
    """Return pixels `(height, width, 3)` over white, by an opacity `(height, width)` in [0, 1]."""
    if opacity is None:
        return pixels
    over = 255 - (255 - pixels.astype(np.float32)) * opacity[:, :, None]
    return np.rint(over).astype(np.uint8)


def _by_border(lab: NDArray[np.float32]) -> Mask | None:
    """Return where the chair is in a picture in CIELAB `(height, width, 3)`, or None."""
    background = _fitted_background(lab)
    if background is None:
        return None
    distance = np.linalg.norm(lab - background, axis=2)  # (height, width)
    tolerance = _tolerance(distance)
    outside = _flooded(distance <= tolerance)
    outside = _flooded(outside | (distance <= tolerance) | (_soft_shadow(lab, background) & _low(~outside)))
    outside |= _large_holes((distance <= _HOLE_TOLERANCE) & ~outside)
    inside = _without_specks(~outside)
    return inside if _is_plausible(inside.astype(np.float32)) else None


def _tolerance(distance: NDArray[np.float32]) -> float:
    """Return how far from its colour a background may be: less where it is even, for white on white."""
    on_border = distance[border_of(*distance.shape)]
    return float(np.clip(2 + 3 * np.quantile(on_border, 0.8), _LEAST_TOLERANCE, _TOLERANCE))


def _low(mask: Mask) -> Mask:
    """Return the lower third of where a mask is, and what is below, where a chair's shadow lies."""
    rows = np.flatnonzero(_without_specks(mask).any(axis=1))
    low = np.zeros_like(mask)
    if len(rows):
        low[rows[-1] - (rows[-1] - rows[0]) // 3 :] = True
    return low


def _soft_shadow(lab: NDArray[np.float32], background: NDArray[np.float32]) -> Mask:
    """Return where a pixel may be in a soft shadow: a darker background that changes slowly.

    A grey chair is as dark, but has an edge around it that stops the flood.
    """
    darker = background[..., 0] - lab[..., 0]
    tinted = np.linalg.norm(lab[..., 1:] - background[..., 1:], axis=2)
    padded = np.pad(lab[..., 0], 1, mode="edge")
    steps = [np.abs(padded[1:-1, 1:-1] - moved) for moved in (padded[:-2, 1:-1], padded[2:, 1:-1])]
    steps += [np.abs(padded[1:-1, 1:-1] - moved) for moved in (padded[1:-1, :-2], padded[1:-1, 2:])]
    is_even = np.max(steps, axis=0) <= _SHADOW_STEP
    return (darker >= 0) & (darker <= _DARKEST_SHADOW) & (tinted <= _SHADOW_TINT) & is_even


def _fitted_background(lab: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """Return the background's colour everywhere, or None if the border has several colours.

    It is a plane through the border's colours, fitted twice: the second time without what is far from the
    first fit, such as a chair that touches the border.
    """
    height, width = lab.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    everywhere = np.stack([np.ones_like(rows), columns / width - 0.5, rows / height - 0.5], axis=2)
    border = border_of(height, width)
    place, colours = everywhere[border], lab[border]  # (p, 3), (p, 3)
    near = np.linalg.norm(colours - np.median(colours, axis=0), axis=1) <= _LARGEST_CHANGE
    for _ in range(2):
        if near.mean() < _BORDER_SHARE:
            return None
        plane, *_ = np.linalg.lstsq(place[near], colours[near], rcond=None)  # (3, 3)
        near = np.linalg.norm(colours - place @ plane, axis=1) <= _TOLERANCE
    if near.mean() < _BORDER_SHARE or np.linalg.norm(plane[1:], axis=1).sum() > _LARGEST_CHANGE:
        return None
    return np.asarray(everywhere @ plane, np.float32)


def border_of(height: int, width: int) -> Mask:
    """Return where a picture's border is: a fiftieth of its shorter side, a pixel at least."""
    thickness = max(1, min(height, width) // 50)
    border = np.ones((height, width), np.bool_)
    border[thickness:-thickness, thickness:-thickness] = False
    return border


def _flooded(passable: Mask) -> Mask:
    """Return the passable pixels that are 4-connected to the border."""
    reached = passable & border_of(*passable.shape)
    return _spread(reached, passable)


def _spread(reached: Mask, passable: Mask) -> Mask:
    """Return the passable pixels that are 4-connected to those reached, by whole runs of rows and columns."""
    across, down = _runs(passable), _runs(passable.T)
    while True:
        before = int(reached.sum())
        reached = _along(reached, passable, across)
        reached = _along(reached.T, passable.T, down).T
        if int(reached.sum()) == before:
            return reached


def _runs(passable: Mask) -> NDArray[np.int64]:
    """Return a number for each pixel, equal within a run of passable pixels of a row."""
    starts = ~passable
    starts[:, 0] = True
    numbers: NDArray[np.int64] = np.cumsum(starts.ravel(), dtype=np.int64).reshape(passable.shape)
    return numbers


def _along(reached: Mask, passable: Mask, runs: NDArray[np.int64]) -> Mask:
    known = np.zeros(int(runs[-1, -1]) + 1, np.bool_)
    known[runs[reached]] = True
    # A run that begins behind an impassable pixel has the number of that pixel: it is passable for none.
    return passable & known[runs]


def _large_holes(holes: Mask) -> Mask:
    """Return what the chair encloses of the background, without specks."""
    smallest = int(_HOLE_SHARE * holes.size)
    return holes & (_neighbourhood(holes) > 0.6) if int(holes.sum()) > smallest else np.zeros_like(holes)


def _without_specks(mask: Mask) -> Mask:
    """Return what of a mask hangs together with a block of 5×5: legs stay, the noise of a background goes."""
    block = mask
    for _ in range(2):
        block = _neighbourhood(block) > 0.99
    return _spread(block & mask, mask)


def _softened(mask: Mask) -> NDArray[np.float32]:
    """Return a mask with an edge two pixels wide, so that no line of the old background's colour stays."""
    return np.where(mask, np.clip(2 * _neighbourhood(mask) - 0.6, 0, 1), 0).astype(np.float32)


def _neighbourhood(mask: Mask) -> NDArray[np.float32]:
    """Return the share of each pixel's 3×3 neighbourhood that is in the mask."""
    padded = np.pad(mask.astype(np.float32), 1, mode="edge")
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    return (rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / 9


def _is_plausible(foreground: NDArray[np.float32]) -> bool:
    """Return whether that can be a chair: not next to nothing, not nearly all, not all around the border."""
    mask = foreground > 0.5
    on_border = mask[border_of(*mask.shape)].mean()
    return bool(_SMALLEST <= mask.mean() <= _LARGEST and on_border < _MOST_OF_BORDER)


def _lab(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Convert sRGB `(height, width, 3)` to CIELAB under D65 (IEC 61966-2-1, CIE 15): L in [0, 100], a, b."""
    values = np.arange(256, dtype=np.float32) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    white = to_xyz.sum(axis=1)  # of equal red, green and blue
    xyz = linear[pixels] @ (to_xyz / white[:, None]).T.astype(np.float32)
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=2).astype(np.float32)
