"""The metric of labelled parts."""

from __future__ import annotations

import torch
from torch import Tensor

from voxview.shapes.parts import NO_PART, PARTS


def part_ious(said: Tensor, true: Tensor) -> Tensor:
    """Return the mean IoU of each chair over the parts that it has: labels `(n, m)`, twice → `(n,)`.

    Points whose true label is `NO_PART` are not counted.
    """
    ious, has = _each(said, true)
    return (ious * has).sum(1) / has.sum(1).clamp(min=1)


def ious_by_part(said: Tensor, true: Tensor) -> list[float]:
    """Return the mean IoU of each part over the chairs that have it; NaN where none has."""
    ious, has = _each(said, true)
    return ((ious * has).sum(0) / has.sum(0)).tolist()


def _each(said: Tensor, true: Tensor) -> tuple[Tensor, Tensor]:
    """Return the IoU of each chair's parts, and which it has: `(n, 4)` each."""
    counted = true != NO_PART
    ious, has = [], []
    for part in range(len(PARTS)):
        a, b = (said == part) & counted, true == part
        ious.append((a & b).sum(1) / (a | b).sum(1).clamp(min=1))
        has.append(b.any(1))
    return torch.stack(ious, 1), torch.stack(has, 1)
