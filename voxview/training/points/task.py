"""Training a points encoder: its options, its data, its steps and what is written."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import torch
from torch import Tensor

from voxview.errors import InputError
from voxview.model.points_card import find_points_weights
from voxview.model.points_network import PointsNetwork
from voxview.model.points_weights import PointsWeights, read_points_weights, write_points_weights
from voxview.training.averaged_learner import AveragedLearner
from voxview.training.batches import seed_generator
from voxview.training.configs import Config
from voxview.training.data import GatheredData, TrainingData
from voxview.training.encoder_data import (
    check_latents,
    gather_for_encoder,
    origin,
    prepare_encoder_data,
    with_terms_of,
    without,
)
from voxview.training.formats import mixed_precision
from voxview.training.notes import result_notes
from voxview.training.optimisers import make_optimisers
from voxview.training.points.batch import PointsBatch, Scanner, make_batch, upward_rotations
from voxview.training.points.config_check import resolve_points_config
from voxview.training.points.objective import points_losses
from voxview.training.points.preview import COLUMNS as SHOWN
from voxview.training.points.preview import PointsPreview
from voxview.training.points.scanners import ONE_VIEW, TRAINING, scanner
from voxview.training.points.validation import (
    COLUMNS,
    Predicted,
    ScannedSet,
    measure_points,
    predict_set,
    scan_set,
)
from voxview.training.points_config import PointsConfig
from voxview.training.process_group import ProcessGroup
from voxview.training.targets import learnt_metric, odd_numbers
from voxview.training.task import TrainedNetwork, Validation

OWN_ENTRIES = ("autoencoder", "encoder", "width")
"""Options that the header holds already, as what was made."""


class TrainedPoints(TrainedNetwork):
    """See `task.TrainedNetwork`."""

    unit = "cloud"
    columns = COLUMNS

    def __init__(self, scanners: Callable[[str], Scanner] = scanner) -> None:
        self._scanners = scanners

    def resolve(self, config: Config, group: ProcessGroup) -> PointsConfig:
        """Return the config with a batch size and a validation interval."""
        return resolve_points_config(cast(PointsConfig, config), group)

    def gather(
        self, config: Config, folder: Path | None, held_out_ids: Path | None
    ) -> Generator[str, None, GatheredData]:
        """Read and draw the chairs; those that the autoencoder was trained on are not measured."""
        return (yield from gather_for_encoder(cast(PointsConfig, config), folder, held_out_ids))

    def task(
        self,
        config: Config,
        data: TrainingData,
        group: ProcessGroup,
        sources: Sequence[Tensor] | None,
        out: Path,
        notes: Mapping[str, str],
    ) -> PointsTask:
        """Return what learns from scans of the chairs."""
        return PointsTask(cast(PointsConfig, config), data, group, sources, out, notes, self._scanners)


class PointsTask:
    """See `task.Task`: the network, its chairs, and what scans them."""

    def __init__(
        self,
        config: PointsConfig,
        data: TrainingData,
        group: ProcessGroup,
        sources: Sequence[Tensor] | None,
        out: Path,
        notes: Mapping[str, str],
        scanners: Callable[[str], Scanner],
    ) -> None:
        """Prepare a run: encode the chairs, make the network."""
        self._config, self._group, self._scanners = replace(config, device=group.device), group, scanners
        self._data, self._out, self._notes = data, out, notes
        self._scan = scanners(TRAINING)
        self._generator = torch.Generator(group.device)
        self._start = starting_weights(config)
        self._autoencoder, self._targets = prepare_encoder_data(config, data, group, sources, self._generator)
        self._odd = odd_numbers(self._autoencoder)
        self._rotations = upward_rotations(group.device)
        chairs = self._targets.latents[: self._targets.with_copies or None]
        network = self._new_network(chairs)
        self._metric = learnt_metric(self._autoencoder, chairs, network.latent_mean, config.curvature)
        optimisers = make_optimisers(network, self._config)
        self._learner = AveragedLearner(network, optimisers, group, clip=config.clip, average=config.average)
        self._sets: dict[str, ScannedSet] = {}
        self.state_dict = self._learner.state_dict
        self.load_state_dict = self._learner.load_state_dict

    def _new_network(self, chairs: Tensor) -> PointsNetwork:
        """Return a network with initial weights and the chairs' statistics, or the one to start from."""
        config = self._config
        torch.manual_seed(config.seed)
        network = PointsNetwork(config.encoder, config.width, config.dropout).to(self._group.device)
        if self._start is None:
            network.set_latent_statistics(chairs, self._odd)
        else:
            network.load_state_dict(self._start.network.state_dict())
        return network

    def learn(self, step: int, rate: float) -> tuple[Tensor, dict[str, Tensor]]:
        """Scan random chairs, this process's part of the batch, and take one step on them."""
        batch = self._batch(step)
        network, decoder = self._learner.network, self._autoencoder.network

        def losses() -> dict[str, Tensor]:
            with mixed_precision(self._config):
                output = network(batch.points)
            return points_losses(output, batch, network, decoder, self._metric, self._config, step)

        return self._learner.learn(losses, step, rate)

    def _batch(self, step: int) -> PointsBatch:
        config, generator = self._config, self._generator
        seed_generator(generator, config.seed, step, self._group.rank)
        torch.manual_seed(generator.initial_seed())  # of the dropouts, which take no generator
        count = config.batch // self._group.size
        grids, latents = self._targets.draw(count, config.real_share, generator)
        points = self._scan(grids, config.points, generator)
        return make_batch(points, latents, grids, config, self._odd, self._rotations, generator)

    def validate(self, step: int) -> Validation:
        """Measure the averaged weights and write them; return their metrics and a preview."""
        network, decoder = self._learner.result(), self._autoencoder.network
        if not self._sets:  # scanned once, and only where they are measured
            for name, grids in self._data.held_out.items():
                self._sets[name] = scan_set(self._scanners, grids, self._config.points, self._group.device)
        predicted = {name: predict_set(network, decoder, some) for name, some in self._sets.items()}
        metrics = {
            name: measure_points(predicted[name], some, self._targets, self._metric)
            for name, some in self._sets.items()
        }
        notes = {**self._notes, **result_notes(self._config, step, metrics)}
        write_points_weights(
            self._out,
            network,
            self._out.stem,
            odd=self._odd,
            notes=without(with_terms_of(self._start, notes), OWN_ENTRIES),
            **origin(self._config, self._data, self._start.trained_on if self._start else frozenset()),
        )
        last = next(reversed(self._sets), None)
        return Validation(metrics, _preview(predicted[last], self._sets[last]) if last else None)


def starting_weights(config: PointsConfig) -> PointsWeights | None:
    """Return the weights that a run starts from, if any; raise `InputError` where they do not fit it."""
    if not config.start_from:
        return None
    path = find_points_weights(config.start_from)
    weights = read_points_weights(path)
    check_latents(path, weights, config.autoencoder)
    network = weights.network
    if (network.encoder, network.width) != (config.encoder, config.width):
        raise InputError(
            f"{path} is a '{network.encoder}' of width {network.width}: give --encoder {network.encoder} "
            f"--width {network.width}"
        )
    return weights


def _preview(predicted: Mapping[str, Predicted], scanned: ScannedSet) -> PointsPreview:
    """Return scans from one view from all over a set, and what came out."""
    count = min(SHOWN, len(scanned.grids))
    chosen = np.linspace(0, len(scanned.grids) - 1, count).round().astype(int).tolist()
    clouds, fields = scanned.clouds[ONE_VIEW][chosen], predicted[ONE_VIEW].fields[chosen]
    return PointsPreview(
        clouds.cpu().numpy(), fields.float().cpu().numpy(), scanned.grids[chosen].cpu().numpy()
    )
