"""The page of an evaluation of a picture encoder, with a contact sheet that nobody chose."""

from __future__ import annotations

import base64
import io
import os
from typing import NamedTuple

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from voxview.conventions import LEVEL
from voxview.evaluation.pictures.results import PREDICTED, MeasuredSet, PictureEvaluation
from voxview.evaluation.report.record import Record
from voxview.pictures.view import View
from voxview.shapes.frame import Grid
from voxview.shapes.io.atomic import write_atomically
from voxview.surface.picture import AMBER, Color, Image, render_chair

SHEET = 40
"""Pictures on the contact sheet, of all sets together."""
PIXELS = 144
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
    environment = Environment(
        loader=PackageLoader("voxview.evaluation.pictures", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    sheet = {measured.pictures.name: tiles for measured, tiles in contact_sheet(evaluation)}
    page = environment.get_template("page.html.j2").render(record, sheet=sheet)
    with write_atomically(path) as temporary:
        temporary.write_text(page, encoding="utf-8")


def contact_sheet(evaluation: PictureEvaluation) -> list[tuple[MeasuredSet, list[Tile]]]:
    """Return forty pictures, as many of each set: every k-th in the set's order, failures included."""
    sheet = []
    each, more = divmod(SHEET, len(evaluation.sets))
    for number, measured in enumerate(evaluation.sets):
        chosen = every_kth(len(measured.pictures.titles), each + (number < more))
        sheet.append((measured, [_tile(measured, i) for i in chosen]))
    return sheet


def every_kth(count: int, wanted: int) -> list[int]:
    """Return at most `wanted` numbers below `count`, every k-th from 0 on with the largest fitting k."""
    step = max(1, count // wanted)
    return list(range(0, count, step))[:wanted]


def _tile(measured: MeasuredSet, i: int) -> Tile:
    """Return a picture's tile; both chairs are drawn from where the encoder says it was taken."""
    pictures, view = measured.pictures, measured.views[i]
    return Tile(
        _png(pictures.pixels[i]),
        _drawn(measured.fields[i] > LEVEL, AMBER, view),
        _drawn(pictures.grids[i], GREY, view),
        pictures.titles[i],
        float(measured.iou[PREDICTED][i]),
        bool(measured.unfamiliarity[i] > 1),
    )


def _drawn(grid: Grid, color: Color, view: View) -> str:
    size = (PIXELS, PIXELS)
    return _png(
        render_chair(
            grid,
            size,
            color=color,
            background=(255, 255, 255),
            azimuth=view.azimuth,
            elevation=view.elevation,
        )
    )


def _png(image: Image) -> str:
    """Return a picture as a `data:` address: a PNG file with a palette of its own, a third of the bytes."""
    from PIL import Image as Pillow

    content = io.BytesIO()
    picture = Pillow.fromarray(np.ascontiguousarray(image[..., :3]))
    picture = picture.resize((PIXELS, PIXELS), Pillow.Resampling.LANCZOS)
    picture.quantize(128, dither=Pillow.Dither.NONE).save(content, "png", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}"
