"""Procedural chairs for training, drawn by several processes from the generator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from voxview.shapes.bits import pack_labels
from voxview.shapes.frame import Grids
from voxview.shapes.generator.recipe import Recipe

BLOCK = 250
"""Chairs that a process draws before it hands them back; part of what a seed means."""


class _Block(NamedTuple):
    """What one process draws at a time."""

    seed: int
    number: int
    chairs: int
    unusual: float
    """Share of unusual chairs."""


def generate_chairs(
    count: int, seed: int, processes: int | None = None, unusual: float = 0.0
) -> Iterator[Grids]:
    """Yield `count` procedural chairs in blocks; the same ones for a seed however many processes draw.

    `unusual` is the share of them from `random_unusual_chair`.
    """
    return _in_processes(_draw_grids, count, seed, processes, unusual)


def generate_labelled_chairs(
    count: int, seed: int, processes: int | None = None, unusual: float = 0.0
) -> Iterator[NDArray[np.uint8]]:
    """Yield the chairs of `generate_chairs` with their parts, packed: `(n, 3, 4096)`, see `pack_labels`."""
    return _in_processes(_draw_labels, count, seed, processes, unusual)


def _in_processes(
    draw: Callable[[_Block], NDArray], count: int, seed: int, processes: int | None, unusual: float
) -> Iterator[NDArray]:
    blocks = [
        _Block(seed, number, min(BLOCK, count - start), unusual)
        for number, start in enumerate(range(0, count, BLOCK))
    ]
    if len(blocks) < 2:  # a process takes longer to start
        yield from map(draw, blocks)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(draw, blocks)


def _draw_grids(block: _Block) -> Grids:
    from voxview.shapes.generator.build import build_chair
    from voxview.shapes.generator.unusual import random_unusual_chair

    return _draw(block, build_chair, random_unusual_chair)


def _draw_labels(block: _Block) -> NDArray[np.uint8]:
    from voxview.shapes.generator.build import label_chair, label_parts
    from voxview.shapes.generator.unusual import random_unusual_parts

    return pack_labels(_draw(block, label_chair, lambda rng: label_parts(random_unusual_parts(rng))))


def _draw(
    block: _Block,
    ordinary: Callable[[Recipe], NDArray],
    unusual: Callable[[np.random.Generator], NDArray],
) -> NDArray:
    from voxview.shapes.generator.sampling import random_recipe

    rng = np.random.default_rng([block.seed, block.number])

    def draw() -> NDArray:
        if block.unusual and rng.random() < block.unusual:
            return unusual(rng)
        return ordinary(random_recipe(rng))

    return np.stack([draw() for _ in range(block.chairs)])
