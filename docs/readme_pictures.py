"""Make README's pictures: run it under a display, `xvfb-run -s "-screen 0 1700x1100x24" …`.

    python docs/readme_pictures.py [NAME …]

It goes through the window as `help_pictures.py` does, of sample chairs alone, and writes what is seen to
`assets/screenshots/`, in few colours: 170 kB each at most. Figures of time are seen: leave the machine alone.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import help_pictures as common
import numpy as np
from PIL import Image
from PySide6.QtWidgets import QApplication

from voxview.gui.all_pairs.controller import AllPairsController
from voxview.gui.all_pairs.feature import AllPairsFeature
from voxview.gui.blend.feature import BlendFeature
from voxview.gui.pictures.dialog import PictureDialog
from voxview.gui.pictures.feature import PicturesFeature
from voxview.gui.timings.feature import TimingsFeature
from voxview.gui.window import MainWindow
from voxview.resources import asset
from voxview.shapes.catalogs.samples import sample_catalog

SIZE = 1600, 1000
MOST_BYTES = 170_000
COLOURS = 255, 192, 128, 96, 64
RENDERED, PICTURED = 24, 2
"""How many sample chairs are rendered at once, and the place of that which is made of its picture."""


def write(name: str, image: Image.Image) -> None:
    """Write a picture, in as many colours as its size allows."""
    file = asset("screenshots", f"{name}.png")
    for colours in COLOURS:
        palette = image.quantize(colours, Image.Quantize.MAXCOVERAGE, kmeans=2)
        few = image.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)  # shadows are soft
        few.save(file, optimize=True)
        if file.stat().st_size <= MOST_BYTES:
            break
    print(f"{file.name}: {image.width}×{image.height}, {file.stat().st_size:,} bytes", flush=True)


def show_pair(window: MainWindow, a: int, b: int, t: float) -> None:
    """Show two sample chairs and their blend, and wait until all of the path is known."""
    chairs, shown = sample_catalog(), window.context.session.shown
    window.context.session.selection.choose(a=chairs[a], b=chairs[b])
    window.feature(BlendFeature).go_to(t)
    common.wait(lambda: shown.path is not None and shown.path.counts().known == 101)
    common.settle(common.RESTS)


def take_timings(window: MainWindow) -> None:
    """Take the window as it opens."""
    show_pair(window, 0, 1, 0.53)
    window.feature(TimingsFeature).panel.measure.click()  # the first figures are those of a start
    common.settle(1)
    common.wait(lambda: not window.progress.busy)
    for t in (0.5, 0.51, 0.52, 0.53):
        window.feature(BlendFeature).go_to(t)
        common.settle(0.5)
    if (focused := QApplication.focusWidget()) is not None:
        focused.clearFocus()  # its frame is of no interest here
    common.settle(common.RESTS)
    write("window", common.seen(window))


def take_latent(window: MainWindow) -> None:
    """Take the 64 numbers."""
    show_pair(window, 0, 1, 0.53)
    window.side.show("latent")
    common.settle(common.RESTS)
    write("latent", common.seen(window))
    window.side.show("timings")


def take_parts(window: MainWindow) -> None:
    """Take A, the blend and B by their parts, with the legend."""
    show_pair(window, 0, 1, 0.5)
    window.qactions["parts"].setChecked(True)
    common.settle(common.RESTS)
    write("parts", common.seen(window.splitter.widget(1)))
    window.qactions["parts"].setChecked(False)


def take_all_pairs(window: MainWindow) -> None:
    """Take the scores of twenty chairs, and one of their blends."""
    window.side.show("all_pairs")
    page = window.feature(AllPairsFeature).controller
    assert isinstance(page, AllPairsController)
    page.panel.choice.count.setValue(20)
    page.panel.button.click()
    common.wait(lambda: page.panel.button.text() == "Cancel")
    common.wait(lambda: page.panel.button.text() != "Cancel", most=900)
    show_pair(window, 12, 2, 0.6)
    write("all-pairs", common.seen(window))


def take_map(window: MainWindow) -> None:
    """Take the samples in two dimensions."""
    show_pair(window, 12, 2, 0.6)
    window.side.show("map")
    common.draw_map(window)
    common.settle(common.RESTS)
    write("map", common.seen(window))


def take_picture(window: MainWindow) -> None:
    """Take a chair of a picture, which is a rendering of a sample chair."""
    from voxview.training.pictures.held_out import renderers

    grids = np.stack([chair.read() for chair in sample_catalog()[:RENDERED]])
    pixels = renderers()["rendered pictures"]("cpu")(grids).pixels[PICTURED]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rendering.png"
        Image.fromarray(pixels).resize((454, 454), Image.Resampling.LANCZOS).save(file)
        window.feature(PicturesFeature).take([file])
        common.wait(lambda: isinstance(QApplication.activeModalWidget(), PictureDialog))
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, PictureDialog)
        common.wait(lambda: dialog.is_settled)
        common.settle(common.RESTS)
        write("picture", common.seen(dialog))
        dialog.reject()


TAKEN: dict[str, Callable[[MainWindow], None]] = {
    "window": take_timings,
    "latent": take_latent,
    "parts": take_parts,
    "picture": take_picture,
    "all-pairs": take_all_pairs,
    "map": take_map,
}


def main() -> None:
    """Take the pictures that are named, or all."""
    wanted = sys.argv[1:] or list(TAKEN)
    common.SIZE = SIZE

    def take(window: MainWindow) -> None:
        for name in wanted:
            TAKEN[name](window)

    common.run_in_window(take)


if __name__ == "__main__":
    main()
