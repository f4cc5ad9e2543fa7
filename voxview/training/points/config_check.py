"""Whether a points encoder's config can be trained with, and the numbers for what it leaves open."""

from __future__ import annotations

import math
from dataclasses import replace

from voxview.errors import InputError
from voxview.model.autoencoder import choose_device
from voxview.model.points_network import ENCODERS
from voxview.training.config_ranges import check_ranges, common_ranges, resolve_batch, target_ranges
from voxview.training.points_config import PointsConfig
from voxview.training.process_group import ProcessGroup

SMALLEST_BATCH = 4
"""Clouds a step in each process: each normalises with its own."""


def resolve_points_config(config: PointsConfig, group: ProcessGroup) -> PointsConfig:
    """Return the config with a batch size and a validation interval; raise `InputError` if it cannot be."""
    check_points_config(config)
    batch = resolve_batch(config.batch, group, 256, 8, SMALLEST_BATCH)
    return replace(config, batch=batch, evaluate_every=config.evaluate_every or max(1, config.steps // 10))


def check_points_config(config: PointsConfig) -> None:
    """Raise `InputError` for a config that cannot be trained with, `VoxViewError` for a missing device."""
    allowed = {
        "encoder": config.encoder in ENCODERS,
        "width": 8 <= config.width <= 512 and config.width % 2 == 0,
        "points": 64 <= config.points <= 16_384,
        "batch": config.batch >= SMALLEST_BATCH or config.batch == 0,
        "optimiser": config.optimiser in ("adamw", "muon"),
        "place": 0 <= config.place < math.inf,
        "turn": 0 <= config.turn < math.inf,
        "up": 0 <= config.up < math.inf,
        "orthogonal": 0 <= config.orthogonal < math.inf,
        "turned": 0 <= config.turned <= 1,
        "lying": 0 <= config.lying <= 0.5,
    }
    check_ranges(config, {**common_ranges(config), **target_ranges(config), **allowed})
    if not config.latent and (config.voxels_from or not config.voxels):
        raise InputError("there is no loss on the chair: give --latent or --voxels above 0")
    choose_device(config.device)
