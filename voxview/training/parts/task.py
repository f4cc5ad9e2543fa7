"""Training a parts network: its options, its labelled chairs, its steps and what is written."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from voxview.counts import counted
from voxview.errors import InputError
from voxview.model.parts_network import PartsNetwork
from voxview.model.points_weights import write_parts_weights
from voxview.shapes.bits import PACKED_SIZE, Packed
from voxview.shapes.parts import NO_PART
from voxview.training.averaged_learner import AveragedLearner
from voxview.training.batches import seed_generator
from voxview.training.configs import Config
from voxview.training.data import GatheredData, TrainingData
from voxview.training.encoder_data import without
from voxview.training.formats import mixed_precision
from voxview.training.notes import result_notes
from voxview.training.optimisers import make_optimisers
from voxview.training.parts.batch import PartsBatch, make_batch, unpack_labels
from voxview.training.parts.config_check import resolve_parts_config
from voxview.training.parts.validation import COLUMNS, LabelledClouds, held_out_clouds, measure_parts
from voxview.training.points.batch import Scanner
from voxview.training.points.scanners import PARTS_TRAINING, WHOLE, scanner
from voxview.training.points_config import PartsConfig
from voxview.training.procedural import generate_labelled_chairs
from voxview.training.process_group import ProcessGroup
from voxview.training.task import TrainedNetwork, Validation

HELD_OUT = "held-out procedural chairs"
HELD_OUT_COUNT = 256
HELD_OUT_SEED = 1
"""Added to a run's seed for the chairs that are only measured."""

OWN_ENTRIES = ("width",)
"""Options that the header holds already, as what was made."""


class TrainedParts(TrainedNetwork):
    """See `task.TrainedNetwork`."""

    unit = "cloud"
    columns = COLUMNS

    def __init__(self, scanners: Callable[[str], Scanner] = scanner) -> None:
        self._scanners = scanners

    def resolve(self, config: Config, group: ProcessGroup) -> PartsConfig:
        """Return the config with a batch size and a validation interval."""
        return resolve_parts_config(cast(PartsConfig, config), group)

    def gather(
        self, config: Config, folder: Path | None, held_out_ids: Path | None
    ) -> Generator[str, None, GatheredData]:
        """Draw labelled chairs; raise `InputError` for real ones, whose parts nobody has labelled."""
        config = cast(PartsConfig, config)
        if folder is not None or held_out_ids is not None:
            raise InputError("a parts network learns from procedural chairs alone: leave --data out")
        nothing = np.empty((0, PACKED_SIZE), np.uint8)
        packed = _draw(config.samples, config.seed, config.unusual)
        yield counted(len(packed), "labelled procedural chair")
        few = min(HELD_OUT_COUNT, config.samples)
        held_out = unpack_labels(torch.from_numpy(_draw(few, config.seed + HELD_OUT_SEED, config.unusual)))
        return GatheredData(TrainingData(nothing, packed, {HELD_OUT: held_out.numpy()}), ())

    def task(
        self,
        config: Config,
        data: TrainingData,
        group: ProcessGroup,
        sources: Sequence[Tensor] | None,
        out: Path,
        notes: Mapping[str, str],
    ) -> PartsTask:
        """Return what learns from clouds of the chairs."""
        return PartsTask(cast(PartsConfig, config), data, group, sources, out, notes, self._scanners)


class PartsTask:
    """See `task.Task`: the network, its labelled chairs, and what scans them."""

    def __init__(
        self,
        config: PartsConfig,
        data: TrainingData,
        group: ProcessGroup,
        sources: Sequence[Tensor] | None,
        out: Path,
        notes: Mapping[str, str],
        scanners: Callable[[str], Scanner],
    ) -> None:
        """Prepare a run: make the network."""
        self._config, self._group = replace(config, device=group.device), group
        self._data, self._out, self._notes = data, out, notes
        self._packed = torch.from_numpy(data.procedural).to(group.device) if sources is None else sources[1]
        self._scan, self._scan_whole = scanners(PARTS_TRAINING), scanners(WHOLE)
        self._generator = torch.Generator(group.device)
        torch.manual_seed(config.seed)
        network = PartsNetwork(config.width, config.dropout).to(group.device)
        optimisers = make_optimisers(network, self._config)
        self._learner = AveragedLearner(network, optimisers, group, clip=config.clip, average=config.average)
        self._sets: dict[str, LabelledClouds] = {}
        self.state_dict = self._learner.state_dict
        self.load_state_dict = self._learner.load_state_dict

    def learn(self, step: int, rate: float) -> tuple[Tensor, dict[str, Tensor]]:
        """Take one step on clouds of random chairs, this process's part of the batch."""
        batch, network = self._batch(step), self._learner.network

        def losses() -> dict[str, Tensor]:
            with mixed_precision(self._config):
                logits = network(batch.points)
            return {"cross-entropy": F.cross_entropy(logits, batch.labels, ignore_index=NO_PART)}

        return self._learner.learn(losses, step, rate)

    def _batch(self, step: int) -> PartsBatch:
        config, generator = self._config, self._generator
        seed_generator(generator, config.seed, step, self._group.rank)
        torch.manual_seed(generator.initial_seed())  # of the dropouts, which take no generator
        count, chairs = config.batch // self._group.size, len(self._packed)
        numbers = torch.randint(chairs, (count,), device=self._packed.device, generator=generator)
        return make_batch(unpack_labels(self._packed[numbers]), config, self._scan, generator)

    def validate(self, step: int) -> Validation:
        """Measure the averaged weights and write them; return their metrics."""
        network = self._learner.result()
        if not self._sets:  # scanned once, and only where they are measured
            for name, labels in self._data.held_out.items():
                uploaded = torch.from_numpy(labels).to(self._group.device)
                self._sets[name] = held_out_clouds(uploaded, self._config.points, self._scan_whole)
        metrics = {name: measure_parts(network, clouds) for name, clouds in self._sets.items()}
        notes = {**self._notes, **result_notes(self._config, step, metrics)}
        write_parts_weights(self._out, network, self._out.stem, without(notes, OWN_ENTRIES))
        return Validation(metrics)


def _draw(count: int, seed: int, unusual: float) -> Packed:
    """Return labelled procedural chairs, packed: `(count, 3 · 4096)` uint8."""
    blocks = list(generate_labelled_chairs(count, seed, unusual=unusual))
    return np.concatenate(blocks).reshape(count, -1)
