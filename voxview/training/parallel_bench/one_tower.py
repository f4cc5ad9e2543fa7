"""The picture network whose training on several processes is measured: AlexNet in one tower is in it."""

from __future__ import annotations

from functools import cache

import torch

from voxview.model.one_tower import OneTower
from voxview.model.picture_network import PictureNetwork


@cache
def one_tower(outputs: int, hidden: int, side: int) -> PictureNetwork:
    """Return a picture network with that AlexNet in it, as parallel trainings take it: always the same."""
    torch.manual_seed(0)
    network = PictureNetwork(hidden=1)
    network.alexnet = OneTower(outputs, hidden, side).initialise_for_relu()
    return network
