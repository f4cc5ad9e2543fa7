"""What a training run leaves beside its weights, and the table that grows while it runs.

To plot it: `pandas.read_csv("OUT.log.csv").plot("step", "loss")`, or open it in any spreadsheet.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from voxview.errors import VoxViewError
from voxview.experiment.files import check_output
from voxview.model.train import TrainingStep
from voxview.shapes.atomic import write_atomically


@dataclass(frozen=True)
class RunFiles:
    """The names beside `OUT.safetensors`, which are made from its own."""

    weights: Path

    def check(self) -> None:
        """`InputError` unless the weights can be written there."""
        check_output(self.weights, (".safetensors",))

    @property
    def checkpoint(self) -> Path:
        return self._beside(".checkpoint.safetensors")

    @property
    def config(self) -> Path:
        return self._beside(".toml")

    @property
    def held_out(self) -> Path:
        return self._beside(".held-out.txt")

    @property
    def log(self) -> Path:
        return self._beside(".log.csv")

    @property
    def picture(self) -> Path:
        return self._beside(".progress.png")

    def _beside(self, ending: str) -> Path:
        return self.weights.with_name(self.weights.stem + ending)


def write_ids(path: Path, ids: Iterable[str]) -> None:
    """One id a line, as `--held-out-ids` reads them."""
    with write_atomically(path) as temporary:
        temporary.write_text("".join(f"{chair_id}\n" for chair_id in ids), encoding="utf-8")


class Log:
    """`OUT.log.csv`: a row a step that was told; looks at the held-out chairs are empty in between."""

    def __init__(self, path: Path, sets: Iterable[str], resumed_after: int = 0) -> None:
        """Start a new table, or go on with the one that is there, without what comes after that step."""
        self._path, self._sets = path, tuple(sets)
        self._begun = False
        if resumed_after and path.exists():
            header, *rows = path.read_text(encoding="utf-8").splitlines() or [""]
            kept = [row for row in rows if _step(row) <= resumed_after]
            self._begun = bool(header)
            self._replace("".join(f"{line}\n" for line in ([header] if header else []) + kept))
        else:
            self._replace("")

    def add(self, told: TrainingStep) -> None:
        """Write one row, at once on the disk."""
        row: dict[str, object] = {
            "step": told.step,
            "seconds": f"{told.seconds:.1f}",
            "images_per_second": f"{told.images_per_second:.1f}",
            "learning_rate": f"{told.learning_rate:.6g}",
            "loss": f"{told.loss:.6f}",
            **{f"loss: {name}": f"{value:.6f}" for name, value in told.parts.items()},
        }
        for name in self._sets:
            seen = told.looks.get(name)
            row[f"IoU: {name}"] = f"{seen.iou:.5f}" if seen else ""
            row[f"one piece: {name}"] = f"{seen.one_piece:.4f}" if seen else ""
        text = io.StringIO()
        writer = csv.DictWriter(text, list(row), lineterminator="\n")
        if not self._begun:
            writer.writeheader()
            self._begun = True
        writer.writerow(row)
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(text.getvalue())
        except OSError as error:
            raise VoxViewError(f"cannot write {self._path}: {error.strerror or error}") from error

    def _replace(self, text: str) -> None:
        with write_atomically(self._path) as temporary:
            temporary.write_text(text, encoding="utf-8")


def _step(row: str) -> float:
    """The step of a row; infinite for one that a kill cut short."""
    first = row.partition(",")[0]
    return int(first) if first.isdigit() and row.count(",") > 3 else float("inf")
