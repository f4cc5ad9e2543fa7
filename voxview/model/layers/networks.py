"""Every network by its name: what is built, and what goes into it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from voxview.conventions import RESOLUTION
from voxview.errors import InputError
from voxview.model import alexnet, one_tower, parts_network, points_network
from voxview.model.alexnet import AlexNet
from voxview.model.flow import LatentFlow
from voxview.model.layers.names import NETWORKS
from voxview.model.layers.rows import Unit
from voxview.model.mapping import LatentMapping
from voxview.model.one_tower import OneTower
from voxview.model.parts_network import PartsNetwork
from voxview.model.picture_network import ALEXNET, HIDDEN, RESNET, PictureNetwork
from voxview.model.picture_network import ENCODERS as PICTURE_ENCODERS
from voxview.model.picture_weights import FORMAT as PICTURE_FORMAT
from voxview.model.points_network import ENCODERS, PointsNetwork
from voxview.model.points_weights import PARTS_FORMAT, POINTS_FORMAT
from voxview.model.residual import ResidualNetwork
from voxview.model.study import StudyNetwork
from voxview.model.symmetric import (
    FLOW_WIDTH,
    MAPPING_WIDTH,
    ODD_NUMBERS,
    WIDTHS,
    SymmetricNetwork,
)
from voxview.model.weights import FORMAT
from voxview.model.weights_card import read_card
from voxview.resources import asset

_MOST_WIDTH = 4096


@dataclass(frozen=True)
class Architecture:
    """A network that can be built, and its input."""

    title: str
    unit: Unit
    input: tuple[int, ...]
    """Shape of one example, as the network takes it, without the batch."""
    build: Callable[[], nn.Module]
    """Makes it with all parameters that are in use."""
    build_stored: Callable[[], nn.Module] | None = None
    """Makes it with the parameters of the file, where these are fewer; its modules have the same paths."""


def architecture(name_or_path: str | Path) -> Architecture:
    """Return a network by its name, or that of a weights file; raise `InputError` for another one.

    Where a named network's weights are installed, their header says how wide it is. Building one on the meta
    device for the first time takes one to two seconds, in which PyTorch imports SymPy.
    """
    name = str(name_or_path)
    if name in _FIXED:
        return _FIXED[name]
    if name not in NETWORKS:
        if not Path(name).is_file() and os.sep not in name and not name.endswith(".safetensors"):
            raise InputError(f"no network '{name}': there are {', '.join(NETWORKS)}, and weights files")
        return _of_file(Path(name))
    path = asset("weights", f"{name}.safetensors")
    return _of_file(path) if path.is_file() else _by_default(name)


def example(of: Architecture, device: str = "meta") -> Tensor:
    """Return one example `(1, …)`: of nothing on the meta device, elsewhere of random numbers in [0, 1)."""
    return torch.rand(1, *of.input, device=device)


def build_on_meta(build: Callable[[], nn.Module]) -> nn.Module:
    """Return a network without memory and numbers, in evaluation mode."""
    with torch.device("meta"):
        return build().eval()


def _of_file(path: Path) -> Architecture:
    """Return what a weights file says its network is like."""
    card = read_card(path)
    kind = card.notes.get("format", "")
    unclear = InputError(f"{path} does not say what its network is like: train or fetch it again")
    if kind == PICTURE_FORMAT:
        hidden, encoder = _number(card.notes, "hidden"), card.notes.get("encoder", ALEXNET)
        groups = _number(card.notes, "groups") if encoder == ALEXNET else 1
        if not 0 < hidden <= _MOST_WIDTH or groups not in (1, 2) or encoder not in PICTURE_ENCODERS:
            raise unclear
        return _picture(encoder, hidden, groups)
    if kind in (POINTS_FORMAT, PARTS_FORMAT):
        width, encoder = _number(card.notes, "width"), card.notes.get("encoder", "")
        if not 0 < width <= _MOST_WIDTH or (kind == POINTS_FORMAT and encoder not in ENCODERS):
            raise unclear
        return _points(encoder, width) if kind == POINTS_FORMAT else _parts(width)
    if kind == FORMAT and card.architecture in _AUTOENCODERS:
        return _AUTOENCODERS[card.architecture]
    raise InputError(f"{path} holds weights of another program: VoxView describes its own")


def _by_default(name: str) -> Architecture:
    """Return a named network whose weights are not installed."""
    if name == "picture":
        return _picture(RESNET, HIDDEN, 1)
    if name == "parts":
        return _parts(64)
    if name in ("pointnet", "pointnet2"):
        return _points("pointnet" if name == "pointnet" else "pointnet++", points_network.WIDTH)
    return _AUTOENCODERS["study" if name == "study" else "symmetric"]


def _number(notes: Mapping[str, str], key: str) -> int:
    try:
        return int(notes.get(key, ""))
    except ValueError:
        return -1


def _expanded_symmetric() -> ResidualNetwork:
    """Return the plain network that a symmetric one becomes for inference."""
    network = ResidualNetwork(WIDTHS)
    network.mapping = LatentMapping(ODD_NUMBERS, MAPPING_WIDTH)
    network.flow = LatentFlow(ODD_NUMBERS, FLOW_WIDTH)
    return network


_GRID = (1, RESOLUTION, RESOLUTION, RESOLUTION)

_AUTOENCODERS = {
    "symmetric": Architecture(
        "Residual autoencoder that cannot tell left from right",
        "voxel",
        _GRID,
        _expanded_symmetric,
        SymmetricNetwork,
    ),
    "voxview": Architecture("Residual autoencoder", "voxel", _GRID, ResidualNetwork),
    "study": Architecture("The 2018 study's autoencoder, its Table 1", "voxel", _GRID, StudyNetwork),
}
_FIXED = {
    "alexnet": Architecture(
        "AlexNet of 2012, two groups, 1,000 outputs", "pixel", (3, alexnet.SIDE, alexnet.SIDE), AlexNet
    ),
    "alexnet-one-group": Architecture(
        "AlexNet of 2012 without groups",
        "pixel",
        (3, alexnet.SIDE, alexnet.SIDE),
        lambda: AlexNet(groups=1),
    ),
    "alexnet-one-tower": Architecture(
        "AlexNet of 2014 in one tower", "pixel", (3, one_tower.SIDE, one_tower.SIDE), OneTower
    ),
}


def _picture(encoder: str, hidden: int, groups: int) -> Architecture:
    kind = "AlexNet" if encoder == ALEXNET else "residual network"
    title = f"Picture encoder: {kind} with {hidden} hidden numbers and 64 + 3 outputs"
    side = alexnet.SIDE
    return Architecture(
        title, "pixel", (3, side, side), lambda: PictureNetwork(hidden, groups, encoder=encoder)
    )


def _points(encoder: str, width: int) -> Architecture:
    title = f"Points encoder: {'PointNet' if encoder == 'pointnet' else 'PointNet++'} on 1,024 points"
    shape = (points_network.POINTS, 3)
    return Architecture(title, "point", shape, lambda: PointsNetwork(encoder, width))


def _parts(width: int) -> Architecture:
    title = "Parts network: PointNet++ with feature propagation on 2,048 points"
    return Architecture(title, "point", (parts_network.POINTS, 3), lambda: PartsNetwork(width))
