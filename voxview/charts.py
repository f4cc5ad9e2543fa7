"""What charts share: their paper and ink, light and dark, the look of axes, and SVG and PNG of a figure.

matplotlib's figures without pyplot: no window, no global state, any thread.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 100
NARROW = 620
"""Pixels: below this a chart is for the window's side panel, in one column."""


@dataclass(frozen=True)
class Ground:
    """The colours of a chart that no line has, as #RRGGBB."""

    paper: str
    ink: str
    quiet: str
    grid: str
    published: str
    """Of figures that somebody else measured and published."""


LIGHT_GROUND = Ground(paper="#FFFFFF", ink="#23252A", quiet="#62666E", grid="#E4E4E1", published="#8A8D93")
DARK_GROUND = Ground(paper="#1D1F22", ink="#E4E5E7", quiet="#A3A8B0", grid="#34373C", published="#80858D")


def new_figure(size: tuple[int, int], ground: Ground) -> Figure:
    """Return an empty figure of `size` pixels that lays itself out."""
    from matplotlib.figure import Figure

    inches = (size[0] / DPI, size[1] / DPI)
    return Figure(figsize=inches, dpi=DPI, facecolor=ground.paper, layout="constrained")


def style_axes(axes: Axes, ground: Ground, narrow: bool) -> None:
    """Give axes their colours, a grid, and the spines at the left and below alone."""
    axes.set_facecolor(ground.paper)
    axes.grid(True, which="major", color=ground.grid, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(which="both", colors=ground.quiet, labelsize=8 if narrow else 9)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(ground.quiet)
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set_color(ground.quiet)
        label.set_fontsize(8 if narrow else 10)


def format_tick(value: float, _: object = None) -> str:
    """Return 1,000, 100k or 0.01 in place of a power of ten."""
    if value == 0:
        return "0"
    if value >= 10_000:
        return f"{value / 1e6:g}M" if value >= 1e6 else f"{value / 1e3:g}k"
    return f"{value:,.0f}" if value >= 1 else f"{value:g}" if value >= 1e-4 else f"{value:.0e}"


def to_svg(figure: Figure) -> bytes:
    """Return a figure as SVG, its text as outlines; the same figure makes the same bytes."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    picture = io.BytesIO()
    with rc_context({"svg.hashsalt": "voxview", "svg.fonttype": "path"}):
        FigureCanvasSVG(figure).print_svg(picture, metadata={"Date": None})
    # A space has no outline, and Qt warns of paths without one: give it a point.
    return re.sub(
        rb'<path (id="[^"]*") (transform="[^"]*")/>', rb'<path \1 d="M 0 0" \2/>', picture.getvalue()
    )


def to_png(figure: Figure) -> bytes:
    """Return a figure as PNG, with twice as many pixels each way as it has."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure.set_dpi(2 * DPI)
    picture = io.BytesIO()
    FigureCanvasAgg(figure).print_png(picture)
    return picture.getvalue()
