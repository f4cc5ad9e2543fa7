"""`OUT.progress.png`: held-out chairs, their reconstructions and a morph, to see at a glance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from voxview.conventions import LEVEL
from voxview.model.metrics import intersection_over_union
from voxview.model.network import Network
from voxview.shapes.components import is_one_piece
from voxview.shapes.frame import Floats, Grid, Grids
from voxview.surface.picture import Image, render_strip
from voxview.training.validation import decode, upload

COLUMNS = 7
"""Chairs in a picture, and steps of its morph: its ends stand below the first and the last chair."""
SIZE = (150, 150)
"""Of one chair, in pixels."""
STEEL = (120, 150, 190)
"""The colour of the encoder's input; the decoder's output is amber."""


@dataclass(frozen=True)
class Preview:
    """Some held-out chairs, their reconstructions, and the morph from the first to the last."""

    chairs: Grids
    """`(7, 32, 32, 32)`, or fewer if there are fewer."""
    reconstructions: Floats
    """Fields, as many as there are chairs."""
    morph: Floats
    """Fields `(7, 32, 32, 32)`, t = 0, 1/6 … 1."""

    def render(self) -> Image:
        """Return it as a picture, see `render_preview`."""
        return render_preview(self)


@torch.no_grad()
def make_preview(network: Network, grids: Grids, device: str) -> Preview:
    """Return chairs from all over a set, their reconstructions, and a morph between the outer two."""
    chosen = grids[np.linspace(0, len(grids) - 1, min(COLUMNS, len(grids))).round().astype(int)]
    z = network.encode(upload(chosen, device))  # (7, 8, 8)
    t = torch.linspace(0, 1, COLUMNS, device=z.device)[:, None, None]
    return Preview(chosen, decode(network, z), decode(network, torch.lerp(z[:1], z[-1:], t)))


def render_preview(preview: Preview) -> Image:
    """Return three rows: chairs, their reconstructions, and a morph whose ends are the outer two of these."""
    iou = intersection_over_union(preview.chairs, preview.reconstructions > LEVEL)
    steps = [
        f"t = {i / (COLUMNS - 1):.2f}, {_pieces(field > LEVEL)}" for i, field in enumerate(preview.morph)
    ]
    rows = [
        render_strip(
            list(preview.chairs), SIZE, ["held out"] * len(preview.chairs), colors=[STEEL] * len(iou)
        ),
        render_strip(list(preview.reconstructions), SIZE, [f"IoU {value:.2f}" for value in iou]),
        render_strip(list(preview.morph), SIZE, steps),
    ]
    width = max(row.shape[1] for row in rows)
    white = [np.full((row.shape[0], width - row.shape[1], 4), 255, np.uint8) for row in rows]
    return np.concatenate([np.hstack([row, rest]) for row, rest in zip(rows, white, strict=True)])


def _pieces(grid: Grid) -> str:
    if not grid.any():
        return "empty"
    return "in one piece" if is_one_piece(grid) else "in pieces"
