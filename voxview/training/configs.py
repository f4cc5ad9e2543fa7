"""The options of each network that can be trained. Free of torch, as the configs are."""

from __future__ import annotations

from collections.abc import Mapping

from voxview.errors import InputError
from voxview.training.config import TrainConfig
from voxview.training.picture_config import PictureConfig
from voxview.training.points_config import PartsConfig, PointsConfig

Config = TrainConfig | PictureConfig | PointsConfig | PartsConfig

EncoderConfig = PictureConfig | PointsConfig
"""Of a network that predicts an autoencoder's latents."""

ChairsConfig = TrainConfig | PictureConfig | PointsConfig
"""Of a network that learns from real chairs, if there are any, and from procedural ones."""

AUTOENCODER, PICTURE, POINTS, PARTS = "autoencoder", "picture", "points", "parts"

CONFIGS: Mapping[str, type[Config]] = {
    AUTOENCODER: TrainConfig,
    PICTURE: PictureConfig,
    POINTS: PointsConfig,
    PARTS: PartsConfig,
}
"""The config's class by the network's name; `--network` takes these names, the first one by default."""


def config_class(network: str) -> type[Config]:
    """Return the class of a network's config; `InputError` for another name."""
    if network not in CONFIGS:
        raise InputError(f"no network '{network}' can be trained: choose from {', '.join(CONFIGS)}")
    return CONFIGS[network]


def network_of(config: Config) -> str:
    """Return the name of the network that a config is of."""
    return next(name for name, kind in CONFIGS.items() if type(config) is kind)
