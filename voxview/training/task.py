"""What differs between the networks that `voxview train` trains, as the loop and the run see it."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from torch import Tensor

from voxview.surface.picture import Image
from voxview.training.configs import Config
from voxview.training.data import GatheredData, TrainingData
from voxview.training.process_group import ProcessGroup


class SetMetrics(Protocol):
    """The metrics of a network on one held-out set, as texts by name; an empty text where there is none."""

    @property
    def cells(self) -> Mapping[str, str]:
        """What stands in the log, by the column's name; the same names for each set."""

    @property
    def notes(self) -> Mapping[str, str]:
        """What stands in the header of the weights."""

    @property
    def words(self) -> Mapping[str, str]:
        """What stands in a line for a person."""


class Preview(Protocol):
    """What a network makes of a few held-out chairs."""

    def render(self) -> Image:
        """Return it as a picture."""


@dataclass(frozen=True)
class Validation:
    """What the averaged weights are worth after a step."""

    held_out: Mapping[str, SetMetrics] = field(default_factory=dict)
    """By the held-out set's name."""
    preview: Preview | None = None


class Task(Protocol):
    """One process's part in training one network; every process of a group has one, and they stay equal."""

    def learn(self, step: int, rate: float) -> tuple[Tensor, dict[str, Tensor]]:
        """Take one step, which depends on seed, step and rank alone; return the loss and its terms."""

    def validate(self, step: int) -> Validation:
        """Measure the averaged weights and write them. On rank 0 only."""

    def state_dict(self) -> dict[str, Tensor]:
        """Return everything that the next step depends on, as tensors by name."""

    def load_state_dict(self, tensors: Mapping[str, Tensor]) -> None:
        """Load what `state_dict` returned."""


class TrainedNetwork(Protocol):
    """A network that can be trained: its options, its data and its task. Networks inherit from it."""

    @property
    def unit(self) -> str:
        """What a batch is counted in, such as `chair`."""

    @property
    def columns(self) -> Sequence[str]:
        """The names of `SetMetrics.cells`, in the log's order."""

    def complete(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the given fields of the config, with those that other ones decide: here none does."""
        return dict(given)

    def resolve(self, config: Config, group: ProcessGroup) -> Config:
        """Return the config with numbers for what it leaves to the machine; `InputError` if it cannot be."""

    def gather(
        self, config: Config, folder: Path | None, held_out_ids: Path | None
    ) -> Generator[str, None, GatheredData]:
        """Read and draw the chairs, yielding lines for a person."""

    def task(
        self,
        config: Config,
        data: TrainingData,
        group: ProcessGroup,
        sources: Sequence[Tensor] | None,
        out: Path,
        notes: Mapping[str, str],
    ) -> Task:
        """Return what learns from the packed real and procedural chairs `sources`, `(n, 4096)` uint8 each.

        `data` holds them on the host, on rank 0; `notes` go into the header of the weights at `out`.
        """
