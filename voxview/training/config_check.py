"""Whether a config can be trained with, and the numbers for what it leaves to the machine."""

from __future__ import annotations

import math
from dataclasses import replace

from voxview.errors import InputError
from voxview.model.autoencoder import choose_device
from voxview.model.weights import ARCHITECTURES
from voxview.training.config import TrainConfig
from voxview.training.config_ranges import check_ranges, resolve_batch
from voxview.training.process_group import ProcessGroup

SMALLEST_BATCH = 4
"""Chairs a step in each process."""


def resolve_config(config: TrainConfig, group: ProcessGroup) -> TrainConfig:
    """Return the config with a batch size and a validation interval; raise `InputError` if it cannot be."""
    check_config(config)
    batch = resolve_batch(config.batch, group, 256, 16, SMALLEST_BATCH)
    return replace(config, batch=batch, evaluate_every=config.evaluate_every or max(1, config.steps // 10))


def check_config(config: TrainConfig) -> None:
    """Raise `InputError` for a config that cannot be trained with, `VoxViewError` for a missing device."""
    if config.architecture not in ARCHITECTURES:
        raise InputError(f"no architecture '{config.architecture}': choose from {', '.join(ARCHITECTURES)}")
    starts = config.start_from != ""
    allowed = {
        "steps": config.steps >= 1,
        "batch": config.batch >= SMALLEST_BATCH or config.batch == 0,
        "interpolate-start": config.interpolate_start == 0 or (starts and 0 < config.interpolate_start < 1),
        "warm-up": config.warm_up >= 0,
        "clip": config.clip > 0,
        "samples": config.samples >= 0,
        "curvature-chairs": config.curvature_chairs >= 0,
        "seed": 0 <= config.seed < 2**63,
        "real-share": 0 <= config.real_share <= 1,
        "average": 0 <= config.average < 1,
        "learning-rate": 0 < config.learning_rate < math.inf,
        "weight-decay": 0 <= config.weight_decay < math.inf,
        "warp": 0 <= config.warp < 1,
        "unusual": 0 <= config.unusual <= 1,
        "bend": 0 <= config.bend < 16,
        "latent-noise": 0 <= config.latent_noise < math.inf,
        "blends": 0 <= config.blends < math.inf,
        "connectivity": 0 <= config.connectivity < math.inf,
        "symmetry": 0 <= config.symmetry < math.inf,
        "evenness": 0 <= config.evenness < math.inf,
        "critic": 0 <= config.critic < math.inf,
        "density": 0 <= config.density < math.inf,
        "latent-critic": 0 <= config.latent_critic < math.inf,
        "validation": 0 <= config.validation < 1,
        "optimiser": config.optimiser in ("adamw", "muon"),
        "precision": config.precision in ("bf16", "fp32"),
        "evaluate-every": config.evaluate_every >= 0,
    }
    check_ranges(config, allowed)
    choose_device(config.device)
