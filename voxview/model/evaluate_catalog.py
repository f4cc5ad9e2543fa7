"""`voxview evaluate`: which chairs of a catalog are measured, and what beside the weights."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxview.errors import InputError
from voxview.model.autoencoder import Autoencoder, load_autoencoder
from voxview.model.baselines import DistanceBlend, Method, NetworkMethod, VoxelBlend
from voxview.model.baselines_pca import Pca
from voxview.model.data import DistinctGrid, distinct_grids, fingerprint
from voxview.model.evaluate import Evaluation, Plan, evaluate
from voxview.model.evaluate_reference import AGAINST_THE_OTHERS, Reference, find_reference
from voxview.model.weights import find_weights, read_weights
from voxview.shapes.catalog import Catalog

STUDY = "study"


@dataclass(frozen=True)
class Setting:
    """What was measured on what."""

    weights: str
    architecture: str
    notes: Mapping[str, str]
    """What the weights' header says of their training."""
    catalog: str
    listed: int
    """Chairs that the catalog lists."""
    duplicates: int
    """Of them exact copies of another one: measured once."""
    unreadable: int
    left_out: int
    """Left out because the weights, or `study` beside them, were trained on them."""
    trained_on_among_evaluated: int
    """Measured although the weights were trained on them: 0 unless --all was given."""
    remarks: tuple[str, ...]
    """What one has to know to read the figures, a sentence each."""


@dataclass(frozen=True)
class Measured:
    """An evaluation and its setting."""

    setting: Setting
    found: Evaluation


def evaluate_on_catalog(
    weights: str | None,
    catalog: Catalog,
    device: str | None,
    *,
    everything: bool = False,
    baselines: bool = True,
    plan: Plan | None = None,
) -> Generator[tuple[int, int, str], None, Measured]:
    """Measure `weights` on a catalog, without its exact duplicates; yields (done, total, what).

    Chairs that these weights, or `study` beside them, were trained on are left out, unless `everything`
    is asked for: they are what the other baselines are fitted on. `baselines` off leaves only the voxel
    blends beside the weights.
    """
    autoencoder = load_autoencoder(weights, device)
    study = None if find_weights(weights) == find_weights(STUDY) else load_autoencoder(STUDY, device)
    shapes = yield from _named(distinct_grids(catalog), f"reading {catalog.name}")
    if not shapes:
        raise InputError(f"no chair of {catalog.name} can be read: every file of it is broken")
    chosen = _choose(shapes, autoencoder, study, everything=everything)
    grids = np.stack([shape.grid for shape in chosen.evaluated])
    methods: list[Method] = [NetworkMethod(autoencoder, autoencoder.name), VoxelBlend()]
    remarks = [*chosen.remarks]
    reference: Reference | None = None
    if baselines:
        reference = yield from find_reference(chosen.training, grids, everything=everything)
        methods += _baselines(reference, chosen.study, autoencoder.name)
        remarks += reference.sentences
    else:
        remarks.append(f"{AGAINST_THE_OTHERS}; without baselines, nothing is fitted.")
    plan = plan or Plan()
    if plan.crumbs:
        remarks.append(
            "Of every decoded shape, whatever the method, the loose pieces below "
            f"{100 * plan.crumbs:.2f} % of its voxels are removed (--crumbs)."
        )
    found = yield from evaluate(
        methods,
        grids,
        [shape.ids[0] for shape in chosen.evaluated],
        neighbours=reference.fitted_on if reference else None,
        novelty_against=reference.novelty_against if reference else None,
        plan=plan,
    )
    copies = sum(len(shape.ids) - 1 for shape in shapes)
    setting = Setting(
        weights=autoencoder.name,
        architecture=autoencoder.architecture,
        notes=read_weights(find_weights(weights)).notes,
        catalog=catalog.name,
        listed=len(catalog),
        duplicates=copies,
        unreadable=len(catalog) - len(shapes) - copies,
        left_out=len(shapes) - len(chosen.evaluated),
        trained_on_among_evaluated=sum(
            fingerprint(shape.grid) in autoencoder.trained_on for shape in chosen.evaluated
        ),
        remarks=tuple(remarks),
    )
    return Measured(setting, found)


@dataclass(frozen=True)
class _Choice:
    evaluated: list[DistinctGrid]
    training: list[NDArray[np.bool_]]
    """What was left out as trained on."""
    study: Autoencoder | None
    """None where it is what is evaluated, or was trained on all that is."""
    remarks: tuple[str, ...] = ()


def _choose(
    shapes: list[DistinctGrid], autoencoder: Autoencoder, study: Autoencoder | None, *, everything: bool
) -> _Choice:
    seen_by_study = study.trained_on if study else frozenset()
    prints = {id(shape): fingerprint(shape.grid) for shape in shapes}
    fresh = [s for s in shapes if prints[id(s)] not in autoencoder.trained_on]
    if everything:
        seen = len(shapes) - len(fresh)
        warning = (
            f"The weights were trained on {seen:,} of the {len(shapes):,} evaluated chairs (--all): the "
            "figures say how well these were learnt, not how well new chairs are given back."
        )
        return _Choice(shapes, [], study, (warning,) if seen else ())
    if not fresh:
        raise InputError("these weights were trained on every chair of the catalog: --all measures them")
    unseen = [s for s in fresh if prints[id(s)] not in seen_by_study]
    remarks: tuple[str, ...] = ()
    if not unseen:  # nothing to compare on: the weights come first
        unseen, study = fresh, None
        remarks = (f"The network '{STUDY}' is missing: it was trained on every chair that is evaluated.",)
    kept = {id(s) for s in unseen}
    return _Choice(unseen, [s.grid for s in shapes if id(s) not in kept], study, remarks)


def _baselines(reference: Reference, study: Autoencoder | None, evaluated: str) -> list[Method]:
    methods: list[Method] = [DistanceBlend()]
    if reference.fitted_on is not None:
        methods.append(Pca(reference.fitted_on))
    if study is not None:
        methods.append(NetworkMethod(study, STUDY if evaluated != STUDY else f"{STUDY} (shipped)"))
    return methods


def _named(
    steps: Generator[tuple[int, int], None, list[DistinctGrid]], what: str
) -> Generator[tuple[int, int, str], None, list[DistinctGrid]]:
    while True:
        try:
            done, total = next(steps)
        except StopIteration as end:
            return list(end.value)
        yield done, total, what
