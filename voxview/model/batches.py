"""Which chairs a step sees: packed bits on the device, and a draw that depends on seed, step and process.

A packed chair takes 4 kB instead of 32: half a million of them take 2 GB, on the host and on the GPU.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from voxview.model.config import TrainConfig
from voxview.model.data import Grids, fingerprint
from voxview.shapes.frame import RESOLUTION

Packed = NDArray[np.uint8]
"""Many grids, eight voxels a byte, `uint8 (n, 4096)`: `numpy.packbits` of each in C order."""

PACKED_SIZE = RESOLUTION**3 // 8


def pack(grids: Grids) -> Packed:
    """Grids `(n, 32, 32, 32)` bool → `(n, 4096)` uint8."""
    return np.packbits(grids.reshape(len(grids), RESOLUTION**3), axis=1)


def pack_blocks(blocks: Iterable[Grids], count: int) -> Packed:
    """The same of `count` grids that come in blocks, without ever holding them all unpacked."""
    packed = np.empty((count, PACKED_SIZE), np.uint8)
    start = 0
    for block in blocks:
        packed[start : start + len(block)] = pack(block)
        start += len(block)
    return packed[:start]


def unpack(packed: Tensor) -> Tensor:
    """`(n, 4096)` uint8 → grids `(n, 32, 32, 32)` bool, on the same device."""
    bits = torch.tensor([128, 64, 32, 16, 8, 4, 2, 1], dtype=torch.uint8, device=packed.device)
    return (packed[:, :, None] & bits).bool().reshape(-1, *(RESOLUTION,) * 3)


def fingerprints(packed: Packed) -> list[int]:
    """What `data.fingerprint` says of each grid."""
    return [fingerprint(np.unpackbits(row).view(bool)) for row in packed]


def seed_generator(generator: torch.Generator, seed: int, step: int, rank: int) -> None:
    """Set the generator for one step of one process: so a resumed run needs to remember no random state."""
    mixed = np.random.SeedSequence([seed, step, rank]).generate_state(1, np.uint64)[0]
    generator.manual_seed(int(mixed))


def draw(sources: Sequence[Tensor], count: int, config: TrainConfig, generator: torch.Generator) -> Tensor:
    """A batch `(count, 32, 32, 32)` bool in random order, real and procedural in the wished proportion.

    `sources` are the packed real and the packed procedural chairs, one of which may be none.
    """
    real, procedural = sources
    share = 1.0 if not len(procedural) else 0.0 if not len(real) else config.real_share
    n_real = round(share * count)
    parts = []
    for packed, wanted in ((real, n_real), (procedural, count - n_real)):
        if wanted:
            index = torch.randint(len(packed), (wanted,), device=packed.device, generator=generator)
            parts.append(packed[index])
    batch = torch.cat(parts)  # (count, 4096)
    order = torch.randperm(count, device=batch.device, generator=generator)
    return unpack(batch[order])
