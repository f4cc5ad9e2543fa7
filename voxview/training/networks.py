"""The networks that can be trained, by the names that `--network` takes."""

from __future__ import annotations

from collections.abc import Mapping

from voxview.training.autoencoder_task import TrainedAutoencoder
from voxview.training.configs import AUTOENCODER, PARTS, PICTURE, POINTS, config_class
from voxview.training.parts.task import TrainedParts
from voxview.training.pictures.task import TrainedPicture
from voxview.training.points.task import TrainedPoints
from voxview.training.task import TrainedNetwork

NETWORKS: Mapping[str, TrainedNetwork] = {
    AUTOENCODER: TrainedAutoencoder(),
    PICTURE: TrainedPicture(),
    POINTS: TrainedPoints(),
    PARTS: TrainedParts(),
}


def trained_network(name: str) -> TrainedNetwork:
    """Return the network of a name; `InputError` for one that cannot be trained."""
    config_class(name)  # names the choices
    return NETWORKS[name]
