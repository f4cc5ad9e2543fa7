"""The checkpoint of a run: one `.safetensors` file with all that the next step depends on.

The tensors are the network, its moving average, the critic and the state of both optimisers; the header
holds the step, the config and the identity of the data. Nothing is pickled, so opening a stranger's
checkpoint runs none of the stranger's code. No random state is kept, because each step seeds its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from torch import Tensor

from voxview.errors import InputError
from voxview.model.weights_header import check_header, reason_of
from voxview.shapes.io.atomic import write_atomically
from voxview.training.config_file import checked_fields
from voxview.training.configs import AUTOENCODER, PICTURE, Config, config_class, network_of
from voxview.training.former_names import FORMER_DEFAULTS, FORMER_PICTURE_DEFAULTS

FORMAT = "voxview-checkpoint-1"

MAY_CHANGE = ("device", "compile", "channels_last", "evaluate_every", "parallel")
"""Fields that may differ in a resumed run: they move the result by rounding, or not at all.

Except that with batch normalisation another `parallel` takes statistics of other parts of the batch.
"""


@dataclass(frozen=True)
class Checkpoint:
    """The content of one checkpoint file."""

    config: Config
    data: str
    """`TrainingData.identity`, equal for the same chairs in the same order."""
    processes: int
    step: int
    """The last step that is in the weights."""
    seconds: float
    """Duration of the run up to here, without breaks."""
    tensors: Mapping[str, Tensor]


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint over the one before, whole or not at all."""
    from safetensors.torch import save

    header = {
        "format": FORMAT,
        "network": network_of(checkpoint.config),
        "config": json.dumps(asdict(checkpoint.config)),
        "data": checkpoint.data,
        "processes": str(checkpoint.processes),
        "step": str(checkpoint.step),
        "seconds": repr(checkpoint.seconds),
    }
    tensors = {key: tensor.detach().cpu().contiguous() for key, tensor in checkpoint.tensors.items()}
    with write_atomically(path) as temporary:
        temporary.write_bytes(save(tensors, metadata=header))


def read_checkpoint(path: Path) -> Checkpoint:
    """Return the checkpoint of a file; raise `InputError` if it is missing, cut short, or no checkpoint.

    Fields of the config are read by the names of older versions, too.
    """
    from safetensors import SafetensorError, safe_open

    if not path.exists():
        raise InputError(
            f"there is no {path} to resume: the run has finished, or never began; start it without --resume"
        )
    try:
        check_header(path)
        with safe_open(path, framework="pt") as file:
            header = dict(file.metadata() or {})
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - no dict
        if header.get("format") != FORMAT:
            raise ValueError("it is a file of another kind")
        network = header.get("network", AUTOENCODER)  # older versions trained nothing else
        former = {AUTOENCODER: FORMER_DEFAULTS, PICTURE: FORMER_PICTURE_DEFAULTS}.get(network, {})
        given = {**former, **json.loads(header["config"])}
        config = config_class(network)(**checked_fields(given, str(path), network))  # type: ignore[arg-type]
        numbers = (int(header["processes"]), int(header["step"]), float(header["seconds"]))
        return Checkpoint(config, header["data"], *numbers, tensors)
    except (
        SafetensorError,
        OSError,
        ValueError,
        KeyError,
        AttributeError,
        TypeError,
        RecursionError,
    ) as error:
        raise InputError(
            f"{path} is no checkpoint of this version ({reason_of(error)}): remove it to start anew"
        ) from error


def check_same_network(checkpoint: Checkpoint, network: str) -> None:
    """Raise `InputError` unless the run that is resumed trains the network of this name."""
    before = network_of(checkpoint.config)
    if before != network:
        raise InputError(f"cannot resume: the run trains --network {before}, and not {network}")


def check_same_run(checkpoint: Checkpoint, config: Config, data: str, processes: int) -> None:
    """Raise `InputError`, naming what differs, unless resuming gives the result of one unbroken run.

    With `--parallel` the state is whole, and any number of processes may go on, with other random pictures.
    """
    check_same_network(checkpoint, network_of(config))
    for field in fields(config):
        before, now = getattr(checkpoint.config, field.name), getattr(config, field.name)
        if before != now and field.name not in MAY_CHANGE:
            name = field.name.replace("_", "-")
            raise InputError(f"cannot resume: {name} was {before}, and is {now} now; leave it as it was")
    if checkpoint.processes != processes and not getattr(config, "parallel", ""):
        raise InputError(
            f"cannot resume: the run had {checkpoint.processes} processes, and has {processes} now"
        )
    if checkpoint.data != data:
        raise InputError("cannot resume: the chairs are not those that the run began with; check --data")
