"""An evaluation of a picture encoder as plain values for JSON, and as a summary for a terminal."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from voxview.conventions import UNFAMILIAR
from voxview.counts import counted
from voxview.engine.machine import Machine
from voxview.evaluation.estimates import mean_of, percentile_of, rate_of
from voxview.evaluation.pictures.results import PREDICTED, PUBLISHED, MeasuredSet, PictureEvaluation
from voxview.evaluation.report.record import Record
from voxview.table import Column, Report, Table

WITHIN = 30.0
"""Degrees that an azimuth may be off."""


def picture_record(evaluation: PictureEvaluation, machine: Machine, command: str) -> Record:
    """Return every figure; estimates are {value, low, high}."""
    return {
        "kind": "picture",
        "weights": evaluation.weights,
        "autoencoder": evaluation.autoencoder,
        "notes": dict(evaluation.notes),
        "catalog": evaluation.catalog,
        "left_out": evaluation.left_out,
        "command": command,
        "machine": asdict(machine),
        "sets": {measured.pictures.name: _set_record(measured) for measured in evaluation.sets},
        "published": dict(PUBLISHED),
        "remarks": list(evaluation.remarks),
    }


def _set_record(measured: MeasuredSet) -> Record:
    errors = measured.azimuth_errors
    groups = np.array(measured.pictures.groups)
    names = list(dict.fromkeys(measured.pictures.groups))
    several = len(names) < len(groups)
    return {
        "pictures": len(groups),
        "methods": {
            name: {
                "iou_mean": asdict(mean_of(iou)),
                "iou_median": asdict(percentile_of(iou, 50)),
                "iou_p5": asdict(percentile_of(iou, 5)),
            }
            for name, iou in measured.iou.items()
        },
        "unfamiliar": asdict(rate_of(measured.unfamiliarity > UNFAMILIAR)),
        "azimuth": None
        if errors is None
        else {
            "median_error": asdict(percentile_of(errors, 50)),
            "within_30": asdict(rate_of(errors <= WITHIN)),
        },
        "models": {
            name: {
                "pictures": int((groups == name).sum()),
                "iou_mean": {m: float(iou[groups == name].mean()) for m, iou in measured.iou.items()},
            }
            for name in (names if several else [])
        },
        "iou": {
            title: float(iou)
            for title, iou in zip(measured.pictures.titles, measured.iou[PREDICTED], strict=True)
        },
    }


def picture_summary(record: Record) -> Report:
    """Return the setting, a table for each set, the published figures and the remarks."""
    head = (
        f"picture weights {record['weights']} (latents of {record['autoencoder']}) on {record['catalog']}; "
        f"{counted(record['left_out'], 'chair')} left out as known to them"
    )
    parts: list[Table | str] = [head]
    for name, figures in record["sets"].items():
        parts += [_table(name, figures), _views(figures)]
    published = ", ".join(f"{name} {value:.3f}" for name, value in record["published"].items())
    parts.append(f"published, on other renderings: {published}")
    parts.append("\n".join(record["remarks"]))
    return tuple(parts)


def _table(name: str, figures: Record) -> Table:
    headings = (f"{name}: {figures['pictures']}", "mean IoU", "95 %", "median", "5th %")
    rows = []
    for method, of in figures["methods"].items():
        mean = of["iou_mean"]
        interval = f"{mean['low']:.3f}–{mean['high']:.3f}"
        median, low = (f"{of[key]['value']:.3f}" for key in ("iou_median", "iou_p5"))
        rows.append((method, f"{mean['value']:.3f}", interval, median, low))
    for model, of in figures["models"].items():
        for method, value in of["iou_mean"].items():
            rows.append((f"{model}, {of['pictures']}: {method}", f"{value:.3f}", "", "", ""))
    first, *others = headings
    return Table((Column(first, "label"), *(Column(heading) for heading in others)), tuple(rows))


def _views(figures: Record) -> str:
    text = f"said to be unfamiliar: {100 * figures['unfamiliar']['value']:.1f} %"
    if figures["azimuth"]:
        median, within = figures["azimuth"]["median_error"], figures["azimuth"]["within_30"]
        text = (
            f"azimuth: {median['value']:.0f}° off in the median, {100 * within['value']:.1f} % within 30°; "
            f"{text}"
        )
    return text
