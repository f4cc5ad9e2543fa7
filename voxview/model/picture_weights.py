"""Reading and writing the picture encoder's weights: `.safetensors` with a header, as other weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from voxview.conventions import LATENT_SIZE
from voxview.errors import InputError
from voxview.model.picture_network import PictureNetwork
from voxview.model.weights import READABLE_TYPES, TRAINED_ON, VALIDATED_ON
from voxview.shapes.io.atomic import write_atomically

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
    """Write a network atomically: parameters in float16, statistics in float32."""
    from safetensors.torch import save

    parameters = dict(network.named_parameters())
    tensors = {
        key: (t.half() if key in parameters else t.float()).detach().contiguous().cpu()
        for key, t in network.state_dict().items()
    }
    tensors[TRAINED_ON] = torch.tensor(sorted(trained_on), dtype=torch.int64)
    tensors[VALIDATED_ON] = torch.tensor(sorted(validated_on), dtype=torch.int64)
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
    with write_atomically(path) as temporary:
        temporary.write_bytes(save(tensors, metadata=header))


def read_picture_weights(path: Path) -> PictureWeights:
    """Read and validate picture weights; raise `InputError` if truncated, damaged or of another kind."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            header = dict(file.metadata() or {})
            if header.pop("format", "") != FORMAT:
                raise InputError(
                    f"{path} holds no picture weights: they come from 'voxview train --network picture'"
                )
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - no dict
    except (SafetensorError, OSError, ValueError, RuntimeError) as error:
        if isinstance(error, InputError):
            raise
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            f"{path} is no complete .safetensors file ({reason}): train or fetch it again"
        ) from error
    hidden, groups, odd = _sizes(header, path)
    fingerprints = [tensors.pop(key, torch.empty(0, dtype=torch.int64)) for key in (TRAINED_ON, VALIDATED_ON)]
    if any(listed.dtype != torch.int64 or listed.ndim != 1 for listed in fingerprints):
        raise InputError(f"{path} holds an invalid list of training chairs: train or fetch it again")
    trained_on, validated_on = (frozenset(listed.tolist()) for listed in fingerprints)
    network = _load(tensors, hidden, groups, path)
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


def _load(tensors: Mapping[str, Tensor], hidden: int, groups: int, path: Path) -> PictureNetwork:
    """Return the network with these weights, frozen; `InputError` if they do not fit."""
    with torch.device("meta"):  # no memory and no random numbers for what is replaced below
        network = PictureNetwork(hidden, groups)
    fitting: dict[str, Tensor] = {}
    for key, tensor in network.state_dict().items():
        came = tensors.get(key)
        if came is None or came.shape != tensor.shape or came.dtype not in READABLE_TYPES:
            what = "nothing" if came is None else f"{came.dtype} {tuple(came.shape)}"
            raise InputError(
                f"{path} does not fit a picture encoder: {key} should have shape {tuple(tensor.shape)}, but "
                f"{what} came; use weights of this version of VoxView"
            )
        fitting[key] = came.float()
        if not torch.isfinite(fitting[key].sum(dtype=torch.float64)):
            raise InputError(f"{path} holds weights that are not finite numbers ({key}): fetch it again")
    network.load_state_dict(fitting, assign=True)
    return network.eval().requires_grad_(False)
