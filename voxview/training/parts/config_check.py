"""Whether a parts network's config can be trained with, and the numbers for what it leaves open."""

from __future__ import annotations

from dataclasses import replace

from voxview.model.autoencoder import choose_device
from voxview.training.config_ranges import check_ranges, common_ranges, resolve_batch
from voxview.training.points_config import PartsConfig
from voxview.training.process_group import ProcessGroup

SMALLEST_BATCH = 2
"""Clouds a step in each process."""


def resolve_parts_config(config: PartsConfig, group: ProcessGroup) -> PartsConfig:
    """Return the config with a batch size and a validation interval; raise `InputError` if it cannot be."""
    check_parts_config(config)
    batch = resolve_batch(config.batch, group, 64, 2, SMALLEST_BATCH)
    return replace(config, batch=batch, evaluate_every=config.evaluate_every or max(1, config.steps // 10))


def check_parts_config(config: PartsConfig) -> None:
    """Raise `InputError` for a config that cannot be trained with, `VoxViewError` for a missing device."""
    allowed = {
        "width": 8 <= config.width <= 512 and config.width % 2 == 0,
        "points": 64 <= config.points <= 16_384,
        "batch": config.batch >= SMALLEST_BATCH or config.batch == 0,
        "optimiser": config.optimiser in ("adamw", "muon"),
        "samples": config.samples >= 1,
        "tilt": 0 <= config.tilt <= 45,
        "inside": 0 <= config.inside <= 1,
    }
    check_ranges(config, {**common_ranges(config), **allowed})
    choose_device(config.device)
