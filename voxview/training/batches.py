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
    return (packed[:, :, None] & _bits(packed.device)).bool().reshape(-1, *(RESOLUTION,) * 3)


def pack(grids: Tensor) -> Tensor:
    """Return grids `(n, 32, 32, 32)` bool packed, `(n, 4096)` uint8, on the same device."""
    return (grids.reshape(len(grids), PACKED_SIZE, 8) * _bits(grids.device)).sum(2, dtype=torch.uint8)


def _bits(device: torch.device) -> Tensor:
    """Return 128, 64 … 1, `(8,)` uint8: made on the device, because a copy from the host waits for it."""
    return (2 ** torch.arange(7, -1, -1, device=device)).to(torch.uint8)


def fingerprints(packed: Packed) -> list[int]:
    """Return `bits.fingerprint` of each packed grid."""
    return [fingerprint(unpack_bytes(row[None])[0]) for row in packed]


def seed_generator(generator: torch.Generator, seed: int, step: int, rank: int) -> None:
    """Seed the generator for one step of one process, so that a checkpoint needs no random state."""
    mixed = np.random.SeedSequence([seed, step, rank]).generate_state(1, np.uint64)[0]
    generator.manual_seed(int(mixed))


def sample_batch(
    sources: Sequence[Tensor], count: int, real_share: float, generator: torch.Generator
) -> Tensor:
    """Return a batch `(count, 32, 32, 32)` bool in random order, `real_share` of it real chairs.

    `sources` are the packed real and the packed procedural chairs, `(n, 4096)` uint8 each; one of them may
    be empty.
    """
    numbers, order = sample_numbers([len(packed) for packed in sources], count, real_share, generator)
    batch = torch.cat([packed[n] for packed, n in zip(sources, numbers, strict=True)])  # (count, 4096)
    return unpack(batch[order])


def sample_numbers(
    sizes: Sequence[int], count: int, real_share: float, generator: torch.Generator
) -> tuple[list[Tensor], Tensor]:
    """Return random numbers into the real and into the procedural chairs, and an order of all of them.

    Each is int64 on the generator's device; together they are `count`, in order `(count,)`.
    """
    real, procedural = sizes
    share = 1.0 if not procedural else 0.0 if not real else real_share
    n_real = round(share * count)
    device = generator.device
    numbers = [
        torch.randint(size, (n,), device=device, generator=generator)
        if n
        else torch.empty(0, dtype=torch.int64, device=device)
        for size, n in ((real, n_real), (procedural, count - n_real))
    ]
    return numbers, torch.randperm(count, device=device, generator=generator)
