"""Random batches of packed chairs on the device, which depend on seed, step and rank alone.

A packed chair takes 4 kB instead of 32: half a million of them take 2 GB, on the host and on the GPU.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from torch import Tensor

from voxview.conventions import RESOLUTION
from voxview.shapes.bits import PACKED_SIZE, Packed, fingerprint, pack_bytes, unpack_bytes
from voxview.shapes.frame import Grids
from voxview.training.config import TrainConfig


def pack_blocks(blocks: Iterable[Grids], count: int) -> Packed:
    """Return `count` grids that come in blocks, packed, without ever holding them all unpacked."""
    packed = np.empty((count, PACKED_SIZE), np.uint8)
    start = 0
    for block in blocks:
        packed[start : start + len(block)] = pack_bytes(block)
        start += len(block)
    return packed[:start]


def unpack(packed: Tensor) -> Tensor:
    """Return packed grids `(n, 4096)` uint8 as grids `(n, 32, 32, 32)` bool, on the same device."""
    bits = torch.tensor([128, 64, 32, 16, 8, 4, 2, 1], dtype=torch.uint8, device=packed.device)
    return (packed[:, :, None] & bits).bool().reshape(-1, *(RESOLUTION,) * 3)


def fingerprints(packed: Packed) -> list[int]:
    """Return `bits.fingerprint` of each packed grid."""
    return [fingerprint(unpack_bytes(row[None])[0]) for row in packed]


def seed_generator(generator: torch.Generator, seed: int, step: int, rank: int) -> None:
    """Seed the generator for one step of one process, so that a checkpoint needs no random state."""
    mixed = np.random.SeedSequence([seed, step, rank]).generate_state(1, np.uint64)[0]
    generator.manual_seed(int(mixed))


def sample_batch(
    sources: Sequence[Tensor], count: int, config: TrainConfig, generator: torch.Generator
) -> Tensor:
    """Return a batch `(count, 32, 32, 32)` bool in random order, `config.real_share` of it real chairs.

    `sources` are the packed real and the packed procedural chairs, `(n, 4096)` uint8 each; one of them may
    be empty.
    """
    real, procedural = sources
    share = 1.0 if not len(procedural) else 0.0 if not len(real) else config.real_share
    n_real = round(share * count)
    parts = []
    for packed, n in ((real, n_real), (procedural, count - n_real)):
        if n:
            index = torch.randint(len(packed), (n,), device=packed.device, generator=generator)
            parts.append(packed[index])
    batch = torch.cat(parts)  # (count, 4096)
    order = torch.randperm(count, device=batch.device, generator=generator)
    return unpack(batch[order])
