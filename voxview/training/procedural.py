"""Procedural chairs for training, drawn by several processes from the generator."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from voxview.shapes.frame import Grid, Grids

BLOCK = 250
"""Chairs that a process draws before it hands them back; part of what a seed means."""


Block = tuple[int, int, int, float]
"""Seed, number, chairs, and the share of unusual ones."""


def generate_chairs(
    count: int, seed: int, processes: int | None = None, unusual: float = 0.0
) -> Iterator[Grids]:
    """Yield `count` procedural chairs in blocks; the same ones for a seed however many processes draw.

    `unusual` is the share of them from `random_unusual_chair`.
    """
    blocks = [
        (seed, number, min(BLOCK, count - start), unusual)
        for number, start in enumerate(range(0, count, BLOCK))
    ]
    if len(blocks) < 2:  # a process takes longer to start
        yield from map(_generate_block, blocks)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_generate_block, blocks)


def _generate_block(block: Block) -> Grids:
    from voxview.shapes.catalogs.samples import build_chair, random_recipe
    from voxview.shapes.generator.unusual import random_unusual_chair

    seed, number, count, unusual = block
    rng = np.random.default_rng([seed, number])

    def draw() -> Grid:
        if unusual and rng.random() < unusual:
            return random_unusual_chair(rng)
        return build_chair(random_recipe(rng))

    return np.stack([draw() for _ in range(count)])
