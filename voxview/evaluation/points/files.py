"""An evaluation of points encoders as files: .json with every figure, .html with pictures as well."""

from __future__ import annotations

from pathlib import Path

from voxview.evaluation.points.record import points_record
from voxview.evaluation.points.results import PointsEvaluation
from voxview.evaluation.report.files import write_json
from voxview.evaluation.report.record import Record


def write_points_evaluation(
    result: PointsEvaluation, command: str, *, json: Path | None, report: Path | None
) -> Record:
    """Write the requested files, each atomically, and return the record that both are made from."""
    from voxview.engine.device import find_devices
    from voxview.engine.machine import this_machine

    made = points_record(result, this_machine(find_devices()), command)
    if json:
        write_json(json, made)
    if report:
        from voxview.evaluation.points.page import write_page

        write_page(report, made, result)
    return made
