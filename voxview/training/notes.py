"""The notes in the header of trained weights: their data, terms of use, config and metrics."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import torch

import voxview
from voxview.model.weights_card import read_card
from voxview.training.configs import Config
from voxview.training.data import TrainingData
from voxview.training.process_group import ProcessGroup
from voxview.training.task import SetMetrics


def run_notes(config: Config, data: TrainingData, folder: Path | None, group: ProcessGroup) -> dict[str, str]:
    """Return the notes that are known when a run begins; `folder` holds the real chairs, if any."""
    return {
        "real training chairs": str(len(data.real)),
        "procedural training chairs": str(len(data.procedural)),
        "terms": _terms_of_use(config, folder if len(data.real) else None),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "versions": f"VoxView {voxview.__version__}, torch {torch.__version__}",
        "trained on": f"{group.size} × {device_name(group)}",
    }


def result_notes(config: Config, step: int, held_out: Mapping[str, SetMetrics]) -> dict[str, str]:
    """Return the notes of weights at a step: the config, the step, and the metrics of each held-out set."""
    notes = {key: str(value) for key, value in asdict(config).items()} | {"step": str(step)}
    for name, metrics in held_out.items():
        notes |= {f"{key}, {name}": text for key, text in metrics.notes.items() if text}
    return notes


def device_name(group: ProcessGroup) -> str:
    """Return the name of the GPU that a process of the group trains on, or CPU."""
    return "CPU" if group.device == "cpu" else torch.cuda.get_device_name(group.device)


def _terms_of_use(config: Config, folder: Path | None) -> str:
    """Return the terms of use of the weights: those of everything that they are trained on."""
    terms = [f"those of the chairs in {folder.name or folder}"] if folder is not None else []
    if config.learns_from:
        card = read_card(config.learns_from)
        terms.append(f"those of the weights '{card.title}': {card.line}")
    return "; ".join(terms) or "procedural chairs only: as free as VoxView's code"
