"""The report's pictures, each of a grid as it was measured, in the colours of the window."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from html import escape

from voxview.evaluation.report.record import method_title
from voxview.evaluation.results import MORPH_STEPS, Evaluation
from voxview.shapes.frame import Grid
from voxview.surface.picture import AMBER, Color, render_chair

PICTURED_STEPS = (0, 2, 4, 5, 6, 8, 10)
"""Of the eleven of a morph: t = 0, 0.2, 0.4, 0.5, 0.6, 0.8, 1."""

_PIXELS = 144
"""Along an edge, twice what the page gives it: paper shows the difference."""
_BETWEEN: Color = (0x9D, 0xB5, 0x8C)
_BLUE: Color = (0x4F, 0x8F, 0xC0)
_GREY: Color = (0xA9, 0xAD, 0xB4)


def picture(grid: Grid, color: Color, label: str) -> str:
    """Return an `<img>` with the picture inside; `label` is its text for a reader who cannot see it."""
    from PIL import Image

    content = io.BytesIO()
    image = Image.fromarray(render_chair(grid, (_PIXELS, _PIXELS), color=color, background=(255, 255, 255)))
    # A palette of its own: a third of the bytes, and no difference that print would show.
    image.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(content, "png", optimize=True)
    data = base64.b64encode(content.getvalue()).decode()
    return f'<img src="data:image/png;base64,{data}" alt="{escape(label)}">'


def worst_cards(evaluation: Evaluation) -> list[str]:
    """Return the chairs with the lowest IoU as cards, each beside its reconstruction, worst first."""
    iou = evaluation.reconstruction(evaluation.method).iou
    cards = []
    for i, again in zip(evaluation.worst, evaluation.worst_reconstructed, strict=True):
        name = escape(evaluation.ids[i])
        cards.append(
            f'<figure class="worst"><div>{picture(evaluation.grids[i], AMBER, f"chair {evaluation.ids[i]}")}'
            f"{picture(again, _BETWEEN, 'its reconstruction')}</div>"
            f"<figcaption><b>{iou[i]:.3f}</b> <code>{name}</code></figcaption></figure>"
        )
    return cards


def morph_strips(evaluation: Evaluation, methods: Sequence[str]) -> list[str]:
    """Return a table for each of the first pairs: a row for each method, between its two chairs."""
    by_name = {morphs.method: morphs for morphs in evaluation.morphs}
    pictured = [by_name[name] for name in methods if name in by_name]
    return [
        _strip(evaluation, k, [(m.method, [m.examples[k][i] for i in PICTURED_STEPS]) for m in pictured])
        for k in range(len(pictured[0].examples) if pictured else 0)
    ]


def blend_color(t: float) -> Color:
    """Return the window's colour of a blend: amber at 0, green half-way, blue at 1."""
    start, end, part = (AMBER, _BETWEEN, 2 * t) if t <= 0.5 else (_BETWEEN, _BLUE, 2 * t - 1)
    red, green, blue = (round(a + part * (b - a)) for a, b in zip(start, end, strict=True))
    return red, green, blue


def _strip(evaluation: Evaluation, k: int, rows: list[tuple[str, list[Grid]]]) -> str:
    a, b = (int(i) for i in evaluation.pairs[k])
    ts = [i / (MORPH_STEPS - 1) for i in PICTURED_STEPS]
    heads = "".join(f"<th>{t:g}</th>" for t in ts)
    lines = [f"<tr><th></th><th>A</th>{heads}<th>B</th></tr>"]
    for row, (method, path) in enumerate(rows):
        cells = [picture(grid, blend_color(t), f"t = {t:g}") for grid, t in zip(path, ts, strict=True)]
        # The chairs themselves stand beside the first row only: the others start from the same.
        ends = [picture(evaluation.grids[i], _GREY, evaluation.ids[i]) if row == 0 else "" for i in (a, b)]
        inner = "".join(f"<td>{cell}</td>" for cell in [ends[0], *cells, ends[1]])
        lines.append(
            f'<tr><th class="method">{escape(method_title(method, evaluation.method))}</th>{inner}</tr>'
        )
    names = f"A <code>{escape(evaluation.ids[a])}</code> → B <code>{escape(evaluation.ids[b])}</code>"
    return f'<figure class="strip"><table>{"".join(lines)}</table><figcaption>{names}</figcaption></figure>'
