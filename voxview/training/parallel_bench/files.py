"""Results as files: .json and .csv with the figures, .png and .svg with the chart."""

from __future__ import annotations

import csv
import io
import os
from typing import Literal

from voxview.shapes.io.output import write_by_suffix
from voxview.training.parallel.step_parts import CONVOLUTIONS, FULLY_CONNECTED, UPDATE
from voxview.training.parallel_bench.record import ParallelBenchmark, Row, to_json

SUFFIXES = (".json", ".csv", ".png", ".svg")


def write_parallel_benchmark(
    path: str | os.PathLike[str], results: ParallelBenchmark, *, dark: bool = False
) -> None:
    """Write the results in the format of the path's suffix: .json, .csv, .png or .svg, all or nothing.

    Raises `InputError` for a path that cannot be written and `VoxViewError` for a disk that fails.
    """

    def chart(kind: Literal["svg", "png"]) -> bytes:
        from voxview.charts import to_png, to_svg
        from voxview.training.parallel_bench.chart.figure import draw_whole_chart

        return (to_svg if kind == "svg" else to_png)(draw_whole_chart(results, dark=dark))

    write_by_suffix(
        path,
        {
            ".json": lambda: to_json(results).encode(),
            ".csv": lambda: to_csv(results).encode(),
            ".png": lambda: chart("png"),
            ".svg": lambda: chart("svg"),
        },
    )


def to_csv(results: ParallelBenchmark) -> str:
    """Return the results as CSV: a row a case, with its machine, commit and date; empty: not known."""
    machine = results.machine
    where = {
        "backend": results.backend,
        "precision": results.options.precision,
        "cpu": machine.cpu,
        "gpu": machine.gpu or "",
        "commit": machine.commit or "",
        "date": machine.date,
        "environment": " ".join(f"{name}={value}" for name, value in results.environment.items()),
    }
    text = io.StringIO()
    writer: csv.DictWriter[str] | None = None
    for row in results.rows:
        values = _values(results, row) | where
        if writer is None:
            writer = csv.DictWriter(text, list(values), lineterminator="\n")
            writer.writeheader()
        writer.writerow({name: "" if value is None else value for name, value in values.items()})
    return text.getvalue()


def _values(results: ParallelBenchmark, row: Row) -> dict[str, object]:
    return {
        "scheme": row.case.scheme,
        "processes": row.case.processes,
        "batch": row.case.batch,
        "images_per_second": row.images_per_second,
        "times_one_with_its_share": results.times_one(row, results.options.batch),
        "times_one_with_the_whole_batch": results.times_one(row, row.case.batch),
        "step_ms": row.step_ms,
        "convolutions_ms": row.parts_ms.get(CONVOLUTIONS),
        "fully_connected_ms": row.parts_ms.get(FULLY_CONNECTED),
        "update_ms": row.parts_ms.get(UPDATE),
        "waits_ms": row.waits_ms,
        "collectives_alone_ms": sum(row.alone_ms.values()),
        "bytes_sent": row.bytes,
        "bytes_by_formula": row.predicted,
    }
