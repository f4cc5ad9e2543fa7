"""What an evaluation holds: its plan, and every figure that was measured."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from voxview.errors import InputError
from voxview.evaluation.shape_metrics import ShapeMetrics
from voxview.evaluation.two_sample import TwoSample
from voxview.shapes.frame import Doubles, Grids

IN_BETWEENS = (0.25, 0.5, 0.75)
"""The t's at which the blends of a pair are measured."""
MORPH_STEPS = 11
"""Blends of a morph, both ends included: t = 0, 0.1 … 1."""


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    pairs: int = 300
    """Random pairs of different chairs, drawn with `seed`; a chair may be in several."""
    morphs: int = 50
    """Of the first of these pairs the whole morph is measured."""
    seed: int = 0
    small_components: float = 0.0
    """Connected components below this share of a decoded shape's voxels are removed, whatever the method;
    0: none."""

    def __post_init__(self) -> None:
        if self.pairs < 1 or self.morphs < 1 or self.seed < 0:
            raise InputError("--pairs and --morphs are 1 or more, and --seed is 0 or more")
        if not 0 <= self.small_components < 1:
            share = self.small_components
            raise InputError(f"--small-components is a share of the voxels, 0 to 1, but {share} came")


@dataclass(frozen=True)
class Reconstruction:
    """One method's reconstructions of n chairs."""

    method: str
    iou: Doubles
    """Of each chair and its reconstruction, `(n,)`."""
    metrics: ShapeMetrics


@dataclass(frozen=True)
class InBetweens:
    """One method's blends of all pairs at one t."""

    method: str
    t: float
    metrics: ShapeMetrics
    novelty: Doubles
    """1 − the largest IoU with any chair of the reference, `(pairs,)`: `metrics.nearest_by_iou`."""


@dataclass(frozen=True)
class Morphs:
    """One method's morphs of m pairs: how even their steps are."""

    method: str
    largest_over_path: Doubles
    """`metrics.largest_over_path` of each morph, `(m,)`."""
    examples: Grids
    """The first few morphs themselves, `(examples, MORPH_STEPS, 32, 32, 32)`."""

    @property
    def largest_over_mean(self) -> Doubles:
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
    """The one that is evaluated: the others are what it is compared with."""
    chairs: ShapeMetrics
    """Of the chairs themselves: what a method can hope for."""
    chairs_novelty: Doubles
    """Of each chair against the reference: how new chairs are that nobody generated, `(n,)`."""
    pairs: NDArray[np.int64]
    """A and B, `(pairs, 2)`; nothing where there is a single chair."""
    reconstructions: list[Reconstruction] = field(default_factory=list)
    in_betweens: list[InBetweens] = field(default_factory=list)
    morphs: list[Morphs] = field(default_factory=list)
    even_pace: Doubles = field(default_factory=lambda: np.empty(0))
    """The evaluated method's largest step over its mean step at even pace, of each morph, `(m,)`."""
    sheet: Grids = field(default_factory=lambda: np.empty((0, len(IN_BETWEENS), 32, 32, 32), bool))
    """The evaluated method's blends of the first pairs at `IN_BETWEENS`, for the contact sheet."""
    two_sample: list[TwoSample] = field(default_factory=list)
    """Whether fresh networks can tell; none if it was not requested."""
    worst: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    """The chairs whose reconstructions by the evaluated method have the lowest IoU, the lowest first."""
    worst_reconstructed: Grids = field(default_factory=lambda: np.empty((0, 32, 32, 32), bool))

    @property
    def parents_symmetry(self) -> Doubles:
        """The mean symmetry of each pair's two chairs, `(pairs,)`."""
        return np.asarray(self.chairs.symmetry[self.pairs].mean(axis=1))

    def reconstruction(self, method: str) -> Reconstruction:
        """Return one method's reconstructions."""
        return next(r for r in self.reconstructions if r.method == method)

    def blends(self, method: str, t: float) -> InBetweens | None:
        """Return one method's blends at one of `IN_BETWEENS`; None where there was no pair."""
        return next((b for b in self.in_betweens if (b.method, b.t) == (method, t)), None)
