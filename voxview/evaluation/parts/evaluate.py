"""`voxview evaluate --network parts`: labelled clouds, and random blends to look at.

voxview evaluate --network parts --data ShapeNetVox32 --clouds parts.npz --report parts.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path

import numpy as np
import torch

from voxview.conventions import LEVEL
from voxview.errors import InputError
from voxview.evaluation.catalog import with_text
from voxview.evaluation.fresh_chairs import split_fresh
from voxview.evaluation.parts.labelled_clouds import LabelledClouds, read_labelled_clouds
from voxview.evaluation.parts.results import NETWORK, LabelledBlend, MeasuredClouds, PartsEvaluation
from voxview.model.autoencoder import Autoencoder, load_autoencoder
from voxview.model.part_metrics import ious_by_part, part_ious
from voxview.model.parts_labeller import PartsLabeller, load_parts_labeller
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.distinct import DistinctGrid, distinct_grids
from voxview.shapes.frame import Doubles
from voxview.shapes.parts import Labels

BLENDS = 40
"""Random pairs of chairs whose half-way blends are on the contact sheet."""

LabelPoints = Callable[[Doubles], Labels]
"""Labels points `(n, 3)` in the chair's frame: `(n,)`."""

Progress = tuple[int, int, str]


def evaluate_parts(
    weights: str | None,
    catalog: Catalog,
    device: str | None,
    *,
    clouds: Path | None = None,
    beside: Mapping[str, LabelPoints] | None = None,
    seed: int = 0,
) -> Generator[Progress, None, PartsEvaluation]:
    """Evaluate parts weights (None: the shipped ones); yields (done, total, what).

    `clouds` is a file of `read_labelled_clouds`, `beside` other ways to label them by their names; `seed`
    draws the pairs that are blended. Raises `InputError` for a file that cannot be read, or no chairs.
    """
    read = read_labelled_clouds(clouds) if clouds is not None else None
    labeller, autoencoder = load_parts_labeller(weights, device), load_autoencoder(None, device)
    measured = None
    if read is not None:
        methods = {NETWORK: labeller.label_points, **(beside or {})}
        measured = yield from _measure(read, methods)
    shapes = yield from with_text(distinct_grids(catalog), f"reading {catalog.name}")
    fresh, _ = split_fresh(shapes, [autoencoder])
    if len(fresh) < 2:
        raise InputError(
            "there are not two chairs to blend that the weights do not know: give another --data"
        )
    blends, seconds = yield from _blends(fresh, labeller, autoencoder, seed)
    return PartsEvaluation(
        labeller.name,
        labeller.notes,
        catalog.name,
        measured,
        tuple(blends),
        seconds,
        (
            "IoU is of each part that a chair has, then the mean over these, then the mean over chairs.",
            f"Blends are half-way ones of {len(blends)} random pairs of chairs that nobody chose.",
        ),
    )


def _measure(
    clouds: LabelledClouds, methods: Mapping[str, LabelPoints]
) -> Generator[Progress, None, MeasuredClouds]:
    said: dict[str, Labels] = {}
    for name, label in methods.items():
        rows = []
        for i, points in enumerate(clouds.points):
            rows.append(label(points))
            yield i + 1, len(clouds.points), f"labelling: {name}"
        said[name] = np.stack(rows)
    true = torch.from_numpy(clouds.labels)
    labels = {name: torch.from_numpy(of) for name, of in said.items()}
    return MeasuredClouds(
        clouds,
        said[NETWORK],
        {name: part_ious(of, true).numpy() for name, of in labels.items()},
        {name: tuple(ious_by_part(of, true)) for name, of in labels.items()},
    )


def _blends(
    fresh: list[DistinctGrid], labeller: PartsLabeller, autoencoder: Autoencoder, seed: int
) -> Generator[Progress, None, tuple[list[LabelledBlend], float]]:
    rng, blends, seconds = np.random.default_rng(seed), [], []
    for done in range(BLENDS):
        a, b = (fresh[i] for i in rng.choice(len(fresh), 2, replace=False))
        half = autoencoder.encode(np.stack([a.grid, b.grid])).mean(0, keepdims=True)
        field = autoencoder.decode(half)[0]
        start = time.perf_counter()
        labels = labeller.label_grid(field > LEVEL)
        seconds.append(time.perf_counter() - start)
        blends.append(LabelledBlend(f"{a.ids[0]}, {b.ids[0]}", field, labels))
        yield done + 1, BLENDS, "blending"
    return blends, float(np.median(seconds))
