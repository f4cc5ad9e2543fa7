"""An evaluation of a parts network as plain values for JSON, and as a summary for a terminal."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from voxview.counts import counted
from voxview.engine.machine import Machine
from voxview.evaluation.estimates import mean_of
from voxview.evaluation.parts.results import MeasuredClouds, PartsEvaluation
from voxview.evaluation.report.record import Record
from voxview.shapes.parts import PARTS
from voxview.table import Column, Report, Table


def parts_record(evaluation: PartsEvaluation, machine: Machine, command: str) -> Record:
    """Return every figure; estimates are {value, low, high}."""
    return {
        "kind": "parts",
        "weights": evaluation.weights,
        "notes": dict(evaluation.notes),
        "catalog": evaluation.catalog,
        "command": command,
        "machine": asdict(machine),
        "clouds": None if evaluation.measured is None else _clouds_record(evaluation.measured),
        "blends": [blend.title for blend in evaluation.blends],
        "seconds_of_a_blend": evaluation.seconds,
        "remarks": list(evaluation.remarks),
    }


def _clouds_record(measured: MeasuredClouds) -> Record:
    own = next(iter(measured.iou.values()))
    return {
        "chairs": len(measured.clouds.ids),
        "methods": {
            name: {
                "iou_mean": asdict(mean_of(iou)),
                "parts": {
                    part: None if np.isnan(value) else value
                    for part, value in zip(PARTS, measured.by_part[name], strict=True)
                },
            }
            for name, iou in measured.iou.items()
        },
        "iou": {title: float(iou) for title, iou in zip(measured.clouds.ids, own, strict=True)},
    }


def parts_summary(record: Record) -> Report:
    """Return the setting, a table with a row for each method, and the remarks."""
    head = f"parts weights {record['weights']}"
    parts: list[Table | str] = []
    clouds = record["clouds"]
    if clouds:
        head += f" on {counted(clouds['chairs'], 'labelled cloud')}"
        columns = (Column("method", "label"), Column("IoU"), Column("95 %"), *map(Column, PARTS))
        rows = []
        for name, of in clouds["methods"].items():
            mean = of["iou_mean"]
            by_part = ("" if value is None else f"{value:.3f}" for value in of["parts"].values())
            interval = f"{mean['low']:.3f}–{mean['high']:.3f}"
            rows.append((name, f"{mean['value']:.3f}", interval, *by_part))
        parts.append(Table(columns, tuple(rows)))
    seconds = 1000 * record["seconds_of_a_blend"]
    parts.append(f"labelling a blend: {seconds:.0f} ms in the median")
    return (head, *parts, "\n".join(record["remarks"]))
