"""`voxview train` and `voxview evaluate`: from a catalog to weights, and from weights to figures."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np

from voxview.errors import InputError
from voxview.model.autoencoder import load_autoencoder
from voxview.model.config import TrainConfig
from voxview.model.data import Split, distinct_grids, fingerprint, generate_chairs, read_split
from voxview.model.evaluate import evaluate
from voxview.model.train import TrainingStep, check, train
from voxview.shapes.catalog import Catalog
from voxview.shapes.frame import RESOLUTION
from voxview.shapes.samples import sample_catalog

PROCEDURAL_HELD_OUT = "sample catalog"
REAL_HELD_OUT = "real"


def train_from_catalog(
    config: TrainConfig, catalog: Catalog | None, samples: int, out: Path
) -> Iterator[str]:
    """Gather the chairs, train, write `out`; yields lines for a person.

    The sample catalog is drawn from another seed than the training chairs and is only measured. With a
    catalog of real chairs, the tenth that `is_held_out` names is only measured, too.
    """
    check(config)
    if (
        out.suffix != ".safetensors"
        or out.is_dir()
        or not os.access(out.absolute().parent, os.W_OK | os.X_OK)
    ):
        raise InputError(f"cannot write {out}: give a .safetensors file in a folder that can be written")
    if samples < 0:
        raise InputError(f"--samples is 0 or more, but {samples} came")
    start = time.perf_counter()
    none = np.empty((0, *(RESOLUTION,) * 3), bool)
    split = _last(read_split(catalog)) if catalog is not None else Split(none, none, ())
    yield f"{len(split.training)} real chairs to train on, {len(split.held_out)} held out"
    drawn = list(generate_chairs(samples, config.seed)) if samples else []
    procedural = np.concatenate(drawn) if drawn else none
    held_out = {PROCEDURAL_HELD_OUT: np.stack([chair.read() for chair in sample_catalog()])}
    if len(split.held_out):
        held_out[REAL_HELD_OUT] = split.held_out
    yield f"{len(procedural)} procedural chairs; ready after {time.perf_counter() - start:.0f} s"
    notes = {
        "real training chairs": str(len(split.training)),
        "procedural training chairs": str(len(procedural)),
    }
    for step in train(config, split.training, procedural, held_out, out, notes):
        yield _line(step)
    yield f"wrote {out}"


def evaluate_on_catalog(
    weights: str | None, catalog: Catalog, device: str | None, *, everything: bool
) -> Generator[tuple[int, int], None, dict[str, object]]:
    """Measure `weights` on a catalog, without its exact duplicates; yields (done, total), returns figures.

    Chairs that these weights were trained on are left out, unless `everything` is asked for.
    """
    autoencoder = load_autoencoder(weights, device)
    shapes = yield from distinct_grids(catalog)
    fresh = [s.grid for s in shapes if everything or fingerprint(s.grid) not in autoencoder.trained_on]
    if not shapes:
        raise InputError(f"no chair of {catalog.name} can be read: every file of it is broken")
    if not fresh:
        raise InputError(f"these weights were trained on every chair of {catalog.name}: --all measures them")
    figures = yield from evaluate(autoencoder, np.stack(fresh))
    return {
        "weights": autoencoder.name,
        "architecture": autoencoder.architecture,
        "catalog": catalog.name,
        "left_out_as_trained_on": len(shapes) - len(fresh),
        **asdict(figures),
    }


def _line(step: TrainingStep) -> str:
    held_out = " ".join(f"{name} {iou:.4f}" for name, iou in step.iou.items())
    return (
        f"step {step.step}/{step.steps}  loss {step.loss:.4f}  held-out IoU: {held_out}  {step.seconds:.0f} s"
    )


def _last(steps: Generator[tuple[int, int], None, Split]) -> Split:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
