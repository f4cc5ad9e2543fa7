"""Gathering the chairs of a training run: real ones from a catalog, procedural ones from the generator."""

from __future__ import annotations

from collections.abc import Generator, Set
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np

from voxview.errors import InputError
from voxview.model.batches import pack, pack_blocks
from voxview.model.config import TrainConfig
from voxview.model.data import Grids, Split, distinct_grids, fingerprint, generate_chairs, read_split
from voxview.model.train import TrainingData
from voxview.shapes.catalog import Catalog
from voxview.shapes.frame import RESOLUTION
from voxview.shapes.open import open_catalog
from voxview.shapes.samples import sample_catalog

PROCEDURAL_HELD_OUT = "sample catalog"
REAL_HELD_OUT = "real"

T = TypeVar("T")


class Gathered(NamedTuple):
    """The chairs, and the ids of the real ones that are only measured."""

    data: TrainingData
    held_out_ids: tuple[str, ...]


def gather(
    config: TrainConfig,
    folder: Path | None,
    held_out_ids: Path | None,
    known: Set[int] = frozenset(),
) -> Generator[str, None, Gathered]:
    """Read and draw all chairs, yielding lines for a person.

    The sample catalog is drawn from another seed than the training chairs and is only measured. Of real
    chairs, those whose ids the file lists are only measured, too; without a file, the tenth that
    `data.is_held_out` names. Held-out chairs whose fingerprints are `known` to the weights that the run
    starts from are not measured.
    """
    split = Split(_none(), _none(), ())
    if folder is not None:
        catalog = open_catalog(folder)
        yield f"reading {len(catalog)} chairs of {catalog.name}"
        split = _last(split_as_listed(catalog, held_out_ids) if held_out_ids else read_split(catalog))
        if not len(split.training) + len(split.held_out):
            raise InputError(f"no chair of {catalog.name} can be read: every file of it is broken")
        yield f"{len(split.training)} real chairs to train on, {len(split.held_out)} held out"
    elif held_out_ids is not None:
        raise InputError("--held-out-ids names real chairs, but there are none: give --data with them")
    blocks = generate_chairs(config.samples, config.seed) if config.samples else iter(())
    procedural = pack_blocks(blocks, config.samples)
    yield f"{len(procedural)} procedural chairs"
    held_out = {PROCEDURAL_HELD_OUT: np.stack([chair.read() for chair in sample_catalog()])}
    measured = np.array([fingerprint(grid) not in known for grid in split.held_out], bool)
    if not measured.all():
        yield f"{np.count_nonzero(~measured)} of them are not measured: the first weights know them"
    if measured.any():
        held_out[REAL_HELD_OUT] = split.held_out[measured]
    if not len(split.training) and not len(procedural):
        raise InputError("there is nothing to train on: give --data with chairs, or --samples above 0")
    return Gathered(TrainingData(pack(split.training), procedural, held_out), split.held_out_ids)


def split_as_listed(catalog: Catalog, file: Path) -> Generator[tuple[int, int], None, Split]:
    """Split a catalog by a list of held-out ids; an exact copy of a held-out chair is held out with it."""
    wanted = read_ids(file)
    shapes = yield from distinct_grids(catalog)
    held = [not wanted.isdisjoint(shape.ids) for shape in shapes]
    missing = wanted - {chair_id for shape in shapes for chair_id in shape.ids}
    if len(missing) == len(wanted):
        raise InputError(f"no id of {file} is in {catalog.name}: 'voxview chairs --data DIR' lists the ids")
    grids = np.stack([shape.grid for shape in shapes])
    mask = np.array(held)
    ids = tuple(shape.ids[0] for shape, is_held in zip(shapes, held, strict=True) if is_held)
    return Split(grids[~mask], grids[mask], ids)


def read_ids(file: Path) -> Set[str]:
    """The ids of a text file, one a line; `InputError` if it cannot be read or has none."""
    try:
        ids = {line.strip() for line in file.read_text(encoding="utf-8").splitlines()} - {""}
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"cannot read the ids in {file}: {getattr(error, 'strerror', None) or error}"
        ) from error
    if not ids:
        raise InputError(f"{file} lists no ids: give one a line")
    return ids


def _none() -> Grids:
    return np.empty((0, *(RESOLUTION,) * 3), bool)


def _last(steps: Generator[tuple[int, int], None, T]) -> T:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
