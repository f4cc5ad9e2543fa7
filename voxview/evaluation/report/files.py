"""An evaluation as files: .json with every figure, .html with the pictures as well."""

from __future__ import annotations

import json as json_format
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from voxview.errors import InputError
from voxview.evaluation.report.record import Record
from voxview.shapes.io.atomic import write_atomically
from voxview.shapes.io.output import check_output, write_each

if TYPE_CHECKING:
    from voxview.engine.machine import Machine

E = TypeVar("E")
"""What an evaluation of one kind of network holds."""


def check_report_files(json: Path | None, report: Path | None) -> None:
    """Raise `InputError` if a requested file cannot be written: before minutes of work."""
    if json and (json.is_dir() or not json.absolute().parent.is_dir()):
        raise InputError(f"cannot write {json}: give a file in a folder that is there")
    if json and not os.access(json.absolute().parent, os.W_OK):
        raise InputError(
            f"cannot write {json}: no permission in {json.absolute().parent}; choose another folder"
        )
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
    show: Callable[[Record], object] = lambda _: None,
) -> Record:
    """Write the requested files, each atomically, and return the record that both are made from.

    `make_record` and `write_page` are those of the evaluated network. `show` is given the record in any
    case: a disk that is full does not cost what took minutes.
    """
    from voxview.engine.device import find_devices
    from voxview.engine.machine import this_machine

    made = make_record(result, this_machine(find_devices()), command)
    writes: list[Callable[[], None]] = []
    if json:
        writes.append(partial(write_json, json, made))
    if report:
        writes.append(partial(write_page, report, made, result))
    try:
        write_each(writes)
    finally:
        show(made)
    return made
