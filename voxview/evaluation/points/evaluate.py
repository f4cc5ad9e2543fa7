"""`voxview evaluate --network points`: virtual scans of held-out chairs, and what comes out of them.

    voxview evaluate --network points --data ShapeNetVox32 --report points.html

Each chair that no encoder and no autoencoder knows is scanned, the same way each time. Whoever calls this
says how: virtual scans belong to training. Up axis and turn are left to the encoder.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence

import numpy as np

from voxview.conventions import LEVEL
from voxview.counts import counted
from voxview.engine.network_reader import load_autoencoder_of
from voxview.engine.points import find_in_request
from voxview.engine.points_request import points_request
from voxview.errors import InputError
from voxview.evaluation.catalog import with_text
from voxview.evaluation.fresh_chairs import split_fresh
from voxview.evaluation.points.results import VOXELS, MeasuredScans, PointsEvaluation, refined, unrefined
from voxview.model.autoencoder import Autoencoder
from voxview.model.metrics import intersection_over_union
from voxview.model.points_card import POINTS_WEIGHTS, are_points_installed
from voxview.model.points_encoder import PointsEncoder, load_points_encoder
from voxview.model.shipped_encoders import is_installed
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.distinct import DistinctGrid, distinct_grids
from voxview.shapes.frame import Floats, Grids
from voxview.shapes.points_as_voxels import points_as_voxels
from voxview.to_end import run_to_end

BATCH = 64
"""Chairs that are scanned, and encoded as voxels, at a time."""

Scan = Callable[[Grids], Floats]
"""Makes a cloud of each chair `(n, 32, 32, 32)`: `(n, m, 3)`; called several times, it goes on at random."""

Progress = tuple[int, int, str]


def evaluate_points(
    weights: str | None,
    catalog: Catalog,
    scanners: Mapping[str, Callable[[str], Scan]],
    device: str | None,
    *,
    most: int = 0,
) -> Generator[Progress, None, PointsEvaluation]:
    """Evaluate points weights (None: all shipped ones, beside each other); yields (done, total, what).

    `scanners` are by the name of what they scan, and take the device. `most` is how many chairs are measured
    at most, from all over the catalog; 0: all. Raises `InputError` where no chair is left.
    """
    if most < 0:
        raise InputError("--pictures is 0 or more")
    encoders = [load_points_encoder(name, device) for name in _names(weights)]
    first = encoders[0]
    autoencoder = load_autoencoder_of(first, None, str(first.device), "points")
    shapes = yield from with_text(distinct_grids(catalog), f"reading {catalog.name}")
    fresh, _ = split_fresh(shapes, encoders)
    chosen = fresh[:: max(1, -(-len(fresh) // most))] if most else fresh
    scans = []
    for name, scanner in scanners.items():
        scans.append((yield from _measure(name, chosen, scanner(str(first.device)), encoders, autoencoder)))
    return PointsEvaluation(
        {encoder.name: encoder.kind for encoder in encoders},
        first.autoencoder,
        first.notes,
        catalog.name,
        len(shapes) - len(fresh),
        tuple(scans),
        _remarks(len(fresh) - len(chosen)),
    )


def _names(weights: str | None) -> Sequence[str | None]:
    """Return the weights that are measured: one, or all shipped ones that are installed."""
    if weights is not None or not are_points_installed():
        return [weights]
    return [name for name in POINTS_WEIGHTS if is_installed(name)]


def _measure(
    name: str,
    chairs: Sequence[DistinctGrid],
    scan: Scan,
    encoders: Sequence[PointsEncoder],
    autoencoder: Autoencoder,
) -> Generator[Progress, None, MeasuredScans]:
    grids = np.stack([chair.grid for chair in chairs])
    clouds = np.concatenate([scan(grids[start : start + BATCH]) for start in range(0, len(grids), BATCH)])
    found: dict[str, list[Floats]] = {}
    distances = []
    for i, cloud in enumerate(clouds):
        for encoder in encoders:
            two, distance = _field(encoder, autoencoder, cloud)
            if encoder is encoders[0]:
                distances.append(distance)
            for method, field in zip((refined(encoder.kind), unrefined(encoder.kind)), two, strict=True):
                found.setdefault(method, []).append(field)
        yield i + 1, len(clouds), name
    fields = {method: np.stack(of) for method, of in found.items()}
    guesses: dict[str, Grids] = {method: of > LEVEL for method, of in fields.items()}
    guesses[VOXELS] = autoencoder.decode(autoencoder.encode(as_voxels(clouds))) > LEVEL
    return MeasuredScans(
        name,
        tuple(chair.ids[0] for chair in chairs),
        clouds,
        grids,
        fields[refined(encoders[0].kind)],
        {method: intersection_over_union(grids, guess) for method, guess in guesses.items()},
        np.array(distances),
    )


def _field(
    encoder: PointsEncoder, autoencoder: Autoencoder, cloud: Floats
) -> tuple[tuple[Floats, Floats], float]:
    """Return the refined and the unrefined field, and the distance of the points; empty if it is refused."""
    try:
        request = run_to_end(points_request(cloud.astype(np.float64)))
        found = find_in_request(encoder, autoencoder, request)
    except InputError:
        nothing = np.zeros((32, 32, 32), np.float32)
        return (nothing, nothing), float("nan")
    return (found.field, found.unrefined), found.distance


def as_voxels(clouds: Floats) -> Grids:
    """Return the voxels of clouds `(n, m, 3)`, each in the middle of the cube, the longest side 1 long."""
    low, high = clouds.min(1, keepdims=True), clouds.max(1, keepdims=True)
    fitted = (clouds - (low + high) / 2) / (high - low).max(2, keepdims=True)
    return np.stack([points_as_voxels(cloud) for cloud in fitted])


def _remarks(more: int) -> tuple[str, ...]:
    """Return what one has to know to read the figures, a sentence each."""
    remarks = [
        "Up axis and turn are found, not given, in every row; latents are refined against the points.",
        "Points as voxels are put into the cube by their own box, and encoded and refined as any grid is.",
    ]
    if more:
        remarks.append(f"{counted(more, 'chair')} more of the catalog were left out (--pictures).")
    return tuple(remarks)
