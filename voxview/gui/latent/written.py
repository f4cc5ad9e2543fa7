"""The page as files and text: numbers, a table, pictures, and the call that computes the same."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from voxview import charts
from voxview.conventions import LATENT_SHAPE, LATENT_SIZE
from voxview.gui.latent.colours import DARK_SCALE, LIGHT_SCALE, nice_range
from voxview.gui.latent.shown_latents import ShownLatents
from voxview.latent.places import BLOCK_SIDE, is_odd, pair_place
from voxview.shapes.frame import Floats
from voxview.shapes.io.atomic import write_atomically
from voxview.shapes.io.latents import latent_comments, latent_text, write_latent

KINDS = {
    ".npy": "NumPy array, 8×8",
    ".txt": "The numbers as text",
    ".csv": "Table of all three",
    ".svg": "Picture of all three",
    ".png": "Picture of all three",
}
"""What can be saved: suffix → what it is."""
_SIZE = (1200, 460)
"""Pixels of a picture: three maps and a scale."""
_STRONG = 0.55
"""From this share of the scale on a cell is so dark, or in a dark picture so light, that marks are paper."""


def text_of(latents: ShownLatents, weights: str) -> str:
    """Return the middle's numbers as `voxview decode` and *Paste* read them."""
    return latent_text(latents.middle, latent_comments(described(latents), weights))


def described(latents: ShownLatents) -> str:
    """Return what the middle is of: "blend of … and … at t = 0.5"."""
    a, b = latents.names
    if latents.t is None:
        return latents.title
    what = "edited blend" if latents.changed else "blend"
    return f"{what} of {a} and {b} at t = {latents.t:g}"


def write_page(path: Path, latents: ShownLatents, weights: str, *, dark: bool) -> None:
    """Write the page; the suffix decides how. Pictures take half a second, on any thread."""
    suffix = path.suffix.lower()
    if suffix == ".npy":
        write_latent(path, latents.middle)
        return
    if suffix in (".svg", ".png"):
        content = (charts.to_svg if suffix == ".svg" else charts.to_png)(_figure(latents, dark=dark))
    else:
        text = table_of(latents) if suffix == ".csv" else text_of(latents, weights) + "\n"
        content = text.encode()
    with write_atomically(path) as temporary:
        temporary.write_bytes(content)


def table_of(latents: ShownLatents) -> str:
    """Return a CSV table with a row a number: place, values, block and thread of the study's kernel."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(
        [
            *("number", "row", "column", "a", "middle", "b", "t", "changed", "odd"),
            *("block_x", "block_y", "thread_x", "thread_y"),
        ]
    )
    t = "" if latents.t is None else f"{latents.t:g}"
    for at in range(LATENT_SIZE):
        row, column = divmod(at, LATENT_SHAPE[1])
        values = [str(z[row, column]) for z in (latents.a, latents.middle, latents.b)]
        place = pair_place(row, column)
        marks = [int(at in latents.changed), int(is_odd(at, latents.odd))]
        writer.writerow([at, row, column, *values, t, *marks, *place.block, *place.thread])
    return table.getvalue()


def call_of(latents: ShownLatents) -> str:
    """Return Python that computes the middle's numbers, bit for bit, by `voxview.interpolate` if it can."""
    lines = ["import numpy as np"]
    if latents.t is None:
        lines += [f"z = {_array(latents.middle)}  # {_one_line(described(latents))}"]
        return "\n".join(lines) + "\n"
    a, b = map(_one_line, latents.names)
    lines += [
        "import voxview",
        f"z_a = {_array(latents.a)}  # {a}",
        f"z_b = {_array(latents.b)}  # {b}",
        f"z = voxview.interpolate(z_a, z_b, np.array([{latents.t!r}], np.float32))[0]",
    ]
    for at in sorted(latents.changed):
        row, column = divmod(at, LATENT_SHAPE[1])
        lines.append(f"z[{row}, {column}] = {latents.middle[row, column]!s}  # changed by hand")
    return "\n".join(lines) + "\n"


def _array(latent: Floats) -> str:
    rows = ",\n    ".join(f"[{', '.join(str(number) for number in row)}]" for row in latent)
    return f"np.float32([\n    {rows},\n])"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _figure(latents: ShownLatents, *, dark: bool) -> charts.Figure:
    """Return the three maps in one scale, with the blocks and the marks of the page."""
    from matplotlib.colors import LinearSegmentedColormap

    ground = charts.DARK_GROUND if dark else charts.LIGHT_GROUND
    scale = LinearSegmentedColormap.from_list("numbers", DARK_SCALE if dark else LIGHT_SCALE)
    figure = charts.new_figure(_SIZE, ground)
    each = (latents.a, latents.middle, latents.b)
    span = nice_range(max(float(np.abs(z).max()) for z in each))
    axes = figure.subplots(1, 3)
    middle = latents.title if latents.t is None else f"{latents.title}, t = {latents.t:g}"
    titles = (f"A: {latents.names[0]}", middle, f"B: {latents.names[1]}")
    for place, (one, z, title) in enumerate(zip(axes, each, titles, strict=True)):
        drawn = one.imshow(z, cmap=scale, vmin=-span, vmax=span)
        one.set_title(_shortened(title), color=ground.ink, fontsize=10, parse_math=False)
        one.tick_params(colors=ground.quiet, labelsize=8, length=0)
        one.set_xticks(range(LATENT_SHAPE[1]))
        one.set_yticks(range(LATENT_SHAPE[0]))
        for line in (one.axhline, one.axvline):
            line(BLOCK_SIDE - 0.5, color=ground.quiet, linewidth=1.2)
        for at in range(LATENT_SIZE):
            row, column = divmod(at, LATENT_SHAPE[1])
            ink = ground.paper if abs(z[row, column]) > _STRONG * span else ground.ink
            if is_odd(at, latents.odd):
                one.plot(column, row, "o", fillstyle="none", color=ink, markersize=6)
            if place == 1 and at in latents.changed:
                one.plot(column, row, "s", fillstyle="none", color=ink, markersize=16, markeredgewidth=1.5)
    bar = figure.colorbar(drawn, ax=axes, shrink=0.8, pad=0.02)
    bar.ax.tick_params(colors=ground.quiet, labelsize=8)
    bar.outline.set_edgecolor(ground.quiet)
    return figure


def _shortened(title: str, most: int = 48) -> str:
    """Return a title that fits above a map."""
    return title if len(title) <= most else title[: most - 1].rstrip() + "…"
