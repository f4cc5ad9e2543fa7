"""Pictures and masks of another size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.pictures.read import Picture


def shrink(picture: Picture, longest: int) -> Picture:
    """Return the picture with its longer side at most so many pixels, in proportion."""
    side = max(picture.height, picture.width)
    if side <= longest:
        return picture
    width, height = (max(1, round(length * longest / side)) for length in (picture.width, picture.height))
    pixels, alpha = picture.pixels, picture.alpha
    if alpha is not None:
        # Colours under what is transparent are arbitrary, and would run into the edge.
        pixels = np.where(alpha[:, :, None] == 0, np.uint8(255), pixels)
        alpha = resize(alpha, width, height)
    return Picture(resize(pixels, width, height), alpha, picture.remarks)


def resize(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Return RGB `(h, w, 3)` or grey `(h, w)` resampled to a size, smoothed where it becomes smaller."""
    from PIL import Image

    if pixels.shape[:2] == (height, width):
        return pixels
    image = Image.fromarray(np.ascontiguousarray(pixels))
    # Whole blocks are averaged first: three times as fast for a large photograph, and one sees no difference.
    return np.array(image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=1.5))


def resize_mask(mask: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
    """Return a mask `(h, w)` in [0, 1] resampled to a size."""
    from PIL import Image

    if mask.shape == (height, width):
        return mask
    image = Image.fromarray(np.ascontiguousarray(mask, np.float32))
    resampled = image.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=3.0)
    return np.clip(np.array(resampled, np.float32), 0, 1)
