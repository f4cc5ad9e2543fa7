"""Rows of different lengths, one after another in one array: faces, each behind the number of its corners."""

from __future__ import annotations

import numpy as np

from voxview.shapes.frame import Doubles, Integers
from voxview.shapes.io.mesh_text import MeshError

_BLOCK = 1 << 14
"""Numbers that are looked at one by one at a time: as Python's own they take four times as much memory."""


def read_rows(
    numbers: Doubles, start: int, count: int, *, before: int = 0, after: int = 0
) -> tuple[Integers, Integers, int]:
    """Return the values of `count` rows one after another, each row's number of them, and where they end.

    A row is `before` numbers, the number of its values, the values, and `after` numbers more. Raises
    `MeshError` where the array ends too early or a number of values is none.
    """
    firsts, counts, end = _find_rows(numbers, start, count, before, after)
    if not len(counts):
        return np.empty(0, np.int64), counts, end
    places = np.repeat(firsts - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
    values = numbers[places]
    with np.errstate(invalid="ignore"):
        whole = values.astype(np.int64)
    if (whole != values).any():
        raise MeshError("a face has a corner that is no whole number: it is damaged; export it again")
    return whole, counts, end


def _find_rows(
    numbers: Doubles, start: int, count: int, before: int, after: int
) -> tuple[Integers, Integers, int]:
    """Return where the values of each row begin, how many they are, and where the last row ends."""
    early = MeshError("it ends before its last face: copy or export it again")
    if start + count * (before + after + 1) > len(numbers):
        raise early
    # Rows that are all alike, as triangles, are looked at in one step.
    if count and numbers[start + before].is_integer() and numbers[start + before] >= 0:
        first = int(numbers[start + before])
        stride = before + 1 + first + after
        if start + count * stride <= len(numbers):
            heads = start + before + stride * np.arange(count)
            if (numbers[heads] == first).all():
                return heads + 1, np.full(count, first), start + count * stride
    firsts, counts = np.empty(count, np.int64), np.empty(count, np.int64)
    place, end = start, len(numbers)
    block: list[float] = []  # Python's own numbers: NumPy's take five times as long one by one
    begins = start
    found: list[int] = []
    for _ in range(count):
        place += before
        if not begins <= place < begins + len(block):
            begins, block = place, numbers[place : place + _BLOCK].tolist()
        length = block[place - begins] if place < end else -1.0
        if not 0 <= length <= end - place - 1 or length != int(length):
            raise early
        found.append(place + 1)
        place += 1 + int(length) + after
    firsts[:] = found
    counts[:] = numbers[firsts - 1]
    if place > len(numbers):
        raise early
    return firsts, counts, place
