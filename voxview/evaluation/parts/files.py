"""An evaluation of a parts network as files: .json with every figure, .html with pictures as well."""

from __future__ import annotations

from pathlib import Path

from voxview.evaluation.parts.record import parts_record
from voxview.evaluation.parts.results import PartsEvaluation
from voxview.evaluation.report.files import write_json
from voxview.evaluation.report.record import Record


def write_parts_evaluation(
    result: PartsEvaluation, command: str, *, json: Path | None, report: Path | None
) -> Record:
    """Write the requested files, each atomically, and return the record that both are made from."""
    from voxview.engine.device import find_devices
    from voxview.engine.machine import this_machine

    made = parts_record(result, this_machine(find_devices()), command)
    if json:
        write_json(json, made)
    if report:
        from voxview.evaluation.parts.page import write_page

        write_page(report, made, result)
    return made
