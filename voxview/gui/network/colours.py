"""Colours of numbers about zero: one diverging scale, safe for colour-blind eyes, on light and on dark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxview.shapes.frame import AnyFloats

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Diverging:
    """The colours of −1, 0 and 1, sRGB; between them they are mixed."""

    low: tuple[int, int, int]
    zero: tuple[int, int, int]
    high: tuple[int, int, int]

    def of(self, values: AnyFloats, most: float) -> Pixels:
        """Return the colours of values, `uint8 (…, 3)`; `most` is how large what is at the ends is."""
        part = np.clip(np.nan_to_num(np.asarray(values, np.float32)) / max(most, 1e-12), -1, 1)[..., None]
        low, zero, high = (np.asarray(colour, np.float32) for colour in (self.low, self.zero, self.high))
        mixed = np.where(part >= 0, zero + part * (high - zero), zero - part * (low - zero))
        return np.asarray(mixed + 0.5, np.uint8)


# The ends are those of ColorBrewer's PuOr (C. Brewer, M. Harrower, Apache 2.0), bluer and, on dark, lighter.
ON_LIGHT = Diverging((38, 70, 140), (245, 245, 243), (170, 80, 0))
ON_DARK = Diverging((112, 170, 245), (44, 47, 51), (250, 178, 92))
