"""An evaluation of a picture encoder as files: .json with every figure, .html with the pictures as well."""

from __future__ import annotations

from pathlib import Path

from voxview.evaluation.pictures.record import picture_record
from voxview.evaluation.pictures.results import PictureEvaluation
from voxview.evaluation.report.files import write_json
from voxview.evaluation.report.record import Record


def write_picture_evaluation(
    result: PictureEvaluation, command: str, *, json: Path | None, report: Path | None
) -> Record:
    """Write the requested files, each atomically, and return the record that both are made from."""
    from voxview.engine.device import find_devices
    from voxview.engine.machine import this_machine

    made = picture_record(result, this_machine(find_devices()), command)
    if json:
        write_json(json, made)
    if report:
        from voxview.evaluation.pictures.page import write_page

        write_page(report, made, result)
    return made
