"""Chairs of a catalog that an encoder may be measured on: neither it nor its autoencoder knows them."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Protocol

from voxview.errors import InputError
from voxview.shapes.bits import fingerprint
from voxview.shapes.catalogs.distinct import DistinctGrid
from voxview.shapes.frame import Grid


class Knows(Protocol):
    """What has learnt from chairs, such as an encoder."""

    trained_on: frozenset[int]
    validated_on: frozenset[int]


def split_fresh(
    shapes: list[DistinctGrid], encoders: Sequence[Knows]
) -> tuple[list[DistinctGrid], list[Grid]]:
    """Return the chairs that are measured, and the grids of those that the first encoder was trained on.

    None of the encoders knows those that are measured. Raises `InputError` where no chair is left.
    """
    if not shapes:
        raise InputError("no chair of the catalog can be read: every file of it is broken")
    prints = [fingerprint(shape.grid) for shape in shapes]
    known: Set[int] = frozenset().union(*(e.trained_on | e.validated_on for e in encoders))
    fresh = [shape for shape, print_ in zip(shapes, prints, strict=True) if print_ not in known]
    training = [s.grid for s, print_ in zip(shapes, prints, strict=True) if print_ in encoders[0].trained_on]
    if not fresh:
        raise InputError("this encoder was trained on every chair of the catalog: give another one")
    return fresh, training
