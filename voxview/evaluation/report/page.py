"""The report of an evaluation: one HTML page with its pictures inside, from `report.html.j2`."""

from __future__ import annotations

import os

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from voxview.evaluation.catalog import CatalogEvaluation
from voxview.evaluation.names import add_names
from voxview.evaluation.report.pictures import PICTURED_TS, blend_sheet, morph_strips, worst_pictures
from voxview.evaluation.report.record import CHAIRS, Record, method_title
from voxview.evaluation.results import Evaluation
from voxview.shapes.io.atomic import write_atomically

_BINS = 40
"""Of the histograms of IoU, 0.025 each."""


def write_page(path: str | os.PathLike[str], record: Record, result: CatalogEvaluation) -> None:
    """Write the page, atomically; `record` has the figures of `result`, which has the shapes."""
    page = html_report(record, result.evaluation)
    with write_atomically(path) as temporary:
        temporary.write_text(page, encoding="utf-8")


def html_report(record: Record, evaluation: Evaluation) -> str:
    """Return the whole page as text."""
    ours = record["methods"][0]
    return _template().render(
        record,
        titles={name: method_title(name, ours) for name in record["methods"]},
        the_chairs=CHAIRS,
        iou_counts={r.method: _iou_counts(r.iou) for r in evaluation.reconstructions},
        pictured_ts=PICTURED_TS,
        sheet=blend_sheet(evaluation),
        strips=morph_strips(evaluation, [ours, "voxel blend", "distance blend"]),
        worst_pictures=worst_pictures(evaluation),
    )


def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("voxview.evaluation.report", ""),
        autoescape=True,  # not select_autoescape(), which goes by the suffix and leaves .j2 as it is
        undefined=_Missing,
        finalize=_require,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return add_names(environment).get_template("report.html.j2")


class _Missing(StrictUndefined):
    """A value that the record lacks: an error that names it, also where it would be formatted as a number."""

    def __format__(self, _: str) -> str:
        return str(self)


def _require(value: object) -> object:
    """Return a value that is to be printed; `ValueError` for None, which would read as a word."""
    if value is None:
        raise ValueError("the report has no value to print there")
    return value


def _iou_counts(iou: np.ndarray) -> list[int]:
    return [int(count) for count in np.histogram(iou, np.linspace(0, 1, _BINS + 1))[0]]
