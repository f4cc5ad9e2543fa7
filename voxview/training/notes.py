"""The notes in the header of trained weights: their data, terms of use, config and metrics."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import torch

import voxview
from voxview.model.weights_card import read_card
from voxview.training.config import TrainConfig
from voxview.training.data import TrainingData
from voxview.training.process_group import ProcessGroup
from voxview.training.validation import HeldOutMetrics


def run_notes(
    config: TrainConfig, data: TrainingData, folder: Path | None, group: ProcessGroup
) -> dict[str, str]:
    """Return the notes that are known when a run begins; `folder` holds the real chairs, if any."""
    return {
        "real training chairs": str(len(data.real)),
        "procedural training chairs": str(len(data.procedural)),
        "terms": _terms_of_use(config, folder if len(data.real) else None),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "versions": f"VoxView {voxview.__version__}, torch {torch.__version__}",
        "trained on": f"{group.size} × {device_name(group)}",
    }


def result_notes(config: TrainConfig, step: int, held_out: Mapping[str, HeldOutMetrics]) -> dict[str, str]:
    """Return the notes of weights at a step: the config, the step, and the metrics of each held-out set."""
    notes = {key: str(value) for key, value in asdict(config).items()} | {"step": str(step)}
    for name, metrics in held_out.items():
        figures = {"held-out IoU": metrics.iou, "held-out blends in one piece": metrics.one_piece}
        notes |= {f"{key}, {name}": f"{value:.4f}" for key, value in figures.items() if not math.isnan(value)}
    return notes


def device_name(group: ProcessGroup) -> str:
    """Return the name of the GPU that a process of the group trains on, or CPU."""
    return "CPU" if group.device == "cpu" else torch.cuda.get_device_name(group.device)


def _terms_of_use(config: TrainConfig, folder: Path | None) -> str:
    """Return the terms of use of the weights: those of everything that they are trained on."""
    terms = [f"those of the chairs in {folder.name or folder}"] if folder is not None else []
    if config.start_from:
        card = read_card(config.start_from)
        terms.append(f"those of the weights '{card.title}': {card.line}")
    return "; ".join(terms) or "procedural chairs only: as free as VoxView's code"
