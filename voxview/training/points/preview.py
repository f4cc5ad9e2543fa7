"""`OUT.progress.png` of a points encoder: scans from one view, what came out, and the true chairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from voxview.conventions import LEVEL
from voxview.model.metrics import intersection_over_union
from voxview.shapes.frame import Floats, Grids
from voxview.shapes.points_as_voxels import points_as_voxels
from voxview.surface.picture import Image, render_strip
from voxview.training.preview import SIZE, STEEL

COLUMNS = 8


@dataclass(frozen=True)
class PointsPreview:
    """Some held-out scans and what a points encoder makes of them."""

    clouds: Floats
    """In the chairs' frames, `(n, m, 3)`."""
    fields: Floats
    """What came out, `(n, 32, 32, 32)`."""
    grids: Grids
    """The true chairs."""

    def render(self) -> Image:
        """Return three rows: the voxels with points in them, what came out, and the true chairs."""
        ious = intersection_over_union(self.grids, self.fields > LEVEL)
        count = len(self.grids)
        seen = [points_as_voxels(cloud) for cloud in self.clouds]
        rows = [
            render_strip(seen, SIZE, ["one view"] * count, colors=[STEEL] * count),
            render_strip(list(self.fields), SIZE, [f"IoU {value:.2f}" for value in ious]),
            render_strip(list(self.grids), SIZE, ["held out"] * count, colors=[STEEL] * count),
        ]
        return np.concatenate(rows)
