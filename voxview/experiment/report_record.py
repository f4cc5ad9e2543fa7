"""An evaluation as plain values: what --json writes, and what the terminal and the page are made from."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voxview.experiment.report_definitions import DEFINITIONS
from voxview.experiment.results import Machine
from voxview.model.baselines import VoxelBlend
from voxview.model.evaluate import IN_BETWEENS, MORPH_STEPS, Evaluation, InBetweens, Morphs, Reconstruction
from voxview.model.evaluate_catalog import Measured
from voxview.model.evaluate_estimates import mean_of, percentile_of, rate_of
from voxview.model.evaluate_shapes import Looks

Record = dict[str, Any]
"""JSON's own types, nested. An estimate is {"value", "low", "high"}: the figure and its 95 % interval."""

SMOOTH = 3.0
"""A morph whose largest step is at most this many times its mean step counts as smooth; 2 as very smooth."""
VERY_SMOOTH = 2.0

CHAIRS = "the chairs themselves"


def record(measured: Measured, machine: Machine, command: str) -> Record:
    """Everything the page says, as plain values: first the flat figures, then the nested sections."""
    setting, found = measured.setting, measured.found
    return {
        **_headline(measured),
        "command": command,
        "machine": asdict(machine),
        "setting": {**asdict(setting), "notes": dict(setting.notes), **asdict(found.plan)},
        "methods": _names(found),
        "yardstick": {**_looks(found.chairs), "novelty": asdict(mean_of(found.chairs_novelty))},
        "reconstruction": {r.method: _reconstruction(r) for r in found.reconstructions},
        "parents_symmetry": asdict(mean_of(found.parents_symmetry)),
        "in_betweens": _in_betweens(found),
        "morphs": {m.method: _morphs(m) for m in found.morphs},
        "worst": [{"id": found.ids[i], "iou": _iou(found)[i]} for i in found.worst],
        "shown_morphs": [[found.ids[i] for i in pair] for pair in _shown_pairs(found)],
        "chair_ious": dict(zip(found.ids, map(float, _iou(found)), strict=True)),
        "definitions": dict(DEFINITIONS),
    }


def _headline(measured: Measured) -> Record:
    """The flat keys that scripts have read since the first version; blends are those at t = 0.5."""
    setting, found = measured.setting, measured.found
    iou = _iou(found)
    ours, theirs = found.blends(found.method, 0.5), found.blends(VoxelBlend.name, 0.5)
    half, naive = ours and ours.looks, theirs and theirs.looks
    return {
        "weights": setting.weights,
        "architecture": setting.architecture,
        "catalog": setting.catalog,
        "left_out_as_trained_on": setting.left_out,
        "chairs": len(found.grids),
        "iou_mean": float(iou.mean()),
        "iou_median": float(np.median(iou)),
        "iou_p5": float(np.percentile(iou, 5)),
        "chairs_in_one_piece": float(found.chairs.one_piece.mean()),
        "pairs": len(found.pairs),
        "blends_in_one_piece": float(half.one_piece.mean()) if half else 0.0,
        "blends_standing": float(half.on_the_floor.mean()) if half else 0.0,
        "voxel_blends_in_one_piece": float(naive.one_piece.mean()) if naive else 0.0,
    }


def _reconstruction(found: Reconstruction) -> Record:
    return {
        "iou_mean": asdict(mean_of(found.iou)),
        "iou_median": asdict(percentile_of(found.iou, 50)),
        "iou_p5": asdict(percentile_of(found.iou, 5)),
        "iou_lowest": float(found.iou.min()),
        **_looks(found.looks),
    }


def _in_betweens(found: Evaluation) -> Record:
    return {
        method: {
            f"{t:g}": _blends(blends) for t in IN_BETWEENS if (blends := found.blends(method, t)) is not None
        }
        for method in dict.fromkeys(b.method for b in found.in_betweens)
    }


def _blends(found: InBetweens) -> Record:
    return {**_looks(found.looks), "novelty": asdict(mean_of(found.novelty))}


def _looks(looks: Looks) -> Record:
    return {
        "one_piece": asdict(rate_of(looks.one_piece)),
        "stands": asdict(rate_of(looks.stands)),
        "on_the_floor": asdict(rate_of(looks.on_the_floor)),
        "symmetry": asdict(mean_of(looks.symmetry)),
    }


def _morphs(found: Morphs) -> Record:
    over_mean = found.largest_over_mean
    rounded = np.round(over_mean, 9)  # 3 times the mean step, to rounding, is 3 times
    return {
        "morphs": len(over_mean),
        "steps": MORPH_STEPS,
        "largest_over_mean": asdict(mean_of(over_mean)),
        "largest_over_mean_worst": float(over_mean.max()),
        "largest_over_path": asdict(mean_of(found.largest_over_path)),
        "within_3": asdict(rate_of(rounded <= SMOOTH)),
        "within_2": asdict(rate_of(rounded <= VERY_SMOOTH)),
    }


def _names(found: Evaluation) -> list[str]:
    """The methods in the order in which they were measured: the evaluated one first."""
    again, blended = [r.method for r in found.reconstructions], [b.method for b in found.in_betweens]
    return list(dict.fromkeys([*again, *blended]))


def method_title(method: str, evaluated: str) -> str:
    """What a row is called: the default weights are called `chairs`, which a reader might take for chairs."""
    return f"these weights ({method})" if method == evaluated else method


def _shown_pairs(found: Evaluation) -> NDArray[np.int64]:
    return found.pairs[: len(found.morphs[0].shown)] if found.morphs else found.pairs[:0]


def _iou(found: Evaluation) -> NDArray[np.float64]:
    return found.reconstruction(found.method).iou
