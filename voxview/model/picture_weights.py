"""Reading and writing the picture encoder's weights: `.safetensors` with a header, as other weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from voxview.conventions import LATENT_SIZE
from voxview.errors import InputError
from voxview.model.picture_network import PictureNetwork
from voxview.model.weights_file import fill_network, read_weights_file, write_weights_file

FORMAT = "voxview-picture-1"
"""The header's `format` entry."""

_MOST_HIDDEN = 4096


@dataclass(frozen=True)
class PictureWeights:
    """The content of one file of picture weights."""

    network: PictureNetwork
    """In float32 on the CPU, in evaluation mode and frozen."""
    name: str
    autoencoder: str
    """Name of the autoencoder whose latents are predicted."""
    autoencoder_fingerprint: str
    """`weight_fingerprint` of its tensors."""
    odd: int
    """How many of the last numbers of a latent the mirror image has negated."""
    notes: Mapping[str, str]
    """The header's other entries: training data, terms, figures."""
    trained_on: frozenset[int]
    """Fingerprints of the real chairs whose pictures it learnt from, which evaluation excludes."""
    validated_on: frozenset[int]
    """Fingerprints of the real chairs by which options were chosen: evaluation excludes them, too."""


def write_picture_weights(
    path: Path,
    network: PictureNetwork,
    name: str,
    *,
    autoencoder: str,
    autoencoder_fingerprint: str,
    odd: int,
    notes: Mapping[str, str] | None = None,
    trained_on: Iterable[int] = (),
    validated_on: Iterable[int] = (),
) -> None:
    """Write a network atomically, as `write_weights_file` does."""
    header = {
        **(notes or {}),
        "format": FORMAT,
        "name": name,
        "autoencoder": autoencoder,
        "autoencoder_fingerprint": autoencoder_fingerprint,
        "odd": str(odd),
        "hidden": str(network.alexnet.hidden),
        "groups": str(network.alexnet.groups),
    }
    write_weights_file(path, network, header, trained_on, validated_on)


def read_picture_weights(path: Path) -> PictureWeights:
    """Read and validate picture weights; raise `InputError` if truncated, damaged or of another kind."""
    header, tensors, trained_on, validated_on = read_weights_file(path, FORMAT, "picture weights", "picture")
    hidden, groups, odd = _sizes(header, path)
    network = fill_network(lambda: PictureNetwork(hidden, groups), tensors, path, "a picture encoder")
    name, autoencoder = header.pop("name", path.stem), header.pop("autoencoder", "")
    fingerprint = header.pop("autoencoder_fingerprint", "")
    return PictureWeights(network, name, autoencoder, fingerprint, odd, header, trained_on, validated_on)


def _sizes(header: dict[str, str], path: Path) -> tuple[int, int, int]:
    """Take hidden, groups and odd out of a header; `InputError` if they are none."""
    try:
        hidden, groups, odd = (int(header.pop(key)) for key in ("hidden", "groups", "odd"))
    except (KeyError, ValueError):
        hidden, groups, odd = 0, 0, 0
    if not (0 < hidden <= _MOST_HIDDEN and groups in (1, 2) and 0 <= odd <= LATENT_SIZE):
        raise InputError(f"{path} does not say what its network is like: train or fetch it again")
    return hidden, groups, odd
