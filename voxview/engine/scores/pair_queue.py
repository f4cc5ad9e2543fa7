"""What is left to score of a set: one queue, from which whoever is free takes a block."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from voxview.engine.scores.scorer import Pairs

Block = tuple[Pairs, NDArray[np.intp]]
"""Pairs of chairs `(m, 2)`, and columns: places of t's between the ends."""


class PairQueue:
    """The pairs of n chairs and the places of t's between the ends, each blend of the set once."""

    def __init__(self, n: int, steps: int, *, half_way_first: bool) -> None:
        """Take the number of chairs and of t's.

        Where it takes minutes, half-way comes first: one look at every pair before the second at any.
        """
        between, half_way = np.arange(1, steps - 1), steps // 2
        looks = [np.array([half_way]), np.delete(between, half_way - 1)] if half_way_first else [between]
        pairs = np.stack(np.triu_indices(n, 1), axis=1)  # (m, 2), row by row
        self._rest: deque[Block] = deque((pairs, columns) for columns in looks if len(columns) and len(pairs))

    def take(self, blends: int) -> Block | None:
        """Return the next block, of so many blends or at least one pair; None if there is none."""
        if not self._rest:
            return None
        pairs, columns = self._rest.popleft()
        count = max(1, blends // len(columns))
        if count < len(pairs):
            self._rest.appendleft((pairs[count:], columns))
        return pairs[:count], columns

    def put_back(self, block: Block) -> None:
        """Take back a block that was not scored; it is the next."""
        self._rest.appendleft(block)

    def blocks_left(self, blends: int) -> int:
        """Return how many blocks of so many blends are left."""
        return sum(-(-len(pairs) // max(1, blends // len(columns))) for pairs, columns in self._rest)
