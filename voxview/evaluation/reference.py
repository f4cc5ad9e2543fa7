"""The chairs that baselines are fitted on and novelty is measured against: never one that is evaluated."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np

from voxview.counts import counted
from voxview.shapes.bits import fingerprint
from voxview.shapes.frame import Grids

MIN_TRAINING_CHAIRS = 200
"""Training chairs that a fit with 64 components needs to mean anything."""

GENERATED = 2000
"""Chairs of our generator that stand in for a training split that is not there; 1 ms each."""

NOVELTY_AGAINST_OTHERS = "Novelty is against the catalog's other chairs, a blend's two parents left out"

_SEED = 20_181
"""Neither that of the sample chairs nor that of a training run, unless it is requested."""


@dataclass(frozen=True)
class Reference:
    """The reference of one evaluation, and the sentences that explain it."""

    fitted_on: Grids | None
    """What PCA is fitted on and neighbours are looked for in, `(n, 32, 32, 32)`; None: nothing can be."""
    novelty_against: Grids | None
    """The training chairs; None: the catalog's other chairs have to do."""
    fit: str
    """A sentence: what `fitted_on` is, or why it is missing."""
    novelty: str
    """A sentence: what novelty is against."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a reader has to know; a single sentence where both are the same."""
        return tuple(dict.fromkeys((self.fit, self.novelty)))


def find_reference(
    training: Sequence[Grids], evaluated: Grids, *, everything: bool
) -> Generator[tuple[int, int, str], None, Reference]:
    """Choose the reference: `training` are the catalog's chairs that are left out as trained on.

    With too few of them the baselines are fitted on chairs of our generator. With `everything`, the
    training chairs are evaluated as well, and nothing clean is left to fit on.
    """
    if everything:
        return Reference(
            None,
            None,
            "PCA and nearest neighbours are missing: with --all, the chairs they are fitted on would be "
            "evaluated as well.",
            f"{NOVELTY_AGAINST_OTHERS}, because with --all the training chairs are among the evaluated ones.",
        )
    if len(training) >= MIN_TRAINING_CHAIRS:
        chairs = np.stack(training)
        both = (
            "PCA is fitted on, nearest neighbours are looked for in, and novelty is against, the "
            f"{counted(len(chairs), 'chair')} of this catalog that were left out as trained on."
        )
        return Reference(chairs, chairs, both, both)
    generated = yield from _generate({fingerprint(grid) for grid in evaluated})
    return Reference(
        generated,
        None,
        f"This catalog holds {len(training) or 'none'} of the chairs that the weights were trained on, so "
        f"PCA is fitted on, and nearest neighbours are looked for in, {counted(len(generated), 'chair')} "
        "drawn from VoxView's own generator: where the evaluated chairs come from elsewhere, these two are "
        "weaker than on a training split of their own.",
        f"{NOVELTY_AGAINST_OTHERS}, because too few of the training chairs are in the catalog.",
    )


def _generate(exclude: set[int]) -> Generator[tuple[int, int, str], None, Grids]:
    """Build `GENERATED` chairs, without the fingerprints in `exclude`; yields (done, total, what)."""
    from voxview.shapes.catalogs.samples import build_chair, random_recipe

    rng = np.random.default_rng(_SEED)
    chairs = []
    for done in range(GENERATED):
        grid = build_chair(random_recipe(rng))
        if fingerprint(grid) not in exclude:
            chairs.append(grid)
        if done % 50 == 0:
            yield done, GENERATED, "drawing chairs to fit the baselines on"
    return np.stack(chairs)
