"""Dropout whose masks depend on seed, layer, example and unit alone, wherever these are computed.

PyTorch's own draws from the process's stream, so that another placement of examples or units has other
masks. Here each bit is a hash of its place (lowbias32 of https://github.com/skeeto/hash-prospector).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

BITS = 0xFFFFFFFF


def keyed_dropout(
    x: Tensor, p: float, key: int | Tensor, examples: Tensor, first_unit: int, units: int
) -> Tensor:
    """Return x `(n, c)` with a share p of its numbers 0 and the others divided by 1 − p.

    `examples` `(n,)` int64 are the numbers of the rows in the whole batch; the columns are the units
    `first_unit …` of `units`. `key` is another one for each layer and step: an int, or,
    where a CUDA graph is recorded, an int64 scalar on the device.
    """
    if not p:
        return x
    columns = torch.arange(first_unit, first_unit + x.shape[1], device=x.device)
    places = examples[:, None] * units + columns
    drawn = _mixed((places & BITS) ^ _mixed(key & BITS))
    return torch.where(drawn >= int(p * 2**32), x / (1 - p), torch.zeros_like(x))


def _mixed(x: Any) -> Any:
    """Return 32-bit numbers, in an int64 tensor or in an int, as evenly spread ones."""
    x = x ^ (x >> 16)
    x = (x * 0x7FEB352D) & BITS
    x = x ^ (x >> 15)
    x = (x * 0x846CA68B) & BITS
    return x ^ (x >> 16)
