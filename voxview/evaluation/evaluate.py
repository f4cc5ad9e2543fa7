"""Evaluation of weights on chairs they were not trained on: reconstructions, in-betweens and morphs.

voxview evaluate --data ShapeNetVox32 --json figures.json --report report.html

Every method, the network among them, is measured on the same chairs, the same pairs and the same t's; see
`evaluation.baselines` for the methods and `model.metrics` for the metrics.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from voxview.evaluation.baselines import Encodings, Method, WithoutSmallComponents
from voxview.evaluation.even_pace import even_morph
from voxview.evaluation.results import (
    IN_BETWEENS,
    MORPH_STEPS,
    Evaluation,
    InBetweens,
    Morphs,
    Plan,
    Reconstruction,
)
from voxview.evaluation.shape_metrics import concatenate_metrics, measure_shapes
from voxview.model.metrics import (
    intersection_over_union,
    largest_over_path,
    lowest_layers,
    nearest_by_iou,
    path_steps,
)
from voxview.shapes.frame import Doubles, Grids

BATCH = 32
WORST = 20
"""Chairs with the lowest IoU that the report shows."""
SHEET_PAIRS = 20
"""Of the first pairs, likewise."""
EXAMPLE_MORPHS = 3
"""Of the first pairs, whatever they look like."""

T = TypeVar("T")
Steps = Generator[tuple[int, int, str], None, T]
"""Yields (done, total, what is being done) and returns a T."""


def evaluate(
    methods: Sequence[Method],
    grids: Grids,
    ids: Sequence[str],
    *,
    neighbours: Grids | None = None,
    novelty_against: Grids | None = None,
    plan: Plan | None = None,
) -> Steps[Evaluation]:
    """Evaluate the first of `methods`, and the others beside it, on chairs `(n, 32, 32, 32)`.

    With `neighbours`, the most alike of them is a baseline of its own, for reconstruction. Without
    `novelty_against`, novelty is against the other evaluated chairs, a blend's parents excluded.
    Yields (done, total, what is being done).
    """
    plan = plan or Plan()
    if plan.small_components:
        methods = [WithoutSmallComponents(method, plan.small_components) for method in methods]
    likeness, nearest = yield from _nearest(grids, novelty_against)
    evaluation = Evaluation(
        plan=plan,
        ids=tuple(ids),
        grids=grids,
        method=methods[0].name,
        chairs=measure_shapes(grids),
        chairs_novelty=1 - likeness.astype(float),
        pairs=random_pairs(len(grids), plan),
    )
    for method in methods:
        encodings = yield from _reconstruct(evaluation, method)
        yield from _blend(evaluation, method, encodings, novelty_against)
        yield from _morph(evaluation, method, encodings)
    if neighbours is not None:
        if neighbours is not novelty_against:
            likeness, nearest = yield from _nearest(grids, neighbours)
        metrics = measure_shapes(neighbours[nearest], lowest_layers(grids))
        evaluation.reconstructions.append(
            Reconstruction("nearest neighbour", likeness.astype(float), metrics)
        )
    return evaluation


def random_pairs(chairs: int, plan: Plan) -> NDArray[np.int64]:
    """Return `plan.pairs` pairs of different chairs, `(pairs, 2)`, the same for a seed; none of one chair."""
    if chairs < 2:
        return np.empty((0, 2), np.int64)
    rng = np.random.default_rng(plan.seed)
    a = rng.integers(chairs, size=plan.pairs)
    return np.stack([a, (a + rng.integers(1, chairs, size=plan.pairs)) % chairs], axis=1)


def _nearest(grids: Grids, reference: Grids | None) -> Steps[tuple[NDArray[np.float32], NDArray[np.int64]]]:
    """Find the most alike chair of the reference, or of the other chairs: its IoU and its index, `(n,)`."""
    parts = []
    for start in range(0, len(grids), 512):
        part = grids[start : start + 512]
        itself = np.arange(start, start + len(part))[:, None] if reference is None else None
        parts.append(nearest_by_iou(part, grids if reference is None else reference, itself))
        yield start + len(part), len(grids), "looking for the nearest chairs"
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def _reconstruct(evaluation: Evaluation, method: Method) -> Steps[Encodings]:
    """Measure a method's reconstructions; return the encodings of all chairs, `(n, …)`.

    Nothing is measured, and nothing returned, `(0,)`, of a method that does not compress: its encodings are
    large, and its reconstructions the chairs.
    """
    grids, floors = evaluation.grids, lowest_layers(evaluation.grids)
    if not method.compresses:
        return np.empty(0, np.float32)
    encodings, ious, metrics = [], [], []
    for start in range(0, len(grids), BATCH):
        part = grids[start : start + BATCH]
        encodings.append(method.encode(part))
        decoded = method.decode(encodings[-1])
        ious.append(intersection_over_union(part, decoded))
        metrics.append(measure_shapes(decoded, floors[start : start + BATCH]))
        yield start + len(part), len(grids), f"{method.name}: reconstructing"
    iou, all_encodings = np.concatenate(ious), np.concatenate(encodings)
    evaluation.reconstructions.append(Reconstruction(method.name, iou, concatenate_metrics(metrics)))
    if method.name == evaluation.method:
        evaluation.worst = np.argsort(iou, kind="stable")[:WORST]
        evaluation.worst_reconstructed = method.decode(all_encodings[evaluation.worst])
    return all_encodings


def _blend(
    evaluation: Evaluation, method: Method, encodings: Encodings, reference: Grids | None
) -> Steps[None]:
    """Measure a method's blends of all pairs at the three t's."""
    pairs = evaluation.pairs
    floors = lowest_layers(evaluation.grids)[pairs].max(axis=1)
    against = evaluation.grids if reference is None else reference
    sheet = []
    for t in IN_BETWEENS if len(pairs) else ():
        shapes = np.empty((len(pairs), *evaluation.grids.shape[1:]), bool)
        for start in range(0, len(pairs), BATCH):
            ends = _encode_pairs(evaluation, method, encodings, pairs[start : start + BATCH])
            shapes[start : start + BATCH] = method.decode(_interpolate(*ends, t))
            yield min(start + BATCH, len(shapes)), len(shapes), f"{method.name}: blending at t = {t}"
        likeness, _ = nearest_by_iou(shapes, against, pairs if reference is None else None)
        evaluation.in_betweens.append(
            InBetweens(method.name, t, measure_shapes(shapes, floors), 1 - likeness.astype(float))
        )
        sheet.append(shapes[:SHEET_PAIRS])
    if sheet and method.name == evaluation.method:
        evaluation.sheet = np.stack(sheet, axis=1)  # (pairs, t's, 32, 32, 32)


def _morph(evaluation: Evaluation, method: Method, encodings: Encodings) -> Steps[None]:
    """Measure a method's morphs of the first pairs, and keep some; the evaluated one's evenly, too."""
    pairs = evaluation.pairs[: evaluation.plan.morphs]
    smoothness, even, examples = [], [], []
    for done, pair in enumerate(pairs):
        decode = partial(_decode_morph, method, *_encode_pairs(evaluation, method, encodings, pair[None]))
        path = decode(np.linspace(0, 1, MORPH_STEPS))
        smoothness.append(largest_over_path(path_steps(path)))
        if method.name == evaluation.method:
            even.append(even_morph(decode, MORPH_STEPS).largest_over_mean)
        examples += [path] if done < EXAMPLE_MORPHS else []
        yield done + 1, len(pairs), f"{method.name}: morphing"
    if examples:
        evaluation.morphs.append(Morphs(method.name, np.array(smoothness), np.stack(examples)))
    if even:
        evaluation.even_pace = np.array(even)


def _decode_morph(method: Method, a: Encodings, b: Encodings, t: Doubles) -> Grids:
    """Return a method's blends of one pair's encodings `(1, …)` at t `(k,)`: `(k, 32, 32, 32)`."""
    return method.decode(np.concatenate([_interpolate(a, b, float(one)) for one in t]))


def _encode_pairs(
    evaluation: Evaluation, method: Method, encodings: Encodings, pairs: NDArray[np.int64]
) -> tuple[Encodings, Encodings]:
    """Return the encodings of the pairs' chairs, `(m, …)` twice; computed here where `encodings` is empty."""
    if len(encodings):
        return encodings[pairs[:, 0]], encodings[pairs[:, 1]]
    return method.encode(evaluation.grids[pairs[:, 0]]), method.encode(evaluation.grids[pairs[:, 1]])


def _interpolate(a: Encodings, b: Encodings, t: float) -> Encodings:
    """Return (1 − t)·a + t·b; at the ends a and b themselves."""
    if t in (0.0, 1.0):
        return b if t else a
    return np.float32(1 - t) * a + np.float32(t) * b
