"""A look at a network in training: figures on chairs that it never learns from, and some of them to see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from voxview.model.data import Grids
from voxview.model.metrics import intersection_over_union, is_one_piece
from voxview.model.network import Network

BATCH = 128
MOST_CHAIRS = 1024
"""Of each set, so that a look stays short; `voxview evaluate` measures them all."""
MOST_PAIRS = 128
SHOWN = 7
"""Chairs in a picture, and steps of its morph: its ends stand below the first and the last chair."""

Fields = NDArray[np.float32]


@dataclass(frozen=True)
class Look:
    """What a network does with one set of held-out chairs."""

    iou: float
    """Mean IoU of each chair and its own reconstruction, cut at 0.5."""
    one_piece: float
    """The share of blends of random pairs, half-way, that are in one piece; NaN if there is no pair."""


@dataclass(frozen=True)
class Shown:
    """Held-out chairs, what comes back of them, and the way from the first to the last."""

    chairs: Grids
    """`(7, 32, 32, 32)`, or fewer if there are fewer."""
    reconstructions: Fields
    morph: Fields
    """`(7, 32, 32, 32)`, t = 0, 1/6 … 1."""


@torch.no_grad()
def look(network: Network, grids: Grids, device: str) -> Look:
    """Measure `network`, which has to be in evaluation mode, on grids `(n, 32, 32, 32)` bool."""
    grids = grids[:MOST_CHAIRS]
    latents, ious = [], []
    for start in range(0, len(grids), BATCH):
        part = grids[start : start + BATCH]
        z = network.encode(_upload(part, device))
        latents.append(z)
        ious.append(intersection_over_union(part, _decoded(network, z) > 0.5))
    if not latents:
        return Look(float("nan"), float("nan"))
    z = torch.cat(latents)  # (n, 8, 8)
    rng = np.random.default_rng(0)  # the same pairs at every look
    pairs = min(MOST_PAIRS, 2 * len(grids)) if len(grids) > 1 else 0
    a = rng.integers(len(grids), size=pairs)
    b = (a + rng.integers(1, max(2, len(grids)), size=pairs)) % len(grids)
    whole = [is_one_piece(field > 0.5) for field in _decoded(network, (z[a] + z[b]) / 2)] if pairs else []
    return Look(float(np.concatenate(ious).mean()), float(np.mean(whole)) if whole else float("nan"))


@torch.no_grad()
def show(network: Network, grids: Grids, device: str) -> Shown:
    """Chairs from all over the set, their reconstructions, and a morph between the outer two."""
    chosen = grids[np.linspace(0, len(grids) - 1, min(SHOWN, len(grids))).round().astype(int)]
    z = network.encode(_upload(chosen, device))  # (7, 8, 8)
    t = torch.linspace(0, 1, SHOWN, device=z.device)[:, None, None]
    return Shown(chosen, _decoded(network, z), _decoded(network, torch.lerp(z[:1], z[-1:], t)))


def _upload(grids: Grids, device: str) -> Tensor:
    return torch.from_numpy(grids).to(device)[:, None].float()


def _decoded(network: Network, z: Tensor) -> Fields:
    return torch.sigmoid(network.decode(z))[:, 0].cpu().numpy()
