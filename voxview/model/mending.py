"""Blends in one piece: training mends the ones that fall apart.

Nobody knows what a blend should look like, but it is easy to see that one is broken, and where it is
nearly whole. Between a piece and its crumb the decoder usually leaves a trace of probability: the
shortest way along that trace is what is missing, so it is asked for. A crumb that nothing leads to is
asked to go. Both are only a few voxels, so reconstruction pays little: in runs of 3.6 minutes on one
H200, weights of 0.1, 0.3 and 1 gave 81, 93 and 99.7 % of the held-out blends in one piece, at a mean IoU of
0.861, 0.860 and 0.841. At 1 the blends jump in the middle, too.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from voxview.model.pieces import dilate, largest_piece_of_each

LEVEL = 0.5
TRACE = 0.03
"""The lowest probability that a way may lead along."""
REACH = 8
"""The longest way from each side, in voxels."""
SMALL = 60
"""Voxels; more than these are no crumb but a part of the chair, which must not be taken away."""
LOOKED_AT = 0.25
"""Of the batch: to find the pieces takes as long as the loss of the reconstructions."""

_FAR = 99.0
_SCALE = 300
"""Voxels that count as one: about the surface of what goes missing."""


def mending_loss(logits: Tensor) -> Tensor:
    """How much is missing between the pieces of blends, and how many crumbs they have.

    Logits `(n, 1, 32, 32, 32)` → scalar: cross-entropy over the voxels of the ways that would join the
    pieces, which should be occupied, and over the crumbs that cannot be joined, which should not.
    """
    way, lost = what_is_wrong(torch.sigmoid(logits.detach()))
    wrong = F.softplus(-logits) * way + F.softplus(logits) * lost
    return wrong.sum((1, 2, 3, 4)).mean() / _SCALE


@torch.no_grad()
def what_is_wrong(p: Tensor) -> tuple[Tensor, Tensor]:
    """The voxels to add and those to take away; probabilities `(n, 1, 32, 32, 32)` → two bool likewise.

    Neither has any where a blend is in one piece.
    """
    occupied = p > LEVEL
    largest = largest_piece_of_each(occupied)
    rest = occupied & ~largest
    passable = p > TRACE
    length = _steps_from(largest, passable) + _steps_from(rest, passable)
    length = torch.where(passable & ~occupied, length, 2 * _FAR)
    shortest = length.amin((1, 2, 3, 4), keepdim=True)
    joinable = shortest <= 2 * REACH
    small = rest.sum((1, 2, 3, 4), keepdim=True) < SMALL
    return (length <= shortest) & joinable, rest & ~joinable & small


def _steps_from(start: Tensor, passable: Tensor) -> Tensor:
    """How many voxels each is away from `start`, along those that are passable; `_FAR` beyond reach."""
    kind = torch.float32 if start.device.type == "cpu" else torch.float16
    steps = torch.where(start, 0.0, _FAR)
    reached = start
    for step in range(1, REACH + 1):
        front = (dilate(reached.to(kind)) > 0) & passable & ~reached
        steps = torch.where(front, float(step), steps)
        reached = reached | front
    return steps
