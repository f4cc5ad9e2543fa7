"""Whether a picture encoder's config can be trained with, and the numbers for what it leaves open."""

from __future__ import annotations

import math
from dataclasses import replace

from voxview.errors import InputError
from voxview.model.autoencoder import choose_device
from voxview.model.picture_network import ALEXNET, ENCODERS
from voxview.training.config_ranges import check_ranges, common_ranges, resolve_batch, target_ranges
from voxview.training.parallel.checks import check_splits
from voxview.training.parallel.schemes import HYBRID_C, SCHEMES
from voxview.training.picture_config import PictureConfig
from voxview.training.process_group import ProcessGroup

SMALLEST_BATCH = 2
"""Pictures a step in each process."""


def resolve_picture_config(config: PictureConfig, group: ProcessGroup) -> PictureConfig:
    """Return the config with a batch size and a validation interval; raise `InputError` if it cannot be."""
    check_picture_config(config)
    batch = resolve_batch(config.batch, group, 512, 8, SMALLEST_BATCH)
    part = batch // group.size
    if part % config.reuse:
        raise InputError(
            f"reuse {config.reuse} does not divide the {part} pictures that a process learns from"
        )
    check_splits(replace(config, batch=batch), group.size)
    return replace(config, batch=batch, evaluate_every=config.evaluate_every or max(1, config.steps // 10))


def check_picture_config(config: PictureConfig) -> None:
    """Raise `InputError` for a config that cannot be trained with, `VoxViewError` for a missing device."""
    allowed = {
        "batch": config.batch >= SMALLEST_BATCH or config.batch == 0,
        "reuse": config.reuse >= 1,
        "hidden": 1 <= config.hidden <= 4096,
        "encoder": config.encoder in ENCODERS,
        "groups": config.groups in (1, 2),
        "initial": config.initial in ("relu", "published"),
        "rendered-side": 32 <= config.rendered_side <= 512,
        "optimiser": config.optimiser in ("adamw", "muon", "sgd"),
        "view": 0 <= config.view < math.inf,
        "zoom": 0 <= config.zoom < 1,
        "shift": 0 <= config.shift < 1,
        "colour-noise": 0 <= config.colour_noise < math.inf,
        "parallel": config.parallel in ("", *SCHEMES),
        "filtered": 0 <= config.filtered <= 1,
    }
    check_ranges(config, {**common_ranges(config), **target_ranges(config), **allowed})
    if config.encoder != ALEXNET and (config.parallel or config.initial == "published"):
        option = "--parallel" if config.parallel else "--initial published"
        raise InputError(f"{option} is for AlexNet's layers: give --encoder alexnet")
    if config.update_each_round and config.parallel != HYBRID_C:
        raise InputError("--update-each-round is for --parallel hybrid-c: no other scheme has rounds")
    losses_at_first = any((config.latent, config.view))
    if not losses_at_first and (config.voxels_from or not config.voxels):
        raise InputError("there is no loss: give --latent, --voxels or --view above 0")
    choose_device(config.device)
