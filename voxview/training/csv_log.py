"""`OUT.log.csv`: the losses and metrics of a run, a row for each step that was reported.

To plot it: `pandas.read_csv("OUT.log.csv").plot("step", "loss")`, or open it in any spreadsheet.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from voxview.errors import InputError
from voxview.shapes.io.atomic import explain, write_atomically
from voxview.training.former_names import current_column
from voxview.training.loop import TrainingStep


class CsvLog:
    """The table of a run, which grows while it runs; the metrics' cells are empty between validations."""

    def __init__(
        self,
        path: Path,
        sets: Iterable[str],
        resumed_after: int = 0,
        columns: Sequence[str] = ("IoU", "one piece"),
    ) -> None:
        """Begin a new table, or continue the one that is there, without rows of later steps.

        `sets` are the names of the held-out sets, and `columns` those of each one's metrics. A table that an
        older version began is continued under the columns' present names, in its own order.
        """
        self._path, self._sets, self._metrics = path, tuple(sets), tuple(columns)
        self._columns: list[str] = []
        kept: list[str] = []
        if resumed_after and path.exists():
            header, *rows = _lines(path)
            if header:
                self._columns = [current_column(name) for name in _cells(header, path)]
                if not {"step", "seconds", "loss"} <= set(self._columns):
                    raise InputError(f"{path} is no table of a run: move it away to go on with a new one")
                kept = [row for row in rows if _step(row, len(self._columns)) <= resumed_after]
        header_line = _line(self._columns) if self._columns else ""
        self._replace(header_line + "".join(f"{row}\n" for row in kept))

    def add(self, step: TrainingStep) -> None:
        """Append one row to the file, all of it or nothing; raise `VoxViewError` if it cannot be written."""
        row = self._row(step)
        text = ""
        if not self._columns:
            self._columns = list(row)
            text = _line(self._columns)
        text += _line([row.get(name, "") for name in self._columns])
        try:
            _append(self._path, text.encode())
        except OSError as error:
            raise explain(error, self._path) from error

    def _row(self, step: TrainingStep) -> dict[str, str]:
        row = {
            "step": str(step.step),
            "seconds": f"{step.seconds:.1f}",
            "images_per_second": f"{step.images_per_second:.1f}",
            "learning_rate": f"{step.learning_rate:.6g}",
            "loss": f"{step.loss:.6f}",
            **{f"loss: {name}": f"{value:.6f}" for name, value in step.terms.items()},
        }
        for name in self._sets:
            cells = step.held_out[name].cells if name in step.held_out else {}
            row |= {f"{column}: {name}": cells.get(column, "") for column in self._metrics}
        return row

    def _replace(self, text: str) -> None:
        with write_atomically(self._path) as temporary:
            temporary.write_text(text, encoding="utf-8")


def _lines(path: Path) -> list[str]:
    """Return the lines of a table, one at least; what is no text in it counts as damaged cells."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines() or [""]
    except OSError as error:
        raise InputError(f"cannot go on with the table {path} ({error.strerror}): move it away") from error


def _cells(header: str, path: Path) -> list[str]:
    try:
        return next(csv.reader([header]))
    except (csv.Error, StopIteration) as error:
        raise InputError(f"{path} is no table of a run: move it away to go on with a new one") from error


def _line(cells: Iterable[str]) -> str:
    """Return a row of CSV with its line ending."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _append(path: Path, line: bytes) -> None:
    """Put a line at the end of a file; where there is no room for all of it, none of it stays."""
    with path.open("ab", buffering=0) as file:
        end = file.seek(0, os.SEEK_END)
        try:
            while line:
                line = line[file.write(line) :]
        except OSError:
            file.truncate(end)
            raise


def _step(row: str, columns: int) -> float:
    """Return the step of a row; infinity for one that a kill cut short."""
    first = row.partition(",")[0]
    is_whole = first.isascii() and first.isdecimal() and len(first) < 19
    try:
        is_whole = is_whole and len(next(csv.reader([row]))) == columns
    except csv.Error:
        is_whole = False
    return int(first) if is_whole else float("inf")
