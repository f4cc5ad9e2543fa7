"""`OUT.progress.png`: what the network makes of chairs that it does not learn from, to see at a glance."""

from __future__ import annotations

import numpy as np

from voxview.model.held_out import SHOWN, Shown
from voxview.model.metrics import intersection_over_union, is_one_piece
from voxview.shapes.frame import Grid
from voxview.surface.picture import Image, draw_strip

SIZE = (150, 150)
"""Of one chair, in pixels."""
STEEL = (120, 150, 190)
"""The colour of what went in; what came out is amber."""


def draw_progress(shown: Shown) -> Image:
    """Three rows: chairs, their reconstructions, and a morph whose ends are the first and last of these."""
    whole = [_said(field > 0.5) for field in shown.morph]
    iou = intersection_over_union(shown.chairs, shown.reconstructions > 0.5)
    rows = [
        draw_strip(list(shown.chairs), SIZE, ["held out"] * len(shown.chairs), colors=[STEEL] * len(iou)),
        draw_strip(list(shown.reconstructions), SIZE, [f"IoU {value:.2f}" for value in iou]),
        draw_strip(
            list(shown.morph), SIZE, [f"t = {i / (SHOWN - 1):.2f}, {said}" for i, said in enumerate(whole)]
        ),
    ]
    width = max(row.shape[1] for row in rows)
    white = [np.full((row.shape[0], width - row.shape[1], 4), 255, np.uint8) for row in rows]
    return np.concatenate([np.hstack([row, rest]) for row, rest in zip(rows, white, strict=True)])


def _said(grid: Grid) -> str:
    if not grid.any():
        return "empty"
    return "in one piece" if is_one_piece(grid) else "in pieces"
