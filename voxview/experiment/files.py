"""Results as files: .json and .csv with the figures, .png and .svg with the chart."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import fields
from pathlib import Path
from typing import Literal

from voxview.errors import InputError
from voxview.experiment.record import from_json, to_json
from voxview.experiment.results import Axis, Benchmark, Measurement
from voxview.resources import asset
from voxview.shapes.io.output import write_by_suffix

SUFFIXES = (".json", ".csv", ".png", ".svg")

LARGEST_FILE = 16 * 2**20
"""Bytes: a record has some tens of thousands."""

_CHART_SIZE = (960, 600)


def write_benchmark(
    path: str | os.PathLike[str], results: Benchmark, *, axis: Axis = "inputs", dark: bool = False
) -> None:
    """Write the results in the format of the path's suffix: .json, .csv, .png or .svg, all or nothing.

    A picture shows one axis, "inputs" or "blends". Raises `InputError` for a path that cannot be written
    and `VoxViewError` for a disk that fails.
    """

    def chart(kind: Literal["svg", "png"]) -> bytes:
        from voxview.experiment.chart.figure import chart_png, chart_svg

        return (chart_svg if kind == "svg" else chart_png)(results, axis=axis, dark=dark, size=_CHART_SIZE)

    write_by_suffix(
        path,
        {
            ".json": lambda: to_json(results).encode(),
            ".csv": lambda: to_csv(results).encode(),
            ".png": lambda: chart("png"),
            ".svg": lambda: chart("svg"),
        },
    )


def to_csv(results: Benchmark) -> str:
    """Return the results as CSV: a row for each measurement, with its machine, commit and date."""
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
        if file.stat().st_size > LARGEST_FILE:
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
    """Return the runs that come with VoxView, newest first."""
    runs = [read_benchmark(path) for path in sorted(asset("benchmarks").glob("bench-*.json"))]
    return tuple(sorted(runs, key=lambda run: run.machine.date, reverse=True))
