"""`OUT.progress.png` of a picture encoder: pictures, what came out, and the true chairs, at a glance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import LEVEL
from voxview.model.metrics import intersection_over_union
from voxview.shapes.frame import Floats, Grids
from voxview.surface.picture import AMBER, Color, Image, join_strip, render_chair

COLUMNS = 8
SIZE = 150
"""Pixels along each side of a picture."""
STEEL: Color = (120, 150, 190)
"""The colour of the true chairs; what came out is amber."""
WHITE: Color = (255, 255, 255)


@dataclass(frozen=True)
class PicturePreview:
    """Some held-out pictures and what a picture encoder makes of them."""

    pixels: NDArray[np.uint8]
    """`(n, 227, 227, 3)`."""
    fields: Floats
    """What came out, `(n, 32, 32, 32)`."""
    grids: Grids
    """The true chairs."""
    views: NDArray[np.float32]
    """Azimuth and elevation that the pictures were taken from, `(n, 2)` degrees."""

    def render(self) -> Image:
        """Return three rows: pictures, what came out, and the true chairs, seen as in the pictures."""
        from PIL import Image as Pillow

        ious = intersection_over_union(self.grids, self.fields > LEVEL)
        pictures = [np.asarray(Pillow.fromarray(p).convert("RGBA").resize((SIZE, SIZE))) for p in self.pixels]
        rows = [
            join_strip(pictures, ["rendered"] * len(pictures)),
            join_strip(self._drawn(self.fields, AMBER), [f"IoU {value:.2f}" for value in ious]),
            join_strip(self._drawn(self.grids, STEEL), ["held out"] * len(pictures)),
        ]
        return np.concatenate(rows)

    def _drawn(self, shapes: Floats | Grids, color: Color) -> list[Image]:
        return [
            render_chair(
                shape, (SIZE, SIZE), color=color, background=WHITE, azimuth=float(a), elevation=float(e)
            )
            for shape, (a, e) in zip(shapes, self.views, strict=True)
        ]
