"""The split of a catalog into training, validation and held-out chairs: by hashes of the ids, or by a list.

Options are chosen on the validation split, which a run measures as it goes. The held-out chairs are the test
split: training never looks at them, and `voxview evaluate` reports them.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voxview.conventions import RESOLUTION
from voxview.errors import InputError
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.distinct import DistinctGrid, distinct_grids, is_for_validation
from voxview.shapes.frame import Grids


@dataclass(frozen=True)
class Split:
    """A catalog's chairs without exact duplicates, in parts that share none."""

    training: Grids
    held_out: Grids
    held_out_ids: tuple[str, ...]
    validation: Grids


def split_by_hash(catalog: Catalog, validation: float = 0.0) -> Generator[tuple[int, int], None, Split]:
    """Read a catalog, yielding (done, total), and return it with the tenth of `distinct.is_held_out` apart.

    A shape that occurs on both sides, under two ids, stays in training only. Of the rest, the share
    `validation` is set apart, too.
    """
    shapes = yield from distinct_grids(catalog)
    return _split(shapes, [shape.held_out for shape in shapes], validation)


def split_by_list(
    catalog: Catalog, file: Path, validation: float = 0.0
) -> Generator[tuple[int, int], None, Split]:
    """Read a catalog, yielding (done, total), and return it with the chairs of a list of ids apart.

    An exact copy of a held-out chair is held out with it. Of the rest, the share `validation` is set apart,
    too. Raises `InputError` if no id is in the catalog.
    """
    wanted = read_ids(file)
    shapes = yield from distinct_grids(catalog)
    found = {chair_id for shape in shapes for chair_id in shape.ids}
    if found.isdisjoint(wanted):
        raise InputError(f"no id of {file} is in {catalog.name}: 'voxview chairs --data DIR' lists the ids")
    return _split(shapes, [not wanted.isdisjoint(shape.ids) for shape in shapes], validation)


def _split(shapes: Sequence[DistinctGrid], held_out: Sequence[bool], share: float) -> Split:
    training: list[DistinctGrid] = []
    validation: list[DistinctGrid] = []
    held: list[DistinctGrid] = []
    for shape, is_held_out in zip(shapes, held_out, strict=True):
        other = validation if is_for_validation(shape.ids[0], share) else training
        (held if is_held_out else other).append(shape)
    return Split(_stack(training), _stack(held), tuple(shape.ids[0] for shape in held), _stack(validation))


def _stack(shapes: Sequence[DistinctGrid]) -> Grids:
    return np.stack([shape.grid for shape in shapes]) if shapes else no_grids()


def no_grids() -> Grids:
    """Return grids `(0, 32, 32, 32)`."""
    return np.empty((0, *(RESOLUTION,) * 3), bool)


def read_ids(file: Path) -> Set[str]:
    """Return the ids of a text file, one a line; raise `InputError` if it cannot be read or has none."""
    try:
        ids = {line.strip() for line in file.read_text(encoding="utf-8").splitlines()} - {""}
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"cannot read the ids in {file}: {getattr(error, 'strerror', None) or error}"
        ) from error
    if not ids:
        raise InputError(f"{file} lists no ids: give one a line")
    return ids
