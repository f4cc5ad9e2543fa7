"""The page of an evaluation of points encoders, with a contact sheet that nobody chose."""

from __future__ import annotations

import os
from typing import NamedTuple

from voxview.conventions import LEVEL
from voxview.evaluation.contact_sheet import PIXELS, every_kth, png_address, write_page_from
from voxview.evaluation.points.evaluate import as_voxels
from voxview.evaluation.points.results import MeasuredScans, PointsEvaluation
from voxview.evaluation.report.record import Record
from voxview.shapes.frame import Grid
from voxview.surface.picture import AMBER, Color, render_chair

SHEET = 40
"""Chairs on the contact sheet, of all kinds of scans together."""
GREY: Color = (0xA9, 0xAD, 0xB4)
STEEL: Color = (120, 150, 190)


class Tile(NamedTuple):
    """One chair of the sheet; the sources are `data:` addresses."""

    cloud: str
    came_out: str
    true: str
    title: str
    iou: float


def write_page(path: str | os.PathLike[str], record: Record, evaluation: PointsEvaluation) -> None:
    """Write the page, atomically."""
    each, more = divmod(SHEET, len(evaluation.scans))
    sheet = {
        measured.name: [_tile(measured, i) for i in every_kth(len(measured.titles), each + (number < more))]
        for number, measured in enumerate(evaluation.scans)
    }
    write_page_from("voxview.evaluation.points", path, record, sheet=sheet)


def _tile(measured: MeasuredScans, i: int) -> Tile:
    return Tile(
        _drawn(as_voxels(measured.clouds[i : i + 1])[0], STEEL),
        _drawn(measured.fields[i] > LEVEL, AMBER),
        _drawn(measured.grids[i], GREY),
        measured.titles[i],
        float(next(iter(measured.iou.values()))[i]),
    )


def _drawn(grid: Grid, color: Color) -> str:
    return png_address(render_chair(grid, (PIXELS, PIXELS), color=color, background=(255, 255, 255)))
