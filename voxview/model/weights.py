"""Reading and writing weights: `.safetensors` files with a descriptive header. Nothing is ever unpickled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from voxview.conventions import LATENT_SIZE
from voxview.errors import InputError
from voxview.model.network import Network
from voxview.model.residual import ResidualNetwork
from voxview.model.study import StudyNetwork
from voxview.model.symmetric import SymmetricNetwork
from voxview.model.weight_range import check_range, range_problem
from voxview.model.weights_card import DEFAULT_WEIGHTS as DEFAULT_WEIGHTS
from voxview.model.weights_card import SHIPPED as SHIPPED
from voxview.model.weights_card import find_weights as find_weights
from voxview.model.weights_header import check_header, reason_of
from voxview.printable import printable
from voxview.shapes.io.atomic import write_atomically

ARCHITECTURES: Mapping[str, type[Network]] = {
    "symmetric": SymmetricNetwork,
    "voxview": ResidualNetwork,
    "study": StudyNetwork,
}
"""Network class by the architecture's name in the weights' header."""

READABLE_TYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.int64)
"""Types that a parameter may be stored in."""

FORMAT = "voxview-weights-1"
"""The header's `format` entry."""

CURVATURE = "curvature"
"""Key of the decoder's mean curvature (64, 64), which refinement needs (`refine.mean_curvature`);
optional."""

TRAINED_ON = "trained_on"
"""Key of the training chairs' fingerprints, beside the network's own tensors."""

VALIDATED_ON = "validated_on"
"""Key of the fingerprints of the validation split's chairs; optional."""


@dataclass(frozen=True)
class Weights:
    """The content of one weights file."""

    architecture: str
    name: str
    notes: Mapping[str, str]
    """The header's other entries: training data, seed, figures."""
    tensors: Mapping[str, Tensor]
    trained_on: frozenset[int]
    """Fingerprints of the real chairs in the training set, which evaluation excludes."""
    validated_on: frozenset[int] = frozenset()
    """Fingerprints of the real chairs by which options were chosen: evaluation excludes them, too."""
    curvature: Tensor | None = None
    """The decoder's mean curvature `(64, 64)`, if these weights support refinement."""


def read_weights(path: Path) -> Weights:
    """Read and validate a weights file; raise `InputError` if it is truncated or not one of VoxView."""
    from safetensors import SafetensorError, safe_open

    try:
        check_header(path, (TRAINED_ON, VALIDATED_ON))
        with safe_open(path, framework="pt") as file:
            header = dict(file.metadata() or {})
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - no dict
    except (SafetensorError, OSError, ValueError, RuntimeError) as error:
        raise InputError(
            f"{path} is no complete .safetensors file ({reason_of(error)}): train or fetch it again"
        ) from error
    architecture = header.pop("architecture", "")
    for other in ("picture", "points", "parts"):
        if header.get("format", "").startswith(f"voxview-{other}-"):
            raise InputError(
                f"{path} holds {other} weights, which are no autoencoder's: give --{other}-weights them"
            )
    if header.pop("format", "") != FORMAT or architecture not in ARCHITECTURES:
        raise InputError(
            f"{path} holds weights of another program: VoxView reads its own, of {' or '.join(ARCHITECTURES)}"
        )
    trained_on, validated_on = (_fingerprints(tensors, key, path) for key in (TRAINED_ON, VALIDATED_ON))
    curvature = tensors.pop(CURVATURE, None)
    if curvature is not None and not _is_curvature(curvature):
        raise InputError(f"{path} holds an invalid curvature: train or fetch it again")
    header = {printable(key): printable(value) for key, value in header.items()}
    name = header.pop("name", printable(path.stem))
    return Weights(architecture, name, header, tensors, trained_on, validated_on, curvature)


def _fingerprints(tensors: dict[str, Tensor], key: str, path: Path) -> frozenset[int]:
    """Take a list of fingerprints out of a file's tensors; `InputError` if it is none."""
    listed = tensors.pop(key, torch.empty(0, dtype=torch.int64))
    if listed.dtype != torch.int64 or listed.ndim != 1:
        raise InputError(f"{path} holds an invalid list of training chairs: train or fetch it again")
    return frozenset(listed.tolist())


def _is_curvature(tensor: Tensor) -> bool:
    """Return True if a tensor can be a curvature: symmetric, finite and positive semidefinite, `(64, 64)`."""
    if tensor.shape != (LATENT_SIZE, LATENT_SIZE) or tensor.dtype != torch.float32:
        return False
    return bool(
        torch.isfinite(tensor).all()
        and torch.allclose(tensor, tensor.T, rtol=1e-3)
        and torch.linalg.eigvalsh(tensor).min() > -1e-3 * tensor.diagonal().mean()  # less than 0 by rounding
    )


def build_network(weights: Weights, path: Path) -> Network:
    """Return the network with these weights, in float32 on the CPU, prepared for inference."""
    return load_network(weights, path).for_inference()


def load_network(weights: Weights, path: Path) -> Network:
    """Return the network with these weights, trainable; `InputError` if they do not fit the architecture."""
    with torch.device("meta"):  # no memory and no random numbers for what is replaced below: 0.15 s
        network = ARCHITECTURES[weights.architecture]()
    tensors: dict[str, torch.Tensor] = {}
    parameters = dict(network.named_parameters())
    for key, tensor in network.state_dict().items():
        came = weights.tensors.get(key)
        if came is None or came.shape != tensor.shape or came.dtype not in READABLE_TYPES:
            what = "nothing" if came is None else f"{came.dtype} {tuple(came.shape)}"
            raise InputError(
                f"{path} does not fit the architecture '{weights.architecture}': {key} should have shape "
                f"{tuple(tensor.shape)}, but {what} came; use weights of this version of VoxView"
            )
        tensors[key] = came.to(tensor.dtype)
        if problem := range_problem(tensors[key], is_parameter=key in parameters):
            raise InputError(f"{path} holds weights that are {problem} ({key}): train or fetch it again")
    network.load_state_dict(tensors, assign=True)
    return network


def write_weights(
    path: Path,
    network: Network,
    architecture: str,
    name: str,
    notes: Mapping[str, str],
    trained_on: Iterable[int] = (),
    curvature: Tensor | None = None,
    validated_on: Iterable[int] = (),
) -> None:
    """Write a network atomically: parameters in float16, which halves the file, other tensors as they are.

    Raises `VoxViewError` for a network that would not be read again: its numbers overflow.
    """
    from safetensors.torch import save

    check_range(path, network)
    parameters = dict(network.named_parameters())
    tensors = {
        key: (t.half() if key in parameters else t).contiguous().cpu()
        for key, t in network.state_dict().items()
    }
    tensors[TRAINED_ON] = torch.tensor(sorted(trained_on), dtype=torch.int64)
    tensors[VALIDATED_ON] = torch.tensor(sorted(validated_on), dtype=torch.int64)
    if curvature is not None:
        tensors[CURVATURE] = curvature.float().cpu().contiguous()
    header = {"format": FORMAT, "architecture": architecture, "name": name, **notes}
    with write_atomically(path) as temporary:
        temporary.write_bytes(save(tensors, metadata=header))
