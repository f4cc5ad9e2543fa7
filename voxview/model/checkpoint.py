"""A run in the middle, as one `.safetensors` file: so that after a kill it goes on as if nothing had been.

The tensors are the network, its moving average, the critic and the state of both optimisers; the header
holds the step, the config and what the data was. Nothing is pickled: who opens a stranger's checkpoint
runs none of the stranger's code. No random state is kept, because each step seeds its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from voxview.errors import InputError
from voxview.model.config import TrainConfig
from voxview.model.config_file import checked
from voxview.shapes.atomic import write_atomically

FORMAT = "voxview-checkpoint-1"

MAY_CHANGE = ("device", "compile", "channels_last", "evaluate_every")
"""Fields that a resumed run may have otherwise: they move the result by rounding, or not at all."""


@dataclass(frozen=True)
class Checkpoint:
    """What one file holds."""

    config: TrainConfig
    data: str
    """`TrainingData.identity`: the same chairs in the same order have the same."""
    processes: int
    step: int
    """The last step that is in the weights."""
    seconds: float
    """How long the run took up to here."""
    tensors: Mapping[str, Tensor]


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write it whole or not at all, over the one before."""
    from safetensors.torch import save

    header = {
        "format": FORMAT,
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
    """Read one; `InputError` if it is not there, cut short, or no checkpoint."""
    from safetensors import SafetensorError, safe_open

    if not path.exists():
        raise InputError(
            f"there is no {path} to resume: the run has finished, or never began; start it without --resume"
        )
    try:
        with safe_open(path, framework="pt") as file:
            header = dict(file.metadata() or {})
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - no dict
        if header.get("format") != FORMAT:
            raise ValueError("it is a file of another kind")
        config = TrainConfig(**checked(json.loads(header["config"]), str(path)))  # type: ignore[arg-type]
        numbers = (int(header["processes"]), int(header["step"]), float(header["seconds"]))
        return Checkpoint(config, header["data"], *numbers, tensors)
    except (SafetensorError, OSError, ValueError, KeyError, AttributeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            f"{path} is no checkpoint of this version ({reason}): remove it to start anew"
        ) from error


def check_same_run(checkpoint: Checkpoint, config: TrainConfig, data: str, processes: int) -> None:
    """`InputError` that names what differs, if going on would not give what one run would have given."""
    for field in fields(TrainConfig):
        before, now = getattr(checkpoint.config, field.name), getattr(config, field.name)
        if before != now and field.name not in MAY_CHANGE:
            name = field.name.replace("_", "-")
            raise InputError(f"cannot resume: {name} was {before}, and is {now} now; leave it as it was")
    if checkpoint.processes != processes:
        raise InputError(
            f"cannot resume: the run had {checkpoint.processes} processes, and has {processes} now"
        )
    if checkpoint.data != data:
        raise InputError("cannot resume: the chairs are not those that the run began with; check --data")


def prefixed(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """`{"a": …}` → `{"prefix.a": …}`."""
    return {f"{prefix}.{key}": tensor for key, tensor in tensors.items()}


def under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The other way round: what stands below `prefix`, without it."""
    start = f"{prefix}."
    return {key.removeprefix(start): tensor for key, tensor in tensors.items() if key.startswith(start)}


def optimiser_tensors(optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    """What an optimiser remembers of each parameter, by its number and name: `12.exp_avg`."""
    state: Mapping[int, Mapping[str, Tensor]] = optimiser.state_dict()["state"]
    return {f"{number}.{name}": value for number, own in state.items() for name, value in own.items()}


def restore_optimiser(optimiser: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Give an optimiser its memory back; rates and groups are those that it was made with."""
    parameters = [p for group in optimiser.param_groups for p in group["params"]]
    state: dict[int, dict[str, Any]] = {}
    for key, tensor in tensors.items():
        number, _, name = key.partition(".")
        like = parameters[int(number)]
        if tensor.shape == like.shape and tensor.ndim:  # in the parameter's own memory format, for speed
            tensor = torch.empty_like(like).copy_(tensor)
        state.setdefault(int(number), {})[name] = tensor
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})
