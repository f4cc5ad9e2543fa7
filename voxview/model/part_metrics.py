"""The metric of labelled parts."""

from __future__ import annotations

import torch
from torch import Tensor

from voxview.shapes.parts import NO_PART, PARTS


def part_ious(said: Tensor, true: Tensor) -> Tensor:
    """Return the mean IoU of each chair over the parts that it has: labels `(n, m)`, twice → `(n,)`.

    Points whose true label is `NO_PART` are not counted.
    """
    counted = true != NO_PART
    ious, has = [], []
    for part in range(len(PARTS)):
        a, b = (said == part) & counted, true == part
        ious.append((a & b).sum(1) / (a | b).sum(1).clamp(min=1))
        has.append(b.any(1))
    of_parts, exist = torch.stack(ious, 1), torch.stack(has, 1)
    return (of_parts * exist).sum(1) / exist.sum(1).clamp(min=1)
