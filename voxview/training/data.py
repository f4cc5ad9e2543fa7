"""The chairs of one training run: real ones from a catalog, procedural ones from the generator."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from voxview.counts import counted
from voxview.errors import InputError
from voxview.shapes.bits import Packed, fingerprint, pack_bytes
from voxview.shapes.catalogs.open import open_catalog
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.frame import Grids
from voxview.to_end import run_to_end
from voxview.training.batches import pack_blocks
from voxview.training.configs import ChairsConfig
from voxview.training.procedural import generate_chairs
from voxview.training.split import Split, no_grids, split_by_hash, split_by_list

SAMPLES = "sample catalog"
VALIDATION = "validation split"

NO_DATA = "there is nothing to train on: give --data with chairs, or --samples above 0"


@dataclass(frozen=True)
class TrainingData:
    """The chairs of one run."""

    real: Packed
    procedural: Packed
    held_out: Mapping[str, Grids] = field(default_factory=dict)
    """Sets of chairs that are only measured, by name; the preview is of the last one."""

    @cached_property
    def identity(self) -> str:
        """A hash of the training chairs and their order, which a resumed run must have in common."""
        digest = hashlib.blake2b(digest_size=16)
        for packed in (self.real, self.procedural):
            digest.update(len(packed).to_bytes(8, "little"))
            digest.update(packed.data)
        return digest.hexdigest()


class GatheredData(NamedTuple):
    """The chairs, and the ids of the real ones that are held out."""

    data: TrainingData
    held_out_ids: tuple[str, ...]


def gather_data(
    config: ChairsConfig,
    folder: Path | None,
    held_out_ids: Path | None,
    known: Set[int] = frozenset(),
) -> Generator[str, None, GatheredData]:
    """Read real chairs and draw procedural ones, yielding lines for a person; return all of them.

    The run measures the sample catalog, which is drawn from another seed than the training chairs, and the
    validation split of the real ones, but for those whose fingerprints are `known` to the starting weights.
    Real chairs whose ids the file `held_out_ids` lists, without a file the tenth that `distinct.is_held_out`
    names, are neither trained on nor measured. Raises `InputError` if there is nothing to train on or a file
    cannot be read.
    """
    split = yield from _real_chairs(folder, held_out_ids, config.validation)
    blocks = generate_chairs(config.samples, config.seed, unusual=config.unusual)
    procedural = pack_blocks(blocks, config.samples)
    yield counted(len(procedural), "procedural chair")
    held_out = {SAMPLES: np.stack([chair.read() for chair in sample_catalog()])}
    measured = np.array([fingerprint(grid) not in known for grid in split.validation], bool)
    if not measured.all():
        number = np.count_nonzero(~measured)
        yield f"{number} of the validation split are not measured: the first weights know them"
    if measured.any():
        held_out[VALIDATION] = split.validation[measured]
    if not len(split.training) and not len(procedural):
        raise InputError(NO_DATA)
    return GatheredData(TrainingData(pack_bytes(split.training), procedural, held_out), split.held_out_ids)


def _real_chairs(
    folder: Path | None, held_out_ids: Path | None, validation: float
) -> Generator[str, None, Split]:
    if folder is None:
        if held_out_ids is not None:
            raise InputError("--held-out-ids names real chairs, but there are none: give --data with them")
        return Split(no_grids(), no_grids(), (), no_grids())
    catalog = open_catalog(folder)
    yield f"reading {counted(len(catalog), 'chair')} of {catalog.name}"
    split = run_to_end(
        split_by_list(catalog, held_out_ids, validation)
        if held_out_ids
        else split_by_hash(catalog, validation)
    )
    if not len(split.training) + len(split.held_out) + len(split.validation):
        raise InputError(f"no chair of {catalog.name} can be read: every file of it is broken")
    yield (
        f"{counted(len(split.training), 'real chair')} to train on, {len(split.validation)} for validation, "
        f"{len(split.held_out)} held out"
    )
    return split
