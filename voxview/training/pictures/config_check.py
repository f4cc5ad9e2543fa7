"""Whether a picture encoder's config can be trained with, and the numbers for what it leaves open."""

from __future__ import annotations

import math
from dataclasses import replace

from voxview.errors import InputError
from voxview.model.autoencoder import choose_device
from voxview.training.picture_config import PictureConfig
from voxview.training.process_group import ProcessGroup

SMALLEST_BATCH = 2
"""Pictures a step in each process."""


def resolve_picture_config(config: PictureConfig, group: ProcessGroup) -> PictureConfig:
    """Return the config with a batch size and a validation interval; raise `InputError` if it cannot be."""
    check_picture_config(config)
    batch = config.batch or (8 if group.device == "cpu" else 512)
    part = batch // group.size
    if batch % group.size or part < SMALLEST_BATCH:
        raise InputError(
            f"a batch of {batch} does not go to {group.size} processes evenly, {SMALLEST_BATCH} or more each"
        )
    if part % config.reuse:
        raise InputError(
            f"reuse {config.reuse} does not divide the {part} pictures that a process learns from"
        )
    return replace(config, batch=batch, evaluate_every=config.evaluate_every or max(1, config.steps // 10))


def check_picture_config(config: PictureConfig) -> None:
    """Raise `InputError` for a config that cannot be trained with, `VoxViewError` for a missing device."""
    weights = (config.latent, config.voxels, config.view)
    allowed = {
        "steps": config.steps >= 1,
        "batch": config.batch >= SMALLEST_BATCH or config.batch == 0,
        "reuse": config.reuse >= 1,
        "hidden": 1 <= config.hidden <= 4096,
        "groups": config.groups in (1, 2),
        "initial": config.initial in ("relu", "published"),
        "rendered-side": 32 <= config.rendered_side <= 512,
        "learning-rate": 0 < config.learning_rate < math.inf,
        "optimiser": config.optimiser in ("adamw", "muon", "sgd"),
        "warm-up": config.warm_up >= 0,
        "weight-decay": 0 <= config.weight_decay < math.inf,
        "clip": config.clip > 0,
        "dropout": 0 <= config.dropout < 1,
        "samples": config.samples >= 0,
        "unusual": 0 <= config.unusual <= 1,
        "copies": config.copies >= 0,
        "warp": 0 <= config.warp < 1,
        "bend": 0 <= config.bend < 16,
        "real-share": 0 <= config.real_share <= 1,
        "refine": 0 <= config.refine <= 100,
        "latent": 0 <= config.latent < math.inf,
        "voxels": 0 <= config.voxels < math.inf,
        "voxels-from": 0 <= config.voxels_from < 1,
        "cross-entropy": 0 <= config.cross_entropy < math.inf,
        "view": 0 <= config.view < math.inf,
        "zoom": 0 <= config.zoom < 1,
        "shift": 0 <= config.shift < 1,
        "colour-noise": 0 <= config.colour_noise < math.inf,
        "filtered": 0 <= config.filtered <= 1,
        "average": 0 <= config.average < 1,
        "precision": config.precision in ("bf16", "fp32"),
        "evaluate-every": config.evaluate_every >= 0,
        "validation": 0 <= config.validation < 1,
        "seed": 0 <= config.seed < 2**63,
    }
    for name, fits in allowed.items():
        if not fits:
            value = getattr(config, name.replace("-", "_"))
            raise InputError(f"{name} cannot be {value}: 'voxview train --help' shows the defaults")
    if not any(weights) or (config.voxels_from and not any((config.latent, config.view))):
        raise InputError("there is no loss: give --latent, --voxels or --view above 0")
    choose_device(config.device)
