"""Make the pictures of the help pages: run it under a display, `xvfb-run -s "-screen 0 1400x1000x24" …`.

    python docs/help_pictures.py [NAME …]

It opens the window with fresh settings in the light theme, goes through the pages, and writes what is seen to
`voxview/gui/help/pages/pictures/`, 600 pixels wide at most and in few colours: 40 kB each at most.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from voxview.gui import preflight

preflight.prepare_environment()

from PySide6.QtCore import QBuffer, QIODevice, QTimer  # noqa: E402
from PySide6.QtGui import QPixmap  # noqa: E402
from PySide6.QtWidgets import QApplication, QTreeWidget, QWidget  # noqa: E402

from voxview.gui import app as program  # noqa: E402
from voxview.gui import theme  # noqa: E402
from voxview.gui.blend.feature import BlendFeature  # noqa: E402
from voxview.gui.context.settings import Settings  # noqa: E402
from voxview.gui.files.export_dialog import ExportDialog  # noqa: E402
from voxview.gui.help.contents import PICTURES  # noqa: E402
from voxview.gui.window import MainWindow  # noqa: E402

SIZE = 1240, 780
WIDTH, MOST_BYTES = 600, 40_000
COLOURS = 128, 96, 64, 48, 32
PAGES = "map", "latent", "network", "all-pairs"
RESTS = 10.0
"""Seconds that a page gets before its picture: what is at rest is drawn once more, smoothly."""


def wait(until: Callable[[], bool], most: float = 240.0) -> None:
    """Let the window work until something is so."""
    end = time.monotonic() + most
    while not until():
        if time.monotonic() > end:
            sys.exit("it takes too long: is the machine busy?")
        QApplication.processEvents()
        time.sleep(0.005)


def settle(seconds: float) -> None:
    """Let the window work for a while."""
    end = time.monotonic() + seconds
    wait(lambda: time.monotonic() > end)


def seen(widget: QWidget) -> Image.Image:
    """Return what is on screen of a widget, 3D view included."""
    corner = widget.mapToGlobal(widget.rect().topLeft())
    screen = widget.screen()
    pixmap: QPixmap = screen.grabWindow(0, corner.x(), corner.y(), widget.width(), widget.height())
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    pixmap.save(buffer, "PNG")
    return Image.open(io.BytesIO(bytes(buffer.data().data()))).convert("RGB")


def write(name: str, image: Image.Image) -> None:
    """Write a picture, in as many colours as its size allows."""
    if image.width > WIDTH:
        image = image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS)
    file = PICTURES / f"{name}.png"
    for colours in COLOURS:
        few = image.quantize(colours, Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE)
        few.save(file, optimize=True)
        if file.stat().st_size <= MOST_BYTES:
            break
    print(f"{file.name}: {image.width}×{image.height}, {file.stat().st_size:,} bytes", flush=True)


@contextmanager
def opened_window() -> Iterator[MainWindow]:
    """Yield a window with a blend in 3D on screen."""
    app = program.make_application()
    theme.apply_theme("light")
    app.setWindowIcon(theme.app_icon())
    with tempfile.TemporaryDirectory() as folder:
        window = MainWindow(Settings(Path(folder) / "voxview.ini"))
        window.resize(*SIZE)
        window.move(20, 20)
        window.show()
        window.startup.start([], None)
        view, shown = window.feature(BlendFeature).view, window.context.session.shown
        wait(lambda: shown.result is not None and view.scene is not None)
        yield window
        window.close()


def take_all(window: MainWindow, wanted: set[str]) -> None:
    """Take the pictures whose names are wanted."""
    blend = window.feature(BlendFeature)
    blend.go_to(0.45)
    path = window.context.session.shown
    wait(lambda: path.path is not None and path.path.counts().known == 101)
    settle(8)
    if "window" in wanted:
        window.side.show("latent")
        settle(RESTS)
        write("window", seen(window))
        window.side.show("timings")
        settle(1)
    if "slider" in wanted:
        write("slider", seen(blend.transport))
    if "export" in wanted:
        window.qactions["export_blend"].trigger()
        wait(lambda: isinstance(QApplication.activeModalWidget(), ExportDialog))
        dialog = QApplication.activeModalWidget()
        dialog.folder.setText("/home/me/chairs")
        settle(2)
        write("export", seen(dialog))
        dialog.reject()
    for name in PAGES:
        if name not in wanted:
            continue
        window.side.show(name.replace("-", "_"))
        if name == "all-pairs":
            compute_pairs(window)
        elif name == "map":
            draw_map(window)
        elif name == "network":
            wait(lambda: any(tree.topLevelItemCount() for tree in window.findChildren(QTreeWidget)))
        settle(RESTS)
        write(name, seen(window.side.panel))


def compute_pairs(window: MainWindow) -> None:
    """Score the blends of twelve chairs."""
    from voxview.gui.all_pairs.controller import AllPairsController
    from voxview.gui.all_pairs.feature import AllPairsFeature

    page = window.feature(AllPairsFeature).controller
    assert isinstance(page, AllPairsController)
    page.panel.choice.count.setValue(12)
    page.panel.choice.steps.setValue(5)
    page.panel.button.click()
    wait(lambda: page.panel.button.text() == "Cancel")
    wait(lambda: page.panel.button.text() != "Cancel")


def draw_map(window: MainWindow) -> None:
    """Have the map of the samples computed."""
    from voxview.gui.map.controller import MapController
    from voxview.gui.map.feature import MapFeature

    page = window.feature(MapFeature).controller
    assert isinstance(page, MapController)
    page.panel.button.click()
    wait(lambda: len(page.panel.map.points) > 0 and page.panel.button.text() != "Stop", most=900)


def run_in_window(take: Callable[[MainWindow], None]) -> None:
    """Open the window, call `take` with it, and end the process: with status 1 where that fails."""

    def work() -> None:
        status = 1
        try:
            with opened_window() as window:
                take(window)
            status = 0
        except Exception:
            traceback.print_exc()
        sys.stdout.flush()
        os._exit(status)

    application = program.make_application()
    QTimer.singleShot(0, work)
    application.exec()


def main() -> None:
    """Take the pictures that are named, or all."""
    wanted = set(sys.argv[1:]) or {"window", "slider", "export", *PAGES}
    PICTURES.mkdir(exist_ok=True)
    run_in_window(lambda window: take_all(window, wanted))


if __name__ == "__main__":
    main()
