"""Deduplication of a catalog, since some of ShapeNet's chairs are exact copies, and the held-out split."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Generator
from dataclasses import dataclass

from voxview.errors import InputError
from voxview.shapes.bits import fingerprint
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.frame import Grid

log = logging.getLogger(__name__)

HELD_OUT_SHARE = 0.1
"""Share of the real chairs that is held out, by a hash of the id: independent of the rest of the catalog."""


def is_held_out(chair_id: str) -> bool:
    """Return True for the chairs of the held-out split: SHA-256 of the id, first four bytes, lowest tenth."""
    return _hash(chair_id) < HELD_OUT_SHARE * 2**32


def is_for_validation(chair_id: str, share: float) -> bool:
    """Return True for `share` of the ids, by a hash that is independent of the held-out split's."""
    return _hash(f"validation {chair_id}") < share * 2**32


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


@dataclass(frozen=True)
class DistinctGrid:
    """One shape, with the ids of all of its copies in the catalog."""

    grid: Grid
    ids: tuple[str, ...]

    @property
    def held_out(self) -> bool:
        """Whether all of its copies are in the held-out split, so that none may be trained on."""
        return all(is_held_out(chair_id) for chair_id in self.ids)


def distinct_grids(catalog: Catalog) -> Generator[tuple[int, int], None, list[DistinctGrid]]:
    """Read a catalog; yields (done, total) and returns each distinct grid once, in the catalog's order.

    Broken files are skipped with a warning.
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
