"""`voxview evaluate --network picture`: which pictures are measured, and what beside the encoder.

    voxview evaluate --network picture --data ShapeNetVox32 --photos PHOTOS --report pictures.html

A picture is rendered of each chair that neither the encoder nor its autoencoder knows, the same ones each
time. Whoever calls this says how: the renderer belongs to training.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from voxview.conventions import LATENT_SIZE, LEVEL
from voxview.counts import counted
from voxview.engine.network_reader import load_autoencoder_of
from voxview.errors import InputError
from voxview.evaluation.catalog import with_text
from voxview.evaluation.fresh_chairs import split_fresh
from voxview.evaluation.pictures.level import best_level
from voxview.evaluation.pictures.photos import read_photos
from voxview.evaluation.pictures.removed import background_removed
from voxview.evaluation.pictures.results import (
    INCOMPLETE,
    LEVELLED,
    MEAN,
    NEAREST,
    PLAIN,
    PREDICTED,
    RANDOM,
    REFINED,
    MeasuredSet,
    PictureEvaluation,
    PictureSet,
)
from voxview.evaluation.reference import MIN_TRAINING_CHAIRS, find_reference
from voxview.model.autoencoder import Autoencoder
from voxview.model.completion import POSSIBLE, complete
from voxview.model.metrics import intersection_over_union
from voxview.model.picture_encoder import PictureEncoder, PictureEncoding, load_picture_encoder
from voxview.model.picture_metrics import azimuth_errors, mean_chair, nearest_chairs
from voxview.model.silhouette import refine_to_silhouettes
from voxview.pictures.view import View
from voxview.shapes.bits import fingerprint
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.distinct import distinct_grids
from voxview.shapes.frame import Floats, Grid, Grids

BATCH = {"cuda": 64, "cpu": 4}
"""Chairs that are rendered, and encoded, at a time."""


class Rendering(Protocol):
    """Rendered pictures as arrays."""

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """`(n, 227, 227, 3)`."""

    @property
    def views(self) -> tuple[View, ...]:
        """From where each was taken."""


Render = Callable[[Grids], Rendering]
"""Renders one picture of each chair `(n, 32, 32, 32)`; called several times, it goes on at random."""

Progress = tuple[int, int, str]

T = TypeVar("T")


def evaluate_pictures(
    weights: str | None,
    catalog: Catalog,
    renderers: Mapping[str, Callable[[str], Render]],
    device: str | None,
    *,
    photos: Path | None = None,
    most: int = 0,
    seed: int = 0,
) -> Generator[Progress, None, PictureEvaluation]:
    """Evaluate picture weights (None: the shipped ones); yields (done, total, what).

    `renderers` are by the name of the set that they render, and take the device. `most` is how many chairs
    are measured at most, from all over the catalog; 0: all. `seed` draws the random training chairs. Raises
    `InputError` where no chair is left, or for photographs that cannot be read.
    """
    if most < 0:
        raise InputError("--pictures is 0 or more")
    pictured = read_photos(photos) if photos is not None else ()
    encoder = load_picture_encoder(weights, device)
    autoencoder = load_autoencoder_of(encoder, None, str(encoder.device), "picture")
    shapes = yield from with_text(distinct_grids(catalog), f"reading {catalog.name}")
    fresh, training = split_fresh(shapes, [encoder])
    validation = [shape.grid for shape in shapes if fingerprint(shape.grid) in encoder.validated_on]
    chosen = _some(fresh, most)
    grids = np.stack([shape.grid for shape in chosen])
    reference = yield from find_reference(training, grids, everything=False)
    assert reference.fitted_on is not None  # only --all has none
    baselines = yield from _baselines(autoencoder, reference.fitted_on, seed)
    titles = tuple(shape.ids[0] for shape in chosen)
    sets: list[PictureSet] = []
    for name, renderer in renderers.items():
        pixels, views = yield from _render(renderer(str(encoder.device)), grids, name, encoder)
        rendered = PictureSet(name, titles, titles, pixels, grids, views)
        sets += [rendered, *background_removed(rendered)]
    level = None
    if validation and renderers:
        held = np.stack(list(_some(validation, most)))
        name, renderer = next(iter(renderers.items()))
        pixels, _ = yield from _render(renderer(str(encoder.device)), held, f"{name}, validation", encoder)
        level = best_level(autoencoder.decode(encoder.encode(pixels).latents), held)
    measured = []
    for pictures in (*sets, *pictured):
        measured.append((yield from _measure(pictures, encoder, autoencoder, baselines, level)))
    return PictureEvaluation(
        encoder.name,
        encoder.autoencoder,
        encoder.notes,
        catalog.name,
        len(shapes) - len(fresh),
        tuple(measured),
        (
            *_remarks(len(training), len(reference.fitted_on), len(fresh) - len(chosen), baselines.refined),
            *_remark_on_level(level, len(_some(validation, most))),
        ),
    )


def _some(items: Sequence[T], most: int) -> Sequence[T]:
    """Return at most so many, from all over the list; all for 0."""
    return items[:: max(1, -(-len(items) // most))] if most else items


class _Baselines(NamedTuple):
    grids: Grids
    """Training chairs, `(m, 32, 32, 32)`."""
    latents: torch.Tensor
    """Theirs, `(m, 8, 8)`."""
    metric: torch.Tensor
    """What distances between latents are measured by, `(64, 64)`."""
    mean: Grid
    random: np.random.Generator
    refined: bool
    """Whether the training chairs' latents are refined."""


def _baselines(autoencoder: Autoencoder, training: Grids, seed: int) -> Generator[Progress, None, _Baselines]:
    parts = []
    refined = autoencoder.refines and autoencoder.device.type == "cuda"  # an hour for 5,000 on two cores
    for start in range(0, len(training), 64):
        parts.append(autoencoder.encode(training[start : start + 64], refine=None if refined else 0))
        yield start, len(training), "encoding the training chairs"
    metric = autoencoder.metric.damped if autoencoder.metric else torch.eye(LATENT_SIZE)
    mean = mean_chair(torch.from_numpy(training)).numpy()
    latents = torch.from_numpy(np.concatenate(parts)).to(autoencoder.device)
    return _Baselines(training, latents, metric, mean, np.random.default_rng(seed), refined)


def _render(
    render: Render, grids: Grids, name: str, encoder: PictureEncoder
) -> Generator[Progress, None, tuple[NDArray[np.uint8], tuple[View, ...]]]:
    batch = BATCH[encoder.device.type]
    pixels: list[NDArray[np.uint8]] = []
    views: list[View] = []
    for start in range(0, len(grids), batch):
        part = render(grids[start : start + batch])
        pixels.append(part.pixels)
        views += part.views
        yield min(start + batch, len(grids)), len(grids), f"rendering: {name}"
    return np.concatenate(pixels), tuple(views)


def _measure(
    pictures: PictureSet,
    encoder: PictureEncoder,
    autoencoder: Autoencoder,
    baselines: _Baselines,
    level: float | None,
) -> Generator[Progress, None, MeasuredSet]:
    encoding = encoder.encode(pictures.pixels)
    guessed: Floats = autoencoder.decode(encoding.latents)
    fields: Floats = autoencoder.decode(complete(autoencoder, encoding.latents))
    latents = torch.from_numpy(encoding.latents).to(autoencoder.device)
    near = nearest_chairs(latents, baselines.latents, baselines.metric).cpu().numpy()
    count = len(pictures.grids)
    guesses: dict[str, Grids] = {
        PREDICTED: fields > LEVEL,
        INCOMPLETE: guessed > LEVEL,
        PLAIN: autoencoder.decode(encoder.encode(pictures.pixels, augmented=False).latents) > LEVEL,
        **(yield from _refined(pictures, encoding, autoencoder)),
        **({} if level is None else {LEVELLED: guessed > level}),
        NEAREST: baselines.grids[near],
        MEAN: np.broadcast_to(baselines.mean, pictures.grids.shape),
        RANDOM: baselines.grids[baselines.random.integers(len(baselines.grids), size=count)],
    }
    errors = None
    if pictures.views:
        said, true = (
            torch.tensor([view.azimuth for view in views], dtype=torch.float64)
            for views in (encoding.views, pictures.views)
        )
        errors = azimuth_errors(said, true).numpy()
    return MeasuredSet(
        pictures,
        fields,
        encoding.views,
        encoding.unfamiliarity,
        {name: intersection_over_union(pictures.grids, guess) for name, guess in guesses.items()},
        errors,
    )


def _refined(
    pictures: PictureSet, encoding: PictureEncoding, autoencoder: Autoencoder
) -> Generator[Progress, None, dict[str, Grids]]:
    """Return what comes out with the latents refined against the silhouettes, where these are known."""
    if pictures.silhouettes is None or not autoencoder.refines:
        return {}
    grids: list[Grids] = []
    batch, count = BATCH[autoencoder.device.type], len(pictures.grids)
    for start in range(0, count, batch):
        part = slice(start, start + batch)
        some = PictureEncoding(encoding.latents[part], encoding.views[part], encoding.unfamiliarity[part])
        refined = refine_to_silhouettes(autoencoder, some, pictures.silhouettes[part])
        grids.append(autoencoder.decode(complete(autoencoder, refined.latents)) > LEVEL)
        yield min(start + batch, count), count, f"refining: {pictures.name}"
    return {REFINED: np.concatenate(grids)}


def _remarks(training: int, fitted_on: int, more: int, refined: bool) -> tuple[str, ...]:
    """Return what one has to know to read the figures, a sentence each."""
    if training >= MIN_TRAINING_CHAIRS:
        which = f"the {counted(fitted_on, 'chair')} of this catalog that the encoder was trained on"
    else:
        which = f"{counted(fitted_on, 'chair')} of VoxView's own generator, for want of training chairs here"
    remarks = [
        f"Nearest and random chairs are among {which}; the mean chair has the voxels of the share of them "
        "that makes its own IoU with them largest.",
        "Nearest is by the encoder's own latent, with the decoder's curvature as the measure; the training "
        f"chairs' latents are {'refined' if refined else 'unrefined, for want of a GPU'}.",
        "Published figures are on other renderings, with other splits: an order of magnitude, no comparison.",
    ]
    if more:
        remarks.append(f"{counted(more, 'chair')} more of the catalog were left out (--pictures).")
    return tuple(remarks)


def _remark_on_level(level: float | None, pictures: int) -> tuple[str, ...]:
    if level is None:
        return ()
    return (
        f"The best level of the validation split, by one picture each of {counted(pictures, 'chair')}, is "
        f"{level:.2f} before completion; the program completes what is above {POSSIBLE}.",
    )
