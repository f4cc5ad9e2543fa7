"""The distribution of the chairs' IoU as SVG: a small histogram for each method, all on one axis."""

from __future__ import annotations

from html import escape

import numpy as np

from voxview.evaluation.report.record import method_title
from voxview.evaluation.results import Evaluation

_BINS = 40
_LEFT, _WIDTH, _HEIGHT, _GAP = 156, 480, 46, 12
_OURS, _OTHERS = "#C07F2B", "#9AA0A8"


def iou_histogram(evaluation: Evaluation) -> str:
    """Return an `<svg>`: each method's chairs in bins of 0.025, all to one scale, with a line at the mean."""
    edges = np.linspace(0, 1, _BINS + 1)
    names = {r.method: method_title(r.method, evaluation.method) for r in evaluation.reconstructions}
    counts = {r.method: np.histogram(r.iou, edges)[0] for r in evaluation.reconstructions}
    tallest = max(int(count.max()) for count in counts.values())
    rows, y = [], 4
    for r in evaluation.reconstructions:
        colour = _OURS if r.method == evaluation.method else _OTHERS
        rows.append(_row(names[r.method], counts[r.method], float(r.iou.mean()), y, tallest, colour))
        y += _HEIGHT + _GAP
    ticks = "".join(
        f'<text x="{_LEFT + x * _WIDTH:.0f}" y="{y + 8}" text-anchor="middle">{x:g}</text>'
        for x in (0, 0.2, 0.4, 0.6, 0.8, 1)
    )
    title = f'<text x="{_LEFT + _WIDTH / 2:.0f}" y="{y + 24}" text-anchor="middle">IoU</text>'
    return (
        f'<svg viewBox="0 0 {_LEFT + _WIDTH + 96} {y + 30}" role="img" '
        f'aria-label="Histograms of the IoU of every chair, by method">{"".join(rows)}{ticks}{title}</svg>'
    )


def _row(name: str, counts: np.ndarray, mean: float, top: int, tallest: int, colour: str) -> str:
    bar, floor = _WIDTH / _BINS, top + _HEIGHT
    bars = "".join(
        f'<rect x="{_LEFT + i * bar:.1f}" y="{floor - n / tallest * _HEIGHT:.1f}" width="{bar - 0.8:.1f}" '
        f'height="{n / tallest * _HEIGHT:.1f}" fill="{colour}"><title>{n} chairs</title></rect>'
        for i, n in enumerate(int(count) for count in counts)
        if n
    )
    x = _LEFT + mean * _WIDTH
    return (
        f'<text x="{_LEFT - 12}" y="{floor - 8}" text-anchor="end">{escape(name)}</text>{bars}'
        f'<line x1="{_LEFT}" y1="{floor + 0.5}" x2="{_LEFT + _WIDTH}" y2="{floor + 0.5}" stroke="#C9CCD1"/>'
        f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{floor}" stroke="#23252A" stroke-width="1.4"/>'
        f'<text x="{_LEFT + _WIDTH + 10}" y="{floor - 8}">mean {mean:.3f}</text>'
    )
