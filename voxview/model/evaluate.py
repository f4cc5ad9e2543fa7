"""How good weights are on chairs they were not trained on: reconstruction, and the blends half-way.

voxview evaluate --data ShapeNetVox32 --json figures.json
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from voxview.model.autoencoder import Autoencoder
from voxview.model.data import Grids
from voxview.model.metrics import intersection_over_union, is_one_piece, stands

BATCH = 32
PAIRS = 300
"""Random pairs whose blends at t = 0.5 are looked at."""


@dataclass(frozen=True)
class Figures:
    """What was measured of some weights on some chairs. Shares and IoUs lie in [0, 1]."""

    chairs: int
    iou_mean: float
    iou_median: float
    iou_p5: float
    """Only one chair in twenty is reconstructed worse than this."""
    chairs_in_one_piece: float
    """Of the chairs themselves: what the blends are held against."""
    pairs: int
    blends_in_one_piece: float
    blends_standing: float
    voxel_blends_in_one_piece: float
    """The naive blend of the same pairs: the mean of the two grids, cut above 0.5."""


def evaluate(
    autoencoder: Autoencoder, grids: Grids, seed: int = 0
) -> Generator[tuple[int, int], None, Figures]:
    """Measure on `grids` `(n, 32, 32, 32)`; yields (done, total) and returns the figures.

    Reconstruction: IoU of each chair and its own reconstruction at 0.5. Blends: random pairs of
    different chairs, z = (z_a + z_b)/2, decoded and cut at 0.5. The naive blend of the same pair is the
    mean of the two grids cut in the same way, which is what both chairs occupy.
    """
    total = len(grids) + PAIRS
    latents, ious = [], []
    for start in range(0, len(grids), BATCH):
        part = grids[start : start + BATCH]
        z = autoencoder.encode(part)
        latents.append(z)
        ious.append(intersection_over_union(part, autoencoder.decode(z) > 0.5))
        yield start + len(part), total
    z, iou = np.concatenate(latents), np.concatenate(ious)
    rng = np.random.default_rng(seed)
    one_piece = standing = naive = 0
    pairs = PAIRS if len(grids) > 1 else 0
    for done in range(0, pairs, BATCH):
        a, b = _pairs(rng, len(grids), min(BATCH, pairs - done))
        fields = autoencoder.decode((z[a] + z[b]) / np.float32(2))
        for i, j, field in zip(a, b, fields, strict=True):
            one_piece += is_one_piece(field > 0.5)
            standing += stands(field > 0.5)
            naive += is_one_piece(grids[i] & grids[j])
        yield len(grids) + done + len(a), total
    return Figures(
        chairs=len(grids),
        iou_mean=float(iou.mean()),
        iou_median=float(np.median(iou)),
        iou_p5=float(np.percentile(iou, 5)),
        chairs_in_one_piece=float(np.mean([is_one_piece(g) for g in grids])),
        pairs=pairs,
        blends_in_one_piece=one_piece / max(pairs, 1),
        blends_standing=standing / max(pairs, 1),
        voxel_blends_in_one_piece=naive / max(pairs, 1),
    )


def _pairs(rng: np.random.Generator, n: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    a = rng.integers(n, size=count)
    return a, (a + rng.integers(1, n, size=count)) % n
