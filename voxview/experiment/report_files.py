"""An evaluation as files: .json with every figure, .html with the pictures as well."""

from __future__ import annotations

import json as json_format
from pathlib import Path

from voxview.errors import InputError
from voxview.experiment.files import check_output
from voxview.experiment.report_record import Record, record
from voxview.model.evaluate_catalog import Measured
from voxview.shapes.atomic import write_atomically


def check_report_files(json: Path | None, report: Path | None) -> None:
    """Raise `InputError` unless both files, where asked for, could be written: before minutes of work."""
    if json and (json.is_dir() or not json.absolute().parent.is_dir()):
        raise InputError(f"cannot write {json}: give a file in a folder that is there")
    if report and report.suffix.lower() == ".pdf":
        raise InputError(
            f"cannot write {report}: a report is a page, .html, which every browser prints to PDF"
        )
    if report:
        check_output(report, (".html", ".htm"))


def write_evaluation(measured: Measured, command: str, *, json: Path | None, report: Path | None) -> Record:
    """Write what was asked for, each file all or nothing; returns the record that both are made from."""
    from voxview.engine.device import find_devices
    from voxview.experiment.machine import this_machine

    made = record(measured, this_machine(find_devices()), command)
    if json:
        with write_atomically(json) as temporary:
            temporary.write_text(json_format.dumps(made, indent=1) + "\n", encoding="utf-8")
    if report:
        from voxview.experiment.report_html import write_report

        write_report(report, made, measured.found)
    return made
