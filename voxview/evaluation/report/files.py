"""An evaluation as files: .json with every figure, .html with the pictures as well."""

from __future__ import annotations

import json as json_format
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from voxview.errors import InputError
from voxview.evaluation.report.record import Record
from voxview.shapes.io.atomic import write_atomically
from voxview.shapes.io.output import check_output

if TYPE_CHECKING:
    from voxview.engine.machine import Machine

E = TypeVar("E")
"""What an evaluation of one kind of network holds."""


def check_report_files(json: Path | None, report: Path | None) -> None:
    """Raise `InputError` if a requested file cannot be written: before minutes of work."""
    if json and (json.is_dir() or not json.absolute().parent.is_dir()):
        raise InputError(f"cannot write {json}: give a file in a folder that is there")
    if report and report.suffix.lower() == ".pdf":
        raise InputError(
            f"cannot write {report}: a report is a page, .html, which every browser prints to PDF"
        )
    if report:
        check_output(report, (".html", ".htm"))


def write_json(path: Path, made: Record) -> None:
    """Write a record, atomically."""
    with write_atomically(path) as temporary:
        temporary.write_text(json_format.dumps(made, indent=1) + "\n", encoding="utf-8")


def write_evaluation(
    result: E,
    command: str,
    make_record: Callable[[E, Machine, str], Record],
    write_page: Callable[[Path, Record, E], None],
    *,
    json: Path | None,
    report: Path | None,
) -> Record:
    """Write the requested files, each atomically, and return the record that both are made from.

    `make_record` and `write_page` are those of the evaluated network.
    """
    from voxview.engine.device import find_devices
    from voxview.engine.machine import this_machine

    made = make_record(result, this_machine(find_devices()), command)
    if json:
        write_json(json, made)
    if report:
        write_page(report, made, result)
    return made
