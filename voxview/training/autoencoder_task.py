"""Training an autoencoder: its options, its data, its steps and what is written.

The loss stands in `objective.py`, one step of the optimiser in `learner.py`, the sampling of batches in
`batches.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor

from voxview.errors import InputError
from voxview.model.autoencoder import choose_device
from voxview.model.network import Network
from voxview.model.refine import mean_curvature
from voxview.model.weights import Weights, find_weights, load_network, read_weights, write_weights
from voxview.model.weights_card import read_card
from voxview.shapes.bits import fingerprint
from voxview.training.augmentation import augment
from voxview.training.batches import fingerprints, sample_batch, seed_generator
from voxview.training.checkpoint import Checkpoint
from voxview.training.config import TrainConfig
from voxview.training.config_check import resolve_config
from voxview.training.configs import Config
from voxview.training.data import NO_DATA, VALIDATION, GatheredData, TrainingData, gather_data
from voxview.training.learner import Learner
from voxview.training.loop import TrainingStep, run_loop
from voxview.training.notes import result_notes
from voxview.training.preview import make_preview
from voxview.training.process_group import ProcessGroup
from voxview.training.task import TrainedNetwork, Validation
from voxview.training.validation import measure_held_out

CURVATURE_CHAIRS = {"cuda": 512, "cpu": 64}
"""Chairs that the decoder's curvature is averaged over, by device, where the config leaves it open."""


class TrainedAutoencoder(TrainedNetwork):
    """See `task.TrainedNetwork`."""

    unit = "chair"
    columns = ("IoU", "one piece")

    def complete(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the given fields: a run that starts from weights has their architecture.

        Another one that is given stays, and is refused later.
        """
        given = dict(given)
        if given.get("start_from"):
            given.setdefault("architecture", read_card(given["start_from"]).architecture)
        return given

    def resolve(self, config: Config, group: ProcessGroup) -> TrainConfig:
        """Return the config with a batch size and a validation interval."""
        return resolve_config(cast(TrainConfig, config), group)

    def gather(
        self, config: Config, folder: Path | None, held_out_ids: Path | None
    ) -> Generator[str, None, GatheredData]:
        """Read and draw the chairs; those that the starting weights know are not measured."""
        config = cast(TrainConfig, config)
        start = starting_weights(config)
        known = start.trained_on if start else frozenset()
        return (yield from gather_data(config, folder, held_out_ids, known))

    def task(
        self,
        config: Config,
        data: TrainingData,
        group: ProcessGroup,
        sources: Sequence[Tensor] | None,
        out: Path,
        notes: Mapping[str, str],
    ) -> AutoencoderTask:
        """Return what learns from the chairs."""
        return AutoencoderTask(cast(TrainConfig, config), data, group, sources, out, notes)


def train(
    config: TrainConfig,
    data: TrainingData,
    out: Path,
    notes: Mapping[str, str],
    *,
    group: ProcessGroup | None = None,
    checkpoint: Path | None = None,
    resumed: Checkpoint | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[TrainingStep]:
    """Train an autoencoder and write the averaged weights to `out`; yield reports on rank 0.

    `notes` go into the header of the weights, which are written at each validation. The rest is as in
    `run_loop`.
    """
    group = group or ProcessGroup(device=choose_device(config.device))
    config = resolve_config(config, group)
    task = AutoencoderTask(config, data, group, None, out, notes)
    yield from run_loop(config, task, group, data.identity, checkpoint=checkpoint, resumed=resumed, stop=stop)


class AutoencoderTask:
    """See `task.Task`: the learner and its chairs."""

    def __init__(
        self,
        config: TrainConfig,
        data: TrainingData,
        group: ProcessGroup,
        sources: Sequence[Tensor] | None,
        out: Path,
        notes: Mapping[str, str],
    ) -> None:
        """Prepare a run; `sources` are the data's packed chairs where they are on the device already."""
        if sources is None:
            sources = [torch.from_numpy(packed).to(group.device) for packed in (data.real, data.procedural)]
        if not any(len(packed) for packed in sources):
            raise InputError(NO_DATA)
        torch.backends.cudnn.benchmark = group.device != "cpu"  # shapes never change: find the fastest once
        start = starting_weights(config)
        network = load_network(start, find_weights(config.start_from)) if start else None
        self._learner = Learner(config, group, network)
        self._config, self._group, self._sources = config, group, sources
        self._generator = torch.Generator(group.device)
        self._held_out, self._out, self._notes = data.held_out, out, notes
        self._trained_on = (start.trained_on if start else frozenset()).union(fingerprints(data.real))
        measured = map(fingerprint, data.held_out.get(VALIDATION, ()))
        self._validated_on = (start.validated_on if start else frozenset()).union(measured)
        self.state_dict = self._learner.state_dict
        self.load_state_dict = self._learner.load_state_dict

    def learn(self, step: int, rate: float) -> tuple[Tensor, dict[str, Tensor]]:
        """Take one step on this process's part of the batch."""
        seed_generator(self._generator, self._config.seed, step, self._group.rank)
        count = self._config.batch // self._group.size
        grids = sample_batch(self._sources, count, self._config.real_share, self._generator)
        grids = augment(grids, self._config.warp, self._generator, self._config.bend)  # (count, 32, 32, 32)
        return self._learner.learn(grids, step, rate, self._generator)

    def validate(self, step: int) -> Validation:
        """Measure the averaged weights and write them; return their metrics and a preview."""
        network, device = self._learner.result(), self._group.device
        held_out = {name: measure_held_out(network, grids, device) for name, grids in self._held_out.items()}
        header = {**self._notes, **result_notes(self._config, step, held_out)}
        curvature = curvature_on(self._sources, network, self._config)  # (64, 64)
        chairs = {"trained_on": self._trained_on, "validated_on": self._validated_on}
        architecture = self._config.architecture
        write_weights(self._out, network, architecture, self._out.stem, header, curvature=curvature, **chairs)
        sets = list(self._held_out.values())
        return Validation(held_out, make_preview(network, sets[-1], device) if sets else None)


def starting_weights(config: TrainConfig) -> Weights | None:
    """Return the weights that a run starts from, if any; `InputError` if of another architecture."""
    if not config.start_from:
        return None
    path = find_weights(config.start_from)
    weights = read_weights(path)
    if weights.architecture != config.architecture:
        raise InputError(
            f"{path} holds the architecture '{weights.architecture}': start from it with --architecture "
            f"{weights.architecture}"
        )
    return weights


def curvature_on(sources: Sequence[Tensor], network: Network, config: TrainConfig) -> Tensor:
    """Return the decoder's mean curvature on some training chairs, which `refine` needs: `(64, 64)`."""
    generator = torch.Generator(sources[0].device).manual_seed(config.seed)
    chairs = config.curvature_chairs or CURVATURE_CHAIRS[sources[0].device.type]
    some = sample_batch(sources, chairs, config.real_share, generator)
    return mean_curvature(network, some[:, None].float(), generator)
