"""The connectivity loss: blends that fall apart are joined along the shortest probable path.

No target is known for a blend, but whether it is in one piece is easy to compute, and so is where it
nearly is. Between the largest connected component and a smaller one the decoder usually leaves a trace of
probability; the voxels of the shortest path along that trace become positive targets, and so do those of
its mirror image where there is a trace, too. Small components without such a path become negative targets.
Both are only a few voxels, so reconstruction pays little: in runs of 3.6 minutes on one H200, weights of 0.1,
0.3 and 1 gave 81, 93 and 99.7 % of the held-out blends in one piece, at a mean IoU of 0.861, 0.860 and 0.841.
At 1 the morphs jump in the middle, too, unless uneven ones have a loss of their own (`losses.py`).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from voxview.conventions import LEVEL
from voxview.training.components import dilate, largest_component_of_each
from voxview.training.connectivity_cuda import find_targets_on_device, has_kernel

PASSABLE = 0.03
"""The lowest probability of a voxel that a path may lead through."""
REACH = 8
"""The longest path from each side, in voxels; it stands in the kernel, too."""
LARGEST_REMOVED = 60
"""Voxels outside the largest component, in all: more than these are a part of the chair, never removed."""

_FAR = 99.0
_SCALE = 300
"""Voxels that count as one: about the surface of a part that goes missing."""


def connectivity_loss(logits: Tensor) -> Tensor:
    """Return the loss of blends in more than one connected component: `(n, 1, 32, 32, 32)` → scalar.

    It is the cross-entropy over the voxels of the paths that would join the components, which should be
    occupied, and over the small components that cannot be joined, which should be empty.
    """
    path, removed = connectivity_targets(torch.sigmoid(logits.detach()))
    loss = F.softplus(-logits) * path + F.softplus(logits) * removed  # (n, 1, 32, 32, 32)
    return loss.sum((1, 2, 3, 4)).mean() / _SCALE


def connectivity_targets(p: Tensor) -> tuple[Tensor, Tensor]:
    """Return the voxels to add and those to remove, of probabilities `(n, 1, 32, 32, 32)`; bool, likewise.

    Both are empty where a blend is one connected component. On a GPU a kernel finds them, if there is CuPy.
    """
    p = p.detach()
    if p.is_cuda and has_kernel():
        return find_targets_on_device(p, LEVEL, PASSABLE, LARGEST_REMOVED)
    return find_targets(p)


@torch.no_grad()
def find_targets(p: Tensor) -> tuple[Tensor, Tensor]:
    """Find what `connectivity_targets` returns by tensor operations, on any device."""
    occupied = p > LEVEL
    largest = largest_component_of_each(occupied)
    rest = occupied & ~largest
    passable = p > PASSABLE
    length = _distance_from(largest, passable) + _distance_from(rest, passable)
    length = torch.where(passable & ~occupied, length, 2 * _FAR)
    shortest = length.amin((1, 2, 3, 4), keepdim=True)  # (n, 1, 1, 1, 1)
    joinable = shortest <= 2 * REACH
    small = rest.sum((1, 2, 3, 4), keepdim=True) < LARGEST_REMOVED
    path = (length <= shortest) & joinable
    # Of two legs that fade, one may be a voxel nearer: if only that grew back, blends would become lopsided.
    path = path | (path.flip(2) & passable & ~occupied)
    return path, rest & ~joinable & small


def _distance_from(start: Tensor, passable: Tensor) -> Tensor:
    """Return each voxel's distance from `start` through passable voxels, in steps; `_FAR` beyond `REACH`."""
    kind = torch.float32 if start.device.type == "cpu" else torch.float16
    steps = torch.where(start, 0.0, _FAR)
    reached = start
    for step in range(1, REACH + 1):
        front = (dilate(reached.to(kind)) > 0) & passable & ~reached
        steps = torch.where(front, float(step), steps)
        reached = reached | front
    return steps
