"""The report's pictures, each of a grid as it was measured, in the colours of the window."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from voxview.evaluation.results import IN_BETWEENS, MORPH_STEPS, Evaluation
from voxview.shapes.frame import Grid
from voxview.surface.colours import blend_color
from voxview.surface.picture import AMBER, Color, render_chair

_PICTURED_STEPS = (0, 2, 4, 5, 6, 8, 10)
PICTURED_TS = tuple(step / (MORPH_STEPS - 1) for step in _PICTURED_STEPS)
"""The t's of a morph that are pictured: 0, 0.2, 0.4, 0.5, 0.6, 0.8, 1."""

_PIXELS = 144
"""Along an edge, twice what the page gives it: paper shows the difference."""
_GREY: Color = (0xA9, 0xAD, 0xB4)


@dataclass(frozen=True)
class Picture:
    """A picture inside the page."""

    source: str
    """A `data:` address with the PNG file in it."""
    label: str
    """Its text for a reader who cannot see it."""


@dataclass(frozen=True)
class Strip:
    """The morphs of one pair, a path for each method."""

    a: Picture
    b: Picture
    paths: Mapping[str, Sequence[Picture]]
    """At `PICTURED_TS`, by method."""


def picture(grid: Grid, color: Color, label: str) -> Picture:
    """Return a picture of a grid, with its text."""
    return Picture(f"data:image/png;base64,{png_base64(grid, color)}", label)


def png_base64(grid: Grid, color: Color) -> str:
    """Return the PNG file of a grid's picture in base64."""
    from PIL import Image

    content = io.BytesIO()
    image = Image.fromarray(render_chair(grid, (_PIXELS, _PIXELS), color=color, background=(255, 255, 255)))
    # A palette of its own: a third of the bytes, and no difference that print would show.
    image.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(content, "png", optimize=True)
    return base64.b64encode(content.getvalue()).decode()


def worst_pictures(evaluation: Evaluation) -> list[tuple[Picture, Picture]]:
    """Return the chairs with the lowest IoU and their reconstructions, worst first."""
    return [
        (
            picture(evaluation.grids[i], AMBER, f"chair {evaluation.ids[i]}"),
            picture(reconstructed, blend_color(0.5), "its reconstruction"),
        )
        for i, reconstructed in zip(evaluation.worst, evaluation.worst_reconstructed, strict=True)
    ]


def morph_strips(evaluation: Evaluation, methods: Sequence[str]) -> list[Strip]:
    """Return the first pairs' morphs by those of `methods` that have some."""
    by_name = {morphs.method: morphs.examples for morphs in evaluation.morphs}
    pictured = {name: by_name[name] for name in methods if name in by_name}
    count = min((len(examples) for examples in pictured.values()), default=0)
    strips = []
    for k, pair in enumerate(evaluation.pairs[:count]):
        a, b = (picture(evaluation.grids[i], _GREY, evaluation.ids[i]) for i in pair)
        strips.append(Strip(a, b, {name: _path(examples[k]) for name, examples in pictured.items()}))
    return strips


def blend_sheet(evaluation: Evaluation) -> list[tuple[Picture, ...]]:
    """Return A, the blends at `IN_BETWEENS`, and B of the first pairs, a row for each."""
    rows = []
    for pair, blends in zip(evaluation.pairs, evaluation.sheet, strict=False):
        a, b = (picture(evaluation.grids[i], _GREY, evaluation.ids[i]) for i in pair)
        between = [
            picture(grid, blend_color(t), f"t = {t:g}") for grid, t in zip(blends, IN_BETWEENS, strict=True)
        ]
        rows.append((a, *between, b))
    return rows


def _path(morph: Sequence[Grid]) -> list[Picture]:
    return [
        picture(morph[step], blend_color(t), f"t = {t:g}")
        for step, t in zip(_PICTURED_STEPS, PICTURED_TS, strict=True)
    ]
