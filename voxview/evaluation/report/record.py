"""An evaluation as plain values: what --json writes, and what the terminal and the page are made from."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voxview.engine.machine import Machine
from voxview.evaluation.baselines import VoxelBlend
from voxview.evaluation.catalog import CatalogEvaluation
from voxview.evaluation.estimates import mean_of, percentile_of, rate_of
from voxview.evaluation.report.definitions import DEFINITIONS
from voxview.evaluation.results import (
    IN_BETWEENS,
    MORPH_STEPS,
    Evaluation,
    InBetweens,
    Morphs,
    Reconstruction,
)
from voxview.evaluation.shape_metrics import ShapeMetrics
from voxview.evaluation.two_sample import TwoSample
from voxview.model.arc_length import EVEN_PACE
from voxview.shapes.frame import Doubles

Record = dict[str, Any]
"""JSON's own types, nested. An estimate is {"value", "low", "high"}: the figure and its 95 % interval."""

EVEN = 2.0
"""A morph none of whose steps is above this many times its mean step counts as even."""
NEARLY_EVEN = 3.0

CHAIRS = "the chairs themselves"


def record(result: CatalogEvaluation, machine: Machine, command: str) -> Record:
    """Return everything that the page prints as plain values: the flat figures, then the nested sections."""
    setting, evaluation = result.setting, result.evaluation
    return {
        **_headline(result),
        "command": command,
        "machine": asdict(machine),
        "setting": {**asdict(setting), "notes": dict(setting.notes), **asdict(evaluation.plan)},
        "methods": _names(evaluation),
        "yardstick": {
            **_shape_metrics(evaluation.chairs),
            "novelty": asdict(mean_of(evaluation.chairs_novelty)),
        },
        "reconstruction": {r.method: _reconstruction(r) for r in evaluation.reconstructions},
        "parents_symmetry": asdict(mean_of(evaluation.parents_symmetry)),
        "in_betweens": _in_betweens(evaluation),
        "morphs": {m.method: morph_figures(m) for m in evaluation.morphs},
        "even_pace": _even_pace(evaluation.even_pace),
        "two_sample": [_accuracies(result) for result in evaluation.two_sample],
        "worst": [{"id": evaluation.ids[i], "iou": _iou(evaluation)[i]} for i in evaluation.worst],
        "shown_morphs": [[evaluation.ids[i] for i in pair] for pair in _example_pairs(evaluation)],
        "chair_ious": dict(zip(evaluation.ids, map(float, _iou(evaluation)), strict=True)),
        "definitions": dict(DEFINITIONS),
    }


def _headline(result: CatalogEvaluation) -> Record:
    """Return the flat keys that scripts have read since the first version; blends are those at t = 0.5."""
    setting, evaluation = result.setting, result.evaluation
    iou = _iou(evaluation)
    ours, theirs = evaluation.blends(evaluation.method, 0.5), evaluation.blends(VoxelBlend.name, 0.5)
    half, naive = ours and ours.metrics, theirs and theirs.metrics
    return {
        "weights": setting.weights,
        "architecture": setting.architecture,
        "catalog": setting.catalog,
        "left_out_as_trained_on": setting.left_out,
        "chairs": len(evaluation.grids),
        "iou_mean": float(iou.mean()),
        "iou_median": float(np.median(iou)),
        "iou_p5": float(np.percentile(iou, 5)),
        "chairs_in_one_piece": float(evaluation.chairs.one_piece.mean()),
        "pairs": len(evaluation.pairs),
        "blends_in_one_piece": float(half.one_piece.mean()) if half else 0.0,
        "blends_standing": float(half.stands.mean()) if half else 0.0,
        "voxel_blends_in_one_piece": float(naive.one_piece.mean()) if naive else 0.0,
    }


def _reconstruction(reconstruction: Reconstruction) -> Record:
    return {
        "iou_mean": asdict(mean_of(reconstruction.iou)),
        "iou_median": asdict(percentile_of(reconstruction.iou, 50)),
        "iou_p5": asdict(percentile_of(reconstruction.iou, 5)),
        "iou_lowest": float(reconstruction.iou.min()),
        **_shape_metrics(reconstruction.metrics),
    }


def _in_betweens(evaluation: Evaluation) -> Record:
    return {
        method: {
            f"{t:g}": _blends(blends)
            for t in IN_BETWEENS
            if (blends := evaluation.blends(method, t)) is not None
        }
        for method in dict.fromkeys(b.method for b in evaluation.in_betweens)
    }


def _blends(blends: InBetweens) -> Record:
    return {**_shape_metrics(blends.metrics), "novelty": asdict(mean_of(blends.novelty))}


def _shape_metrics(metrics: ShapeMetrics) -> Record:
    return {
        "one_piece": asdict(rate_of(metrics.one_piece)),
        "stands": asdict(rate_of(metrics.stands)),
        "stands_like_its_chairs": asdict(rate_of(metrics.stands_like_its_chairs)),
        "symmetry": asdict(mean_of(metrics.symmetry)),
    }


def morph_figures(morphs: Morphs) -> Record:
    """Return how even a method's morphs are."""
    over_mean = morphs.largest_over_mean
    rounded = np.round(over_mean, 9)  # 2 times the mean step, to rounding, is 2 times
    return {
        "morphs": len(over_mean),
        "steps": MORPH_STEPS,
        "largest_over_mean": asdict(mean_of(over_mean)),
        "largest_over_mean_worst": float(over_mean.max()),
        "largest_over_path": asdict(mean_of(morphs.largest_over_path)),
        "even": asdict(rate_of(rounded <= EVEN)),
        "within_3": asdict(rate_of(rounded <= NEARLY_EVEN)),
    }


def _even_pace(over_mean: Doubles) -> Record | None:
    if not len(over_mean):
        return None
    return {
        "morphs": len(over_mean),
        "limit": EVEN_PACE,
        "largest_over_mean": asdict(mean_of(over_mean)),
        "largest_over_mean_worst": float(over_mean.max()),
        "within_limit": int((over_mean <= EVEN_PACE).sum()),
    }


def _accuracies(result: TwoSample) -> Record:
    """Return how often fresh networks were right, as means over the seeds and each by itself."""
    return {
        "blends_accuracy": float(np.mean(result.blends)),
        "decoded_accuracy": float(np.mean(result.decoded)),
        **asdict(result),
    }


def _names(evaluation: Evaluation) -> list[str]:
    """Return the methods in the order in which they were measured: the evaluated one first."""
    again, blended = (
        [r.method for r in evaluation.reconstructions],
        [b.method for b in evaluation.in_betweens],
    )
    return list(dict.fromkeys([*again, *blended]))


def method_title(method: str, evaluated: str) -> str:
    """Return a row's title: the default weights are called `chairs`, which could be read as the chairs."""
    return f"these weights ({method})" if method == evaluated else method


def _example_pairs(evaluation: Evaluation) -> NDArray[np.int64]:
    return (
        evaluation.pairs[: len(evaluation.morphs[0].examples)] if evaluation.morphs else evaluation.pairs[:0]
    )


def _iou(evaluation: Evaluation) -> NDArray[np.float64]:
    return evaluation.reconstruction(evaluation.method).iou
