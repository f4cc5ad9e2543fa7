"""The page of an evaluation of a picture encoder, with a contact sheet that nobody chose."""

from __future__ import annotations

import os
from typing import NamedTuple

from voxview.conventions import LEVEL
from voxview.evaluation.contact_sheet import PIXELS, every_kth, png_address, write_page_from
from voxview.evaluation.pictures.results import PREDICTED, MeasuredSet, PictureEvaluation
from voxview.evaluation.report.record import Record
from voxview.pictures.view import View
from voxview.shapes.frame import Grid
from voxview.surface.picture import AMBER, Color, render_chair

SHEET = 40
"""Pictures on the contact sheet, of all sets together."""
GREY: Color = (0xA9, 0xAD, 0xB4)


class Tile(NamedTuple):
    """One picture of the sheet; the sources are `data:` addresses."""

    picture: str
    came_out: str
    true: str
    title: str
    iou: float
    unfamiliar: bool


def write_page(path: str | os.PathLike[str], record: Record, evaluation: PictureEvaluation) -> None:
    """Write the page, atomically."""
    sheet = {measured.pictures.name: tiles for measured, tiles in contact_sheet(evaluation)}
    write_page_from("voxview.evaluation.pictures", path, record, sheet=sheet)


def contact_sheet(evaluation: PictureEvaluation) -> list[tuple[MeasuredSet, list[Tile]]]:
    """Return forty pictures, as many of each set: every k-th in the set's order, failures included."""
    sheet = []
    each, more = divmod(SHEET, len(evaluation.sets))
    for number, measured in enumerate(evaluation.sets):
        chosen = every_kth(len(measured.pictures.titles), each + (number < more))
        sheet.append((measured, [_tile(measured, i) for i in chosen]))
    return sheet


def _tile(measured: MeasuredSet, i: int) -> Tile:
    """Return a picture's tile; both chairs are drawn from where the encoder says it was taken."""
    pictures, view = measured.pictures, measured.views[i]
    return Tile(
        png_address(pictures.pixels[i]),
        _drawn(measured.fields[i] > LEVEL, AMBER, view),
        _drawn(pictures.grids[i], GREY, view),
        pictures.titles[i],
        float(measured.iou[PREDICTED][i]),
        bool(measured.unfamiliarity[i] > 1),
    )


def _drawn(grid: Grid, color: Color, view: View) -> str:
    size = (PIXELS, PIXELS)
    return png_address(
        render_chair(
            grid,
            size,
            color=color,
            background=(255, 255, 255),
            azimuth=view.azimuth,
            elevation=view.elevation,
        )
    )
