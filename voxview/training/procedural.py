"""Procedural chairs for training, drawn by several processes from the generator."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from voxview.shapes.frame import Grids

BLOCK = 250
"""Chairs that a process draws before it hands them back; part of what a seed means."""


def generate_chairs(count: int, seed: int, processes: int | None = None) -> Iterator[Grids]:
    """Yield `count` procedural chairs in blocks; the same ones for a seed however many processes draw."""
    blocks = [(seed, block, min(BLOCK, count - start)) for block, start in enumerate(range(0, count, BLOCK))]
    if len(blocks) == 1:  # a process takes longer to start
        yield _generate_block(blocks[0])
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_generate_block, blocks)


def _generate_block(block: tuple[int, int, int]) -> Grids:
    from voxview.shapes.catalogs.samples import build_chair, random_recipe

    seed, number, count = block
    rng = np.random.default_rng([seed, number])
    return np.stack([build_chair(random_recipe(rng)) for _ in range(count)])
