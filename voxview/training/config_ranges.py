"""The ranges of options, and the line for a person about one that is outside."""

from __future__ import annotations

import math
from collections.abc import Mapping

from voxview.errors import InputError
from voxview.training.configs import Config, PartsConfig, PictureConfig, PointsConfig
from voxview.training.process_group import ProcessGroup


def resolve_batch(batch: int, group: ProcessGroup, on_gpu: int, on_cpu: int, smallest: int) -> int:
    """Return the batch of all processes together: the one that is given, or for 0 that of the device.

    Raises `InputError` where it does not go to the processes evenly, `smallest` or more each.
    """
    batch = batch or (on_cpu if group.device == "cpu" else on_gpu)
    if batch % group.size or batch // group.size < smallest:
        raise InputError(
            f"a batch of {batch} does not go to {group.size} processes evenly, {smallest} or more each"
        )
    return batch


def check_ranges(config: Config, allowed: Mapping[str, bool]) -> None:
    """Raise `InputError` for the first option, by its name on the command line, that is not allowed."""
    for name, fits in allowed.items():
        if not fits:
            value = getattr(config, name.replace("-", "_"))
            raise InputError(f"{name} cannot be {value}: 'voxview train --help' shows the defaults")


def common_ranges(config: PictureConfig | PointsConfig | PartsConfig) -> dict[str, bool]:
    """Return whether the options that these networks have in common are allowed."""
    return {
        "steps": config.steps >= 1,
        "learning-rate": 0 < config.learning_rate < math.inf,
        "warm-up": config.warm_up >= 0,
        "weight-decay": 0 <= config.weight_decay < math.inf,
        "clip": config.clip > 0,
        "dropout": 0 <= config.dropout < 1,
        "samples": config.samples >= 0,
        "unusual": 0 <= config.unusual <= 1,
        "warp": 0 <= config.warp < 1,
        "average": 0 <= config.average < 1,
        "precision": config.precision in ("bf16", "fp32"),
        "evaluate-every": config.evaluate_every >= 0,
        "seed": 0 <= config.seed < 2**63,
    }


def target_ranges(config: PictureConfig | PointsConfig) -> dict[str, bool]:
    """Return whether the options of what encoders learn are allowed."""
    return {
        "copies": config.copies >= 0,
        "bend": 0 <= config.bend < 16,
        "real-share": 0 <= config.real_share <= 1,
        "refine": 0 <= config.refine <= 100,
        "latent": 0 <= config.latent < math.inf,
        "voxels": 0 <= config.voxels < math.inf,
        "voxels-from": 0 <= config.voxels_from < 1,
        "cross-entropy": 0 <= config.cross_entropy < math.inf,
        "validation": 0 <= config.validation < 1,
    }
