"""Reading and writing the picture encoder's weights: `.safetensors` with a header, as other weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from voxview.conventions import LATENT_SIZE
from voxview.errors import InputError
from voxview.model.picture_network import ALEXNET, ENCODERS, PictureNetwork
from voxview.model.weights_file import EncoderWeights, fill_network, read_weights_file, write_weights_file
from voxview.printable import printable

FORMAT = "voxview-picture-1"
"""The header's `format` entry."""

_MOST_HIDDEN = 4096


PictureWeights = EncoderWeights[PictureNetwork]
"""The content of one file of picture weights."""


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
        "encoder": network.encoder,
        "hidden": str(network.layers.hidden),
    }
    if network.encoder == ALEXNET:
        header["groups"] = str(network.alexnet.groups)
    write_weights_file(path, network, header, trained_on, validated_on)


def read_picture_weights(path: Path) -> PictureWeights:
    """Read and validate picture weights; raise `InputError` if truncated, damaged or of another kind."""
    header, tensors, trained_on, validated_on = read_weights_file(path, FORMAT, "picture weights", "picture")
    encoder = header.pop("encoder", ALEXNET)  # older files are all of AlexNet, and do not say so
    hidden, groups, odd = _sizes(header, encoder, path)
    network = fill_network(
        lambda: PictureNetwork(hidden, groups, encoder=encoder), tensors, path, "a picture encoder"
    )
    name, autoencoder = header.pop("name", printable(path.stem)), header.pop("autoencoder", "")
    fingerprint = header.pop("autoencoder_fingerprint", "")
    return PictureWeights(network, name, autoencoder, fingerprint, odd, header, trained_on, validated_on)


def _sizes(header: dict[str, str], encoder: str, path: Path) -> tuple[int, int, int]:
    """Take hidden, groups and odd out of a header; `InputError` if they, or the encoder, are none."""
    groups_text = header.pop("groups", "" if encoder == ALEXNET else "1")
    try:
        hidden, groups, odd = int(header.pop("hidden")), int(groups_text), int(header.pop("odd"))
    except (KeyError, ValueError):
        hidden, groups, odd = 0, 0, 0
    is_known = encoder in ENCODERS and 0 < hidden <= _MOST_HIDDEN and groups in (1, 2)
    if not (is_known and 0 <= odd <= LATENT_SIZE):
        raise InputError(f"{path} does not say what its network is like: train or fetch it again")
    return hidden, groups, odd
