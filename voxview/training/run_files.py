"""The files that a training run leaves beside its weights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from voxview.shapes.io.atomic import write_atomically
from voxview.shapes.io.output import check_output


@dataclass(frozen=True)
class RunFiles:
    """The paths beside `OUT.safetensors`, which share its stem."""

    weights: Path

    def check(self) -> None:
        """Raise `InputError` unless the weights can be written there."""
        check_output(self.weights, (".safetensors",))

    @property
    def checkpoint(self) -> Path:
        """The state of a run that has not finished; removed at its end."""
        return self._beside(".checkpoint.safetensors")

    @property
    def config(self) -> Path:
        """The config with every value, to repeat the run."""
        return self._beside(".toml")

    @property
    def held_out(self) -> Path:
        """The ids of the held-out chairs, one a line."""
        return self._beside(".held-out.txt")

    @property
    def log(self) -> Path:
        """The losses and metrics of the run, as CSV."""
        return self._beside(".log.csv")

    @property
    def preview(self) -> Path:
        """A picture of held-out chairs and their reconstructions."""
        return self._beside(".progress.png")

    @property
    def output(self) -> Path:
        """What a run that the window started has printed."""
        return self._beside(".output.txt")

    @property
    def record(self) -> Path:
        """What such a run is made with, and which process it is."""
        return self._beside(".run.json")

    def _beside(self, ending: str) -> Path:
        return self.weights.with_name(self.weights.stem + ending)


def write_ids(path: Path, ids: Iterable[str]) -> None:
    """Write one id a line, as `--held-out-ids` reads them."""
    with write_atomically(path) as temporary:
        temporary.write_text("".join(f"{chair_id}\n" for chair_id in ids), encoding="utf-8")
