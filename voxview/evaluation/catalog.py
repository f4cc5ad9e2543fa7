"""`voxview evaluate`: which chairs of a catalog are measured, and what beside the weights."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from voxview.errors import InputError
from voxview.evaluation.baselines import DistanceBlend, Method, NetworkMethod, VoxelBlend
from voxview.evaluation.evaluate import evaluate
from voxview.evaluation.pca import Pca
from voxview.evaluation.reference import NOVELTY_AGAINST_OTHERS, Reference, find_reference
from voxview.evaluation.results import Evaluation, Plan
from voxview.evaluation.two_sample import LEAST_CHAIRS, POWERFUL, two_sample_test
from voxview.model.autoencoder import Autoencoder, load_autoencoder
from voxview.model.weights import find_weights, read_weights
from voxview.shapes.bits import fingerprint
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.distinct import DistinctGrid, distinct_grids

STUDY = "study"

Split = Literal["test", "validation"]
"""Which chairs are measured: those that training never looked at, or those by which options are chosen."""


@dataclass(frozen=True)
class EvaluationSetting:
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
    split: Split
    remarks: tuple[str, ...]
    """What one has to know to read the figures, a sentence each."""


@dataclass(frozen=True)
class CatalogEvaluation:
    """An evaluation on a catalog, and its setting."""

    setting: EvaluationSetting
    evaluation: Evaluation


@dataclass(frozen=True)
class _Selection:
    """The chairs to evaluate, and what else that decides."""

    evaluated: list[DistinctGrid]
    training: list[NDArray[np.bool_]]
    """What was left out as trained on."""
    study: Autoencoder | None
    """None where it is what is evaluated, or was trained on all that is."""
    remarks: tuple[str, ...] = ()


def evaluate_on_catalog(
    weights: str | None,
    catalog: Catalog,
    device: str | None,
    *,
    everything: bool = False,
    split: Split = "test",
    baselines: bool = True,
    two_sample: bool | None = None,
    plan: Plan | None = None,
) -> Generator[tuple[int, int, str], None, CatalogEvaluation]:
    """Evaluate `weights` on a catalog, without its exact duplicates; yields (done, total, what).

    Chairs that these weights, or `study` beside them, were trained on are left out, unless `everything` is
    requested: they are what the other baselines are fitted on. The validation split of the weights' training
    is left out as well, or is all that is measured. `baselines` off leaves only the voxel blends beside the
    weights. `two_sample` is whether fresh networks try to tell blends from chairs: None on a GPU only. Raises
    `InputError` where no chair is left.
    """
    plan = plan or Plan()
    autoencoder = load_autoencoder(weights, device)
    study = None if find_weights(weights) == find_weights(STUDY) else load_autoencoder(STUDY, device)
    shapes = yield from with_text(distinct_grids(catalog), f"reading {catalog.name}")
    if not shapes:
        raise InputError(f"no chair of {catalog.name} can be read: every file of it is broken")
    selection = _select(shapes, autoencoder, study, everything=everything, split=split)
    grids = np.stack([shape.grid for shape in selection.evaluated])
    reference: Reference | None = None
    if baselines:
        reference = yield from find_reference(selection.training, grids, everything=everything)
    evaluation = yield from evaluate(
        _methods(autoencoder, selection.study, reference),
        grids,
        [shape.ids[0] for shape in selection.evaluated],
        neighbours=reference.fitted_on if reference else None,
        novelty_against=reference.novelty_against if reference else None,
        plan=plan,
    )
    left_out = yield from _two_sample(two_sample, autoencoder, selection, evaluation)
    remarks = (*selection.remarks, *left_out, *_remarks(reference, plan))
    setting = _setting(weights, autoencoder, catalog, shapes, selection, remarks, split)
    return CatalogEvaluation(setting, evaluation)


def _two_sample(
    requested: bool | None, autoencoder: Autoencoder, selection: _Selection, evaluation: Evaluation
) -> Generator[tuple[int, int, str], None, list[str]]:
    """Run the two-sample test on halves, and with more power where there are chairs to learn on.

    Returns the remark that it was left out, if it was.
    """
    if requested is None and autoencoder.device.type == "cpu":
        return ["The two-sample test was left out, for it takes a GPU or patience: --two-sample runs it."]
    if requested is False:
        return []
    if len(evaluation.grids) < LEAST_CHAIRS:
        return [f"The two-sample test was left out: it takes {LEAST_CHAIRS} chairs."]
    evaluation.two_sample.append((yield from two_sample_test(autoencoder, evaluation.grids)))
    if len(selection.training) >= POWERFUL:
        learn_on = np.stack(selection.training)
        evaluation.two_sample.append((yield from two_sample_test(autoencoder, evaluation.grids, learn_on)))
    return []


def _select(
    shapes: list[DistinctGrid],
    autoencoder: Autoencoder,
    study: Autoencoder | None,
    *,
    everything: bool,
    split: Split,
) -> _Selection:
    """Select the chairs to evaluate; `InputError` if there is none, as where all were trained on."""
    seen_by_study = study.trained_on | study.validated_on if study else frozenset()
    prints = {id(shape): fingerprint(shape.grid) for shape in shapes}
    seen_by_weights = autoencoder.trained_on | autoencoder.validated_on
    fresh = [s for s in shapes if prints[id(s)] not in seen_by_weights]
    if split == "validation":
        return _validation_split(shapes, [prints[id(s)] for s in shapes], autoencoder)
    if everything:
        seen = len(shapes) - len(fresh)
        warning = (
            f"The weights were trained on {seen:,} of the {len(shapes):,} evaluated chairs (--all): the "
            "figures say how well these were learnt, not how well new chairs are given back."
        )
        return _Selection(shapes, [], study, (warning,) if seen else ())
    if not fresh:
        raise InputError("these weights were trained on every chair of the catalog: --all measures them")
    unseen = [s for s in fresh if prints[id(s)] not in seen_by_study]
    remarks: tuple[str, ...] = ()
    if not unseen:  # nothing to compare on: the weights come first
        unseen, study = fresh, None
        remarks = (f"The network '{STUDY}' is missing: it was trained on every chair that is evaluated.",)
    kept = {id(s) for s in unseen}
    return _Selection(unseen, [s.grid for s in shapes if id(s) not in kept], study, remarks)


def _validation_split(shapes: list[DistinctGrid], prints: list[int], autoencoder: Autoencoder) -> _Selection:
    """Select the validation split, without the study's network, which may have been trained on it."""
    known = dict(zip(prints, shapes, strict=True))
    chairs = [shape for print_, shape in known.items() if print_ in autoencoder.validated_on]
    if not chairs:
        raise InputError("no chair of the catalog is in the validation split of these weights' training")
    learnt_from = [shape.grid for print_, shape in known.items() if print_ in autoencoder.trained_on]
    remark = (
        "Measured on the validation split, by which options are chosen: report figures of the test split."
    )
    return _Selection(chairs, learnt_from, None, (remark,))


def _methods(
    autoencoder: Autoencoder, study: Autoencoder | None, reference: Reference | None
) -> list[Method]:
    """Return the evaluated network and its baselines; without a reference, voxel blends alone."""
    evaluated = autoencoder.name
    methods: list[Method] = [NetworkMethod(autoencoder, evaluated), VoxelBlend()]
    if reference is None:
        return methods
    methods.append(DistanceBlend())
    if reference.fitted_on is not None:
        methods.append(Pca(reference.fitted_on))
    if study is not None:
        methods.append(NetworkMethod(study, STUDY if evaluated != STUDY else f"{STUDY} (shipped)"))
    return methods


def _remarks(reference: Reference | None, plan: Plan) -> list[str]:
    """Return what a reader has to know of the baselines and of removed components, a sentence each."""
    if reference is None:
        remarks = [f"{NOVELTY_AGAINST_OTHERS}; without baselines, nothing is fitted."]
    else:
        remarks = [*reference.sentences]
    if plan.small_components:
        remarks.append(
            "Of every decoded shape, whatever the method, the connected components below "
            f"{100 * plan.small_components:.2f} % of its voxels are removed (--small-components)."
        )
    return remarks


def _setting(
    weights: str | None,
    autoencoder: Autoencoder,
    catalog: Catalog,
    shapes: list[DistinctGrid],
    selection: _Selection,
    remarks: tuple[str, ...],
    split: Split,
) -> EvaluationSetting:
    copies = sum(len(shape.ids) - 1 for shape in shapes)
    return EvaluationSetting(
        weights=autoencoder.name,
        architecture=autoencoder.architecture,
        notes=read_weights(find_weights(weights)).notes,
        catalog=catalog.name,
        listed=len(catalog),
        duplicates=copies,
        unreadable=len(catalog) - len(shapes) - copies,
        left_out=len(shapes) - len(selection.evaluated),
        trained_on_among_evaluated=sum(
            fingerprint(shape.grid) in autoencoder.trained_on for shape in selection.evaluated
        ),
        remarks=remarks,
        split=split,
    )


def with_text(
    steps: Generator[tuple[int, int], None, list[DistinctGrid]], text: str
) -> Generator[tuple[int, int, str], None, list[DistinctGrid]]:
    """Yield (done, total, text) for each step (done, total); return what the steps return."""
    while True:
        try:
            done, total = next(steps)
        except StopIteration as end:
            return list(end.value)
        yield done, total, text
