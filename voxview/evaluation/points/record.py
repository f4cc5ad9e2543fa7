"""An evaluation of points encoders as plain values for JSON, and as a summary for a terminal."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from voxview.counts import counted
from voxview.engine.machine import Machine
from voxview.evaluation.estimates import mean_of, percentile_of
from voxview.evaluation.points.results import MeasuredScans, PointsEvaluation
from voxview.evaluation.report.record import Record
from voxview.table import Column, Report, Table


def points_record(evaluation: PointsEvaluation, machine: Machine, command: str) -> Record:
    """Return every figure; estimates are {value, low, high}."""
    return {
        "kind": "points",
        "weights": dict(evaluation.weights),
        "autoencoder": evaluation.autoencoder,
        "notes": dict(evaluation.notes),
        "catalog": evaluation.catalog,
        "left_out": evaluation.left_out,
        "command": command,
        "machine": asdict(machine),
        "scans": {measured.name: _scans_record(measured) for measured in evaluation.scans},
        "remarks": list(evaluation.remarks),
    }


def _scans_record(measured: MeasuredScans) -> Record:
    known = measured.distances[np.isfinite(measured.distances)]
    own = next(iter(measured.iou.values()))
    return {
        "chairs": len(measured.titles),
        "refused": int(len(measured.distances) - len(known)),
        "methods": {
            name: {"iou_mean": asdict(mean_of(iou)), "iou_p5": asdict(percentile_of(iou, 5))}
            for name, iou in measured.iou.items()
        },
        "distance": asdict(mean_of(known)) if len(known) else None,
        "iou": {title: float(iou) for title, iou in zip(measured.titles, own, strict=True)},
    }


def points_summary(record: Record) -> Report:
    """Return the setting, one table with a row for each kind of scans, and the remarks."""
    weights = ", ".join(f"{name} ({kind})" for name, kind in record["weights"].items())
    scans = record["scans"]
    methods = list(next(iter(scans.values()))["methods"])
    rows = []
    for name, figures in scans.items():
        for method in methods:
            of = figures["methods"][method]
            mean, low = of["iou_mean"], of["iou_p5"]["value"]
            interval = f"{mean['low']:.3f}–{mean['high']:.3f}"
            rows.append((name, method, f"{mean['value']:.3f}", interval, f"{low:.3f}"))
    chairs = next(iter(scans.values()))["chairs"]
    figures_of = (Column(heading) for heading in ("mean IoU", "95 %", "5th %"))
    columns = (Column("scans", "label"), Column("method", "label"), *figures_of)
    return (
        f"points weights {weights} (latents of {record['autoencoder']}) on {counted(chairs, 'chair')} of "
        f"{record['catalog']}; {record['left_out']} left out as known to them",
        Table(columns, tuple(rows)),
        "\n".join(record["remarks"]),
    )
