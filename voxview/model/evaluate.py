"""How good weights are on chairs they were not trained on: reconstructions, in-betweens and morphs.

voxview evaluate --data ShapeNetVox32 --json figures.json --report report.html

Every method, the network among them, is measured on the same chairs, the same pairs and the same t's; see
`model.baselines` for the methods and `model.metrics` for the measures.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from voxview.errors import InputError
from voxview.model.baselines import Codes, Method, WithoutCrumbs
from voxview.model.evaluate_shapes import Looks, join, look_at
from voxview.model.metrics import (
    Grids,
    intersection_over_union,
    largest_over_path,
    lowest_layers,
    most_alike,
    path_steps,
)

BATCH = 32
IN_BETWEENS = (0.25, 0.5, 0.75)
"""The t's at which the blends of a pair are measured."""
MORPH_STEPS = 11
"""Blends of a morph, both ends included: t = 0, 0.1 … 1."""
WORST = 20
"""Chairs with the lowest IoU that the report shows."""
SHOWN_MORPHS = 3
"""Of the first pairs, whatever they look like."""

Steps = Generator[tuple[int, int, str], None, None]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    pairs: int = 300
    """Random pairs of different chairs, drawn with `seed`; a chair may be in several."""
    morphs: int = 50
    """Of the first of these pairs the whole way is measured."""
    seed: int = 0
    crumbs: float = 0.0
    """Loose pieces below this share of a decoded shape's voxels are removed, whatever the method; 0: none."""

    def __post_init__(self) -> None:
        if self.pairs < 1 or self.seed < 0:
            raise InputError("--pairs is 1 or more and --seed 0 or more")
        if not 0 <= self.crumbs < 1:
            raise InputError(f"--crumbs is a share of the voxels, 0 to 1, but {self.crumbs} came")


@dataclass(frozen=True)
class Reconstruction:
    """How one method gives n chairs back."""

    method: str
    iou: Floats
    """Of each chair and its reconstruction, `(n,)`."""
    looks: Looks


@dataclass(frozen=True)
class InBetweens:
    """How one method's blends of all pairs look at one t."""

    method: str
    t: float
    looks: Looks
    novelty: Floats
    """1 − the largest IoU with any chair of the reference, `(pairs,)`: `metrics.most_alike`."""


@dataclass(frozen=True)
class Morphs:
    """How evenly one method goes all the way, over m pairs."""

    method: str
    largest_over_path: Floats
    """`metrics.largest_over_path` of each morph, `(m,)`."""
    shown: Grids
    """The first morphs themselves, `(SHOWN_MORPHS, MORPH_STEPS, 32, 32, 32)`."""

    @property
    def largest_over_mean(self) -> Floats:
        """`metrics.largest_over_mean` of each morph, `(m,)`."""
        return self.largest_over_path * (MORPH_STEPS - 1)


@dataclass
class Evaluation:
    """Everything that was measured; a run in progress holds what is there so far."""

    plan: Plan
    ids: tuple[str, ...]
    grids: Grids
    """The chairs, `(n, 32, 32, 32)`; indices below are into them."""
    method: str
    """The one that is evaluated: the others are what it is held against."""
    chairs: Looks
    """Of the chairs themselves: what a method can hope for."""
    chairs_novelty: Floats
    """Of each chair against the reference: what is new about a chair that nobody made up, `(n,)`."""
    pairs: NDArray[np.int64]
    """A and B, `(pairs, 2)`; nothing where there is a single chair."""
    reconstructions: list[Reconstruction] = field(default_factory=list)
    in_betweens: list[InBetweens] = field(default_factory=list)
    morphs: list[Morphs] = field(default_factory=list)
    worst: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    """The chairs that the evaluated method gives back worst, the worst first."""
    worst_reconstructed: Grids = field(default_factory=lambda: np.empty((0, 32, 32, 32), bool))

    @property
    def parents_symmetry(self) -> Floats:
        """The mean symmetry of each pair's two chairs, `(pairs,)`."""
        return np.asarray(self.chairs.symmetry[self.pairs].mean(axis=1))

    def reconstruction(self, method: str) -> Reconstruction:
        """One method's reconstructions."""
        return next(found for found in self.reconstructions if found.method == method)

    def blends(self, method: str, t: float) -> InBetweens | None:
        """One method's blends at one of `IN_BETWEENS`; None where there was no pair."""
        return next((b for b in self.in_betweens if (b.method, b.t) == (method, t)), None)


def evaluate(
    methods: Sequence[Method],
    grids: Grids,
    ids: Sequence[str],
    *,
    neighbours: Grids | None = None,
    novelty_against: Grids | None = None,
    plan: Plan | None = None,
) -> Generator[tuple[int, int, str], None, Evaluation]:
    """Measure the first of `methods`, and the others beside it, on chairs `(n, 32, 32, 32)`.

    With `neighbours`, the most alike of them is a baseline of its own, for reconstruction. Without
    chairs to hold novelty against, it is against the other evaluated ones, but for a blend's parents.
    Yields (done, total, what is being done).
    """
    plan = plan or Plan()
    if plan.crumbs:
        methods = [WithoutCrumbs(method, plan.crumbs) for method in methods]
    likeness, nearest = yield from _nearest(grids, novelty_against)
    found = Evaluation(
        plan=plan,
        ids=tuple(ids),
        grids=grids,
        method=methods[0].name,
        chairs=look_at(grids),
        chairs_novelty=1 - likeness.astype(float),
        pairs=random_pairs(len(grids), plan),
    )
    for method in methods:
        codes = yield from _reconstruct(found, method)
        yield from _blend(found, method, codes, novelty_against)
    if neighbours is not None:
        if neighbours is not novelty_against:
            likeness, nearest = yield from _nearest(grids, neighbours)
        looks = look_at(neighbours[nearest], lowest_layers(grids))
        found.reconstructions.append(Reconstruction("nearest neighbour", likeness.astype(float), looks))
    return found


def random_pairs(chairs: int, plan: Plan) -> NDArray[np.int64]:
    """`plan.pairs` pairs of different chairs, `(pairs, 2)`, the same for a seed; none of a single chair."""
    if chairs < 2:
        return np.empty((0, 2), np.int64)
    rng = np.random.default_rng(plan.seed)
    a = rng.integers(chairs, size=plan.pairs)
    return np.stack([a, (a + rng.integers(1, chairs, size=plan.pairs)) % chairs], axis=1)


def _nearest(
    grids: Grids, reference: Grids | None
) -> Generator[tuple[int, int, str], None, tuple[NDArray[np.float32], NDArray[np.int64]]]:
    """The most alike chair of the reference, or of the other chairs: (its IoU, its number), each `(n,)`."""
    parts = []
    for start in range(0, len(grids), 512):
        part = grids[start : start + 512]
        itself = np.arange(start, start + len(part))[:, None] if reference is None else None
        parts.append(most_alike(part, grids if reference is None else reference, itself))
        yield start + len(part), len(grids), "looking for the nearest chairs"
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def _reconstruct(found: Evaluation, method: Method) -> Generator[tuple[int, int, str], None, Codes]:
    """Measure a method's reconstructions; returns the codes of all chairs that are in pairs, `(n, …)`."""
    grids, floors = found.grids, lowest_layers(found.grids)
    if not method.compresses:  # its codes are large, and its reconstructions the chairs
        return np.empty(0, np.float32)
    codes, ious, looks = [], [], []
    for start in range(0, len(grids), BATCH):
        part = grids[start : start + BATCH]
        codes.append(method.encode(part))
        decoded = method.decode(codes[-1])
        ious.append(intersection_over_union(part, decoded))
        looks.append(look_at(decoded, floors[start : start + BATCH]))
        yield start + len(part), len(grids), f"{method.name}: reconstructing"
    iou, all_codes = np.concatenate(ious), np.concatenate(codes)
    found.reconstructions.append(Reconstruction(method.name, iou, join(looks)))
    if method.name == found.method:
        found.worst = np.argsort(iou, kind="stable")[:WORST]
        found.worst_reconstructed = method.decode(all_codes[found.worst])
    return all_codes


def _blend(found: Evaluation, method: Method, codes: Codes, reference: Grids | None) -> Steps:
    """Measure a method's blends of the pairs: at three t's, and all the way."""
    floors = lowest_layers(found.grids)[found.pairs].max(axis=1)
    against = found.grids if reference is None else reference
    for t in IN_BETWEENS if len(found.pairs) else ():
        shapes = np.empty((len(found.pairs), *found.grids.shape[1:]), bool)
        for start in range(0, len(found.pairs), BATCH):
            ends = _ends(found, method, codes, found.pairs[start : start + BATCH])
            shapes[start : start + BATCH] = method.decode(_between(*ends, t))
            yield min(start + BATCH, len(shapes)), len(shapes), f"{method.name}: blending at t = {t}"
        likeness, _ = most_alike(shapes, against, found.pairs if reference is None else None)
        found.in_betweens.append(
            InBetweens(method.name, t, look_at(shapes, floors), 1 - likeness.astype(float))
        )
    yield from _morph(found, method, codes)


def _morph(found: Evaluation, method: Method, codes: Codes) -> Steps:
    pairs = found.pairs[: found.plan.morphs]
    smoothness, shown = [], []
    for done, pair in enumerate(pairs):
        a, b = _ends(found, method, codes, pair[None])
        ts = np.linspace(0, 1, MORPH_STEPS)
        path = method.decode(np.concatenate([_between(a, b, float(t)) for t in ts]))
        smoothness.append(largest_over_path(path_steps(path)))
        shown += [path] if done < SHOWN_MORPHS else []
        yield done + 1, len(pairs), f"{method.name}: morphing"
    if shown:
        found.morphs.append(Morphs(method.name, np.array(smoothness), np.stack(shown)))


def _ends(found: Evaluation, method: Method, codes: Codes, pairs: NDArray[np.int64]) -> tuple[Codes, Codes]:
    """The codes of the pairs' chairs, `(m, …)` twice."""
    if len(codes):
        return codes[pairs[:, 0]], codes[pairs[:, 1]]
    return method.encode(found.grids[pairs[:, 0]]), method.encode(found.grids[pairs[:, 1]])


def _between(a: Codes, b: Codes, t: float) -> Codes:
    """(1 − t)·a + t·b; at the ends a and b themselves."""
    if t in (0.0, 1.0):
        return b if t else a
    return np.float32(1 - t) * a + np.float32(t) * b
