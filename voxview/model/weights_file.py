"""What the files of all encoders' weights have in common: `.safetensors`, a header, lists of known chairs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

import torch
from torch import Tensor, nn

from voxview.errors import InputError
from voxview.model.weight_range import check_range, range_problem
from voxview.model.weights import READABLE_TYPES, TRAINED_ON, VALIDATED_ON
from voxview.model.weights_header import check_header, reason_of
from voxview.printable import printable
from voxview.shapes.io.atomic import write_atomically

N = TypeVar("N", bound=nn.Module)


@dataclass(frozen=True)
class EncoderWeights(Generic[N]):
    """The content of one file of an encoder's weights."""

    network: N
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
    """Fingerprints of the real chairs that it learnt from, which evaluation excludes."""
    validated_on: frozenset[int]
    """Fingerprints of the real chairs by which options were chosen: evaluation excludes them, too."""


class WeightsFile(NamedTuple):
    """The content of one file."""

    header: dict[str, str]
    """Without its format."""
    tensors: Mapping[str, Tensor]
    """Of the network."""
    trained_on: frozenset[int]
    validated_on: frozenset[int]


def write_weights_file(
    path: Path,
    network: nn.Module,
    header: Mapping[str, str],
    trained_on: Iterable[int] = (),
    validated_on: Iterable[int] = (),
) -> None:
    """Write a network atomically: parameters in float16, statistics in float32.

    `header` has the file's `format`; the lists are fingerprints of chairs. Raises `VoxViewError` for a
    network that would not be read again: its numbers overflow.
    """
    from safetensors.torch import save

    check_range(path, network)
    parameters = dict(network.named_parameters())
    tensors = {
        key: (t.half() if key in parameters else t.float()).detach().contiguous().cpu()
        for key, t in network.state_dict().items()
    }
    tensors[TRAINED_ON] = torch.tensor(sorted(trained_on), dtype=torch.int64)
    tensors[VALIDATED_ON] = torch.tensor(sorted(validated_on), dtype=torch.int64)
    with write_atomically(path) as temporary:
        temporary.write_bytes(save(tensors, metadata=dict(header)))


def read_weights_file(path: Path, expected: str, kind: str, network: str) -> WeightsFile:
    """Read a file whose `format` is `expected`; raise `InputError` if truncated, damaged or of another kind.

    `kind` says what it should hold, such as `picture weights`, and `network` what `--network` trains them.
    """
    from safetensors import SafetensorError, safe_open

    try:
        check_header(path, (TRAINED_ON, VALIDATED_ON))
        with safe_open(path, framework="pt") as file:
            header = {printable(key): printable(value) for key, value in (file.metadata() or {}).items()}
            if header.pop("format", "") != expected:
                raise InputError(
                    f"{path} holds no {kind}: they come from 'voxview train --network {network}'"
                )
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - no dict
    except (SafetensorError, OSError, ValueError, RuntimeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{path} is no complete .safetensors file ({reason_of(error)}): train or fetch it again"
        ) from error
    fingerprints = [tensors.pop(key, torch.empty(0, dtype=torch.int64)) for key in (TRAINED_ON, VALIDATED_ON)]
    if any(listed.dtype != torch.int64 or listed.ndim != 1 for listed in fingerprints):
        raise InputError(f"{path} holds an invalid list of training chairs: train or fetch it again")
    return WeightsFile(header, tensors, *(frozenset(listed.tolist()) for listed in fingerprints))


def fill_network(make: Callable[[], N], tensors: Mapping[str, Tensor], path: Path, kind: str) -> N:
    """Return the network with these weights in float32, frozen; `InputError` if they do not fit.

    `kind` says what is expected, such as `a picture encoder`.
    """
    with torch.device("meta"):  # no memory and no random numbers for what is replaced below
        network = make()
    fitting: dict[str, Tensor] = {}
    parameters = dict(network.named_parameters())
    for key, tensor in network.state_dict().items():
        came = tensors.get(key)
        if came is None or came.shape != tensor.shape or came.dtype not in READABLE_TYPES:
            what = "nothing" if came is None else f"{came.dtype} {tuple(came.shape)}"
            raise InputError(
                f"{path} does not fit {kind}: {key} should have shape {tuple(tensor.shape)}, but {what} "
                "came; use weights of this version of VoxView"
            )
        fitting[key] = came.float()
        if problem := range_problem(fitting[key], is_parameter=key in parameters):
            raise InputError(f"{path} holds weights that are {problem} ({key}): fetch it again")
    network.load_state_dict(fitting, assign=True)
    return network.eval().requires_grad_(False)
