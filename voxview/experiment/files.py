"""Results as files: .json and .csv with the figures, .png and .svg with the chart."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from voxview.errors import InputError
from voxview.experiment.record import from_json, to_json
from voxview.experiment.results import Axis, Benchmark, Measurement
from voxview.resources import asset
from voxview.shapes.atomic import write_atomically

SUFFIXES = (".json", ".csv", ".png", ".svg")

_LARGEST_FILE = 16 * 2**20
"""Bytes: a record has some tens of thousands."""

_CHART_SIZE = (960, 600)


def write_benchmark(
    path: str | os.PathLike[str], results: Benchmark, *, axis: Axis = "inputs", dark: bool = False
) -> None:
    """Write the results in the format of the path's suffix: .json, .csv, .png or .svg, all or nothing.

    A picture shows one axis, "inputs" or "blends". Raises `InputError` for a path that cannot be written
    and `VoxViewError` for a disk that fails.
    """
    check_output(path, SUFFIXES)
    suffix = Path(path).suffix.lower()
    if suffix == ".json":
        content = to_json(results).encode()
    elif suffix == ".csv":
        content = to_csv(results).encode()
    else:
        from voxview.experiment.chart import chart_png, chart_svg

        draw = chart_svg if suffix == ".svg" else chart_png
        content = draw(results, axis=axis, dark=dark, size=_CHART_SIZE)
    with write_atomically(path) as temporary:
        temporary.write_bytes(content)


def check_output(path: str | os.PathLike[str], suffixes: Sequence[str]) -> None:
    """Raise `InputError` unless a file of one of the suffixes could be written there: before a long run."""
    file = Path(path)
    if file.suffix.lower() not in suffixes:
        raise InputError(f"cannot write {file}: its name has to end in {' or '.join(suffixes)}")
    if file.is_dir():
        raise InputError(f"cannot write {file}: it is a folder; give the name of a file in it")
    if file.exists() and not file.is_file():
        raise InputError(f"cannot write {file}: it is a device or a pipe; give the name of a file")
    folder = file.absolute().parent
    if not folder.is_dir():
        raise InputError(f"cannot write {file}: there is no folder {folder}; create it first")
    if not os.access(folder, os.W_OK):
        raise InputError(f"cannot write {file}: no permission in {folder}; choose another folder")


def to_csv(results: Benchmark) -> str:
    """A row a measurement; each row also says on which machine, from which commit and when it was made."""
    names = [field.name for field in fields(Measurement)]
    machine = results.machine
    where = {
        "cpu": machine.cpu,
        "gpu": machine.gpu or "",
        "commit": machine.commit or "",
        "date": machine.date,
    }
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_UNITS.get(name, name) for name in names] + list(where))
    for measurement in results.measurements:
        values = [getattr(measurement, name) for name in names]
        writer.writerow(["" if value is None else value for value in values] + list(where.values()))
    return text.getvalue()


_UNITS = {"median": "median_ms", "p95": "p95_ms", "deviation": "deviation_ulp"}


def read_benchmark(path: str | os.PathLike[str]) -> Benchmark:
    """Read what `write_benchmark` wrote as .json; `InputError` in one line for anything else."""
    file = Path(path)
    try:
        if file.exists() and not file.is_file():
            raise InputError(f"cannot read {file}: it is not a regular file")
        if file.stat().st_size > _LARGEST_FILE:
            raise InputError(f"{file} is no recorded benchmark (too large): make one with 'voxview bench'")
        text = file.read_bytes().decode("utf-8")
    except OSError as error:
        raise InputError(f"cannot read {file}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file} is no recorded benchmark (no text): make one with 'voxview bench'"
        ) from error
    return from_json(text, str(file))


def recorded_benchmarks() -> tuple[Benchmark, ...]:
    """The runs that come with VoxView, newest first."""
    runs = [read_benchmark(path) for path in sorted(asset("benchmarks").glob("bench-*.json"))]
    return tuple(sorted(runs, key=lambda run: run.machine.date, reverse=True))
