"""Training data: real chairs from any catalog, split by id, and procedural ones made on the way."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Generator, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from voxview.errors import InputError
from voxview.shapes.catalog import Catalog
from voxview.shapes.frame import RESOLUTION

log = logging.getLogger(__name__)

Grids = NDArray[np.bool_]
"""Many grids, `bool (n, 32, 32, 32)`."""

HELD_OUT_SHARE = 0.1
"""Of the real chairs, by a hash of the id: the same chairs whatever else the catalog holds."""

GENERATED_AT_ONCE = 250
"""Chairs a process draws before it hands them back; part of what a seed means."""


def is_held_out(chair_id: str) -> bool:
    """True for the chairs that are never trained on: SHA-256 of the id, first four bytes, lowest tenth."""
    number = int.from_bytes(hashlib.sha256(chair_id.encode()).digest()[:4], "big")
    return number < HELD_OUT_SHARE * 2**32


def fingerprint(grid: Grids) -> int:
    """A 64-bit number that tells this exact grid from all others: BLAKE2b of its packed bits."""
    digest = hashlib.blake2b(np.packbits(grid).tobytes(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@dataclass(frozen=True)
class DistinctGrid:
    """One shape, and every id under which the catalog has it: some chairs are exact copies of others."""

    grid: Grids
    ids: tuple[str, ...]

    @property
    def held_out(self) -> bool:
        """True if no copy of it may be trained on."""
        return all(is_held_out(chair_id) for chair_id in self.ids)


def distinct_grids(catalog: Catalog) -> Generator[tuple[int, int], None, list[DistinctGrid]]:
    """Read a catalog; yields (done, total) and returns each shape once, in the catalog's order.

    Broken files are left out with a warning.
    """
    distinct: dict[int, DistinctGrid] = {}
    for done, chair in enumerate(catalog):
        try:
            grid = chair.read()
        except InputError as error:
            log.warning("left out: %s", error)
            continue
        key = fingerprint(grid)
        known = distinct[key].ids if key in distinct else ()
        distinct[key] = DistinctGrid(grid, (*known, chair.id))
        if done % 100 == 0:
            yield done, len(catalog)
    return list(distinct.values())


@dataclass(frozen=True)
class Split:
    """A catalog's chairs without exact duplicates, in two parts that share none."""

    training: Grids
    held_out: Grids
    held_out_ids: tuple[str, ...]


def read_split(catalog: Catalog) -> Generator[tuple[int, int], None, Split]:
    """Read a catalog and split it by id; yields (done, total) and returns the split.

    A shape that occurs on both sides, under two ids, stays in training only.
    """
    shapes = yield from distinct_grids(catalog)
    held = [shape for shape in shapes if shape.held_out]
    return Split(
        _stack([shape.grid for shape in shapes if not shape.held_out]),
        _stack([shape.grid for shape in held]),
        tuple(shape.ids[0] for shape in held),
    )


def generate_chairs(count: int, seed: int, processes: int | None = None) -> Iterator[Grids]:
    """Draw `count` procedural chairs, in blocks; the same ones for a seed however many processes draw."""
    blocks = [
        (seed, block, min(GENERATED_AT_ONCE, count - start))
        for block, start in enumerate(range(0, count, GENERATED_AT_ONCE))
    ]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_draw_block, blocks)


def _draw_block(block: tuple[int, int, int]) -> Grids:
    from voxview.shapes.samples import draw_chair, random_recipe

    seed, number, count = block
    rng = np.random.default_rng([seed, number])
    return _stack([draw_chair(random_recipe(rng)) for _ in range(count)])


def _stack(grids: list[Grids]) -> Grids:
    return np.stack(grids) if grids else np.empty((0, *(RESOLUTION,) * 3), bool)
