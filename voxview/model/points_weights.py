"""Reading and writing weights of points encoders and of the parts network, as other weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from voxview.conventions import LATENT_SIZE
from voxview.errors import InputError
from voxview.model.parts_network import PartsNetwork
from voxview.model.points_network import ENCODERS, PointsNetwork
from voxview.model.weights_file import EncoderWeights, fill_network, read_weights_file, write_weights_file
from voxview.printable import printable

POINTS_FORMAT = "voxview-points-1"
"""The header's `format` entry of a points encoder."""
PARTS_FORMAT = "voxview-parts-1"
"""The same of a parts network."""

_MOST_WIDTH = 512


PointsWeights = EncoderWeights[PointsNetwork]
"""The content of one file of points weights."""


@dataclass(frozen=True)
class PartsWeights:
    """The content of one file of parts weights."""

    network: PartsNetwork
    """In float32 on the CPU, in evaluation mode and frozen."""
    name: str
    notes: Mapping[str, str]
    """The header's other entries."""


def write_points_weights(
    path: Path,
    network: PointsNetwork,
    name: str,
    *,
    autoencoder: str,
    autoencoder_fingerprint: str,
    odd: int,
    notes: Mapping[str, str] | None = None,
    trained_on: Iterable[int] = (),
    validated_on: Iterable[int] = (),
) -> None:
    """Write a points encoder atomically, as `write_weights_file` does."""
    header = {
        **(notes or {}),
        "format": POINTS_FORMAT,
        "name": name,
        "autoencoder": autoencoder,
        "autoencoder_fingerprint": autoencoder_fingerprint,
        "odd": str(odd),
        "encoder": network.encoder,
        "width": str(network.width),
    }
    write_weights_file(path, network, header, trained_on, validated_on)


def read_points_weights(path: Path) -> PointsWeights:
    """Read and validate points weights; raise `InputError` if truncated, damaged or of another kind."""
    header, tensors, trained_on, validated_on = read_weights_file(
        path, POINTS_FORMAT, "points weights", "points"
    )
    encoder, width, odd = header.pop("encoder", ""), _number(header, "width"), _number(header, "odd")
    if encoder not in ENCODERS or not 0 < width <= _MOST_WIDTH or not 0 <= odd <= LATENT_SIZE:
        raise InputError(f"{path} does not say what its network is like: train or fetch it again")
    network = fill_network(lambda: PointsNetwork(encoder, width), tensors, path, "a points encoder")
    name, autoencoder = header.pop("name", printable(path.stem)), header.pop("autoencoder", "")
    fingerprint = header.pop("autoencoder_fingerprint", "")
    return PointsWeights(network, name, autoencoder, fingerprint, odd, header, trained_on, validated_on)


def write_parts_weights(
    path: Path, network: PartsNetwork, name: str, notes: Mapping[str, str] | None = None
) -> None:
    """Write a parts network atomically, as `write_weights_file` does."""
    header = {**(notes or {}), "format": PARTS_FORMAT, "name": name, "width": str(network.width)}
    write_weights_file(path, network, header)


def read_parts_weights(path: Path) -> PartsWeights:
    """Read and validate parts weights; raise `InputError` if truncated, damaged or of another kind."""
    header, tensors, _, _ = read_weights_file(path, PARTS_FORMAT, "parts weights", "parts")
    width = _number(header, "width")
    if not 0 < width <= _MOST_WIDTH:
        raise InputError(f"{path} does not say what its network is like: train or fetch it again")
    network = fill_network(lambda: PartsNetwork(width), tensors, path, "a parts network")
    return PartsWeights(network, header.pop("name", printable(path.stem)), header)


def _number(header: dict[str, str], key: str) -> int:
    """Take a number out of a header; −1 where there is none."""
    try:
        return int(header.pop(key))
    except (KeyError, ValueError):
        return -1
