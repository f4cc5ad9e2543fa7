"""What is cut, outside or too narrow in a window; run as a program it looks at one on each of some scaled
screens."""

from __future__ import annotations

import json
import os
import pickle
import sys
import traceback
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from looking import browser, made_up_scores, transport
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTabBar,
    QTableView,
    QWidget,
)
from screenshots import Blocks, blocks_of, differences

from voxview.gui.all_pairs.controller import AllPairsController
from voxview.gui.all_pairs.feature import AllPairsFeature
from voxview.gui.benchmark.controller import BenchmarkController
from voxview.gui.benchmark.feature import BenchmarkFeature
from voxview.gui.latent.controller import LatentController
from voxview.gui.latent.feature import LatentFeature
from voxview.gui.latent.shown_latents import ShownLatents
from voxview.gui.map.controller import MapController
from voxview.gui.map.feature import MapFeature
from voxview.gui.mix.controller import MixController
from voxview.gui.mix.feature import MixFeature
from voxview.gui.network.controller import NetworkController
from voxview.gui.network.feature import NetworkFeature
from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.elided import Elided, Shrinking
from voxview.gui.widgets.page import Page
from voxview.gui.widgets.quiet_label import QuietLabel
from voxview.gui.window import MainWindow
from voxview.gui.window_layout import FIRST_PARTS

if TYPE_CHECKING:
    from voxview.model.layers.rows import NetworkRows

PAGES = (None, "timings", "all_pairs", "map", "mix", "latent", "network", "benchmark")
PICTURED = tuple(page for page in PAGES if page != "network")
"""Those of which pictures are kept in every size: to describe AlexNet takes as long as all of them."""
LEAST_SLIDER = 240


def say_everything(window: MainWindow) -> None:
    """Fill what is empty without an engine with texts as long as they become."""
    window.status.device.set_text("CPU: Intel Xeon Platinum 8358, 2 threads. No GPU: no CUDA device")
    window.status.latency.setText("1,234 ms")
    window.status.size_text.setText("12,345 voxels · 23,456 triangles")
    window.status.iou.setText("A from a picture · B IoU 0.99")
    transport(window).summary.set_text("101 of 101 in one piece")
    transport(window).here.set_text("in pieces")


def show_page(window: MainWindow, page: str | None) -> None:
    """Open a page, filled as far as that goes without an engine; None closes the panel."""
    window.side.show(page)
    if page == "all_pairs":
        pairs = window.feature(AllPairsFeature).controller
        assert isinstance(pairs, AllPairsController)
        pairs.show_scores(made_up_scores())
    elif page == "map":
        map_page = window.feature(MapFeature).controller
        assert isinstance(map_page, MapController)
        map_page.panel.show_map(True)
    elif page == "network":
        network = window.feature(NetworkFeature).controller
        assert isinstance(network, NetworkController)
        network.panel.choose("alexnet")
        network.panel.show_network(alexnet())
        network.panel.layers.select(0, unfold=True)
    elif page == "latent":
        latent = window.feature(LatentFeature).controller
        assert isinstance(latent, LatentController)
        show_made_up_latents(latent)
    elif page == "benchmark":
        benchmark = window.feature(BenchmarkFeature).controller
        assert isinstance(benchmark, BenchmarkController)
        benchmark.panel.source.setCurrentIndex(1)
    settle()


@cache
def alexnet() -> NetworkRows:
    """Describe AlexNet; a program gets it from whoever started it, who has imported torch."""
    if __name__ == "__main__":
        rows: NetworkRows = pickle.loads(Path(sys.argv[2]).read_bytes())
        return rows
    from voxview.model.layers.describe import describe_network

    return describe_network("alexnet")


def show_made_up_latents(page: LatentController) -> None:
    """Fill the page of the 64 numbers, an odd and changed one having the cursor."""
    numbers = np.linspace(-98.76, 98.76, 64, dtype=np.float32).reshape(8, 8)
    latents = ShownLatents(numbers, -numbers, numbers.T, "Edited", 0.123456, frozenset({3, 63}), odd=4)
    page.panel.show_latents(latents)
    page.panel.maps.choose(63)
    page.panel.show_number((1234, 4321, 5778))
    page.panel.show_edit(is_edited=False, left="2 numbers changed")


def kinds_of(window: MainWindow, page: str | None) -> Iterator[str]:
    """Show one after the other what a page has to switch between, and yield its name."""
    mix, benchmark = window.feature(MixFeature).controller, window.feature(BenchmarkFeature).controller
    network = window.feature(NetworkFeature).controller
    if page == "mix" and isinstance(mix, MixController):
        for place in range(mix.panel.switch.count()):
            mix.panel.switch.setCurrentIndex(place)
            settle()
            yield mix.panel.switch.tabText(place)
    elif page == "network" and isinstance(network, NetworkController):
        for place in range(network.panel.switch.count()):
            network.panel.switch.setCurrentIndex(place)
            settle()
            yield network.panel.switch.tabText(place)
    elif page == "benchmark" and isinstance(benchmark, BenchmarkController):
        for place in range(benchmark.panel.axis.count()):
            benchmark.panel.axis.setCurrentIndex(place)
            settle()
            yield benchmark.panel.axis.currentText()
    else:
        yield ""


def page_pictures(window: MainWindow, pages: Sequence[str | None]) -> dict[str, Blocks]:
    """Return what the window looks like with each of some pages; None is without one.

    Each page was open before: what a page fills is there from then on.
    """
    pictures: dict[str, Blocks] = {}
    window.side.show(None)
    # As at a first start; in a first window that is too small for it, the list is narrower.
    window.splitter.setSizes([FIRST_PARTS[0], window.width() - FIRST_PARTS[0], 0])
    for page in pages:
        show_page(window, page)
        pictures[page or "no page"] = blocks_of(window)
    return pictures


def settle() -> None:
    """Let layouts take their places: a scroll bar that has appeared takes its own one pass later."""
    for _ in range(4):
        QApplication.processEvents()


def faults(window: MainWindow) -> list[str]:
    """Return what is cut or outside, a line each."""
    found = [
        f"{type(widget).__name__} “{_text(widget)[:40]}”: {fault}"
        for widget in window.findChildren(QWidget)
        if widget.isVisible() and not isinstance(widget.parent(), QAbstractSpinBox | QLineEdit | QTabBar)
        for fault in (*_cut(widget), *_outside(window, widget))
    ]
    slider = transport(window).slider.width()
    if slider < LEAST_SLIDER and window.width() >= 640:
        found.append(f"the slider is {slider} pixels wide")
    return found


def _text(widget: QWidget) -> str:
    text = getattr(widget, "text", None)
    return str(text() if callable(text) else text or widget.accessibleName())


def _cut(widget: QWidget) -> Iterator[str]:
    """Yield in which way a widget's text is cut; names that are elided stand in their tooltips."""
    metrics, room = widget.fontMetrics(), widget.contentsRect()
    if isinstance(widget, Elided):
        if widget.text() != widget.toolTip() and not widget.toolTip():
            yield "elided without a tooltip"
    elif isinstance(widget, QLabel) and widget.text():
        wide = 0 if widget.wordWrap() else widget.sizeHint().width()
        high = widget.heightForWidth(widget.width()) if widget.wordWrap() else widget.sizeHint().height()
        is_small = isinstance(widget, Shrinking) and widget.window().width() < 640
        if (wide > widget.width() and not is_small) or high > widget.height():
            yield f"needs {wide}×{high}, has {widget.width()}×{widget.height()}"
    elif isinstance(widget, QuietLabel):
        wide = max(metrics.horizontalAdvance(line) for line in widget.lines)
        if wide > widget.width() or len(widget.lines) * metrics.height() > widget.height():
            yield f"has {widget.width()}×{widget.height()}"
    elif isinstance(widget, QTabBar) and not widget.usesScrollButtons():
        for place in range(widget.count()):
            tab, wide = widget.tabRect(place), metrics.horizontalAdvance(widget.tabText(place))
            if wide > tab.width() or not widget.rect().contains(tab):
                yield f"tab {widget.tabText(place)} needs {wide} and has {tab.width()} at {tab.left()}"
    elif isinstance(widget, Chooser):
        is_name = widget.accessibleName() in ("Source of the chairs", "Whose figures")
        if widget.is_cut and not is_name and widget.window().width() >= 640:
            yield f"“{widget.currentText()}” is cut at {widget.width()}"
    elif isinstance(widget, QAbstractButton | QAbstractSpinBox):
        least = widget.minimumSizeHint()
        if least.width() > widget.width() or least.height() > widget.height():
            yield f"needs {least.width()}×{least.height()}, has {widget.width()}×{widget.height()}"
    elif isinstance(widget, QLineEdit):
        icons = 26 * len(widget.actions())
        if metrics.horizontalAdvance(widget.placeholderText()) + icons > room.width() - 8:
            yield f"“{widget.placeholderText()}” is cut at {room.width()}"
    elif isinstance(widget, QTableView):
        yield from _cut_headings(widget.horizontalHeader())


def _cut_headings(header: QHeaderView) -> Iterator[str]:
    for column in range(header.count()):
        least, now = header.sectionSizeFromContents(column).width(), header.sectionSize(column)
        if least > now:
            yield f"heading {column} needs {least} and has {now}"


def _outside(window: MainWindow, widget: QWidget) -> Iterator[str]:
    """Yield whether a widget lies outside of the window, or a page is wider than its room."""
    if isinstance(widget, Page) and widget.horizontalScrollBar().maximum() and window.width() >= 640:
        yield f"its contents are {widget.horizontalScrollBar().maximum()} pixels too wide"
    parent = widget.parentWidget()
    while parent is not None and parent is not window:
        if isinstance(parent, QAbstractScrollArea):
            return  # what is scrolled may be below
        parent = parent.parentWidget()
    room = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    if not window.rect().contains(room) and not room.isEmpty():
        yield f"lies at {room.getRect()} of {window.width()}×{window.height()}"


def _look_at_a_scaled_window(theme_name: str) -> dict[str, object]:
    """Return the sizes of the first window and its screen, and the faults in it and in one of 800×600; also
    what of that looks otherwise than on a screen of 1×."""
    from voxview.gui import app as program
    from voxview.gui import theme
    from voxview.gui.context.settings import Settings
    from voxview.shapes.catalogs.open import open_catalog

    app = program.make_application()
    theme.apply_theme(theme_name)
    window = MainWindow(Settings(Path(sys.argv[1]) / f"{theme_name}.ini"))
    window.show()
    samples = open_catalog(None)
    window.context.listing.add_catalog(samples)
    window.context.session.selection.choose(a=samples[0], b=samples[1])
    say_everything(window)
    screen = app.primaryScreen().availableGeometry()
    first, least = window.size(), window.minimumSize()
    found: dict[str, list[str]] = {}
    window.resize(800, 600)
    for page in PICTURED:
        show_page(window, page)
    others = differences(f"800x600-{theme_name}", page_pictures(window, PICTURED))
    window.setUpdatesEnabled(False)  # where things are is known without painting, which takes longest
    for size in ((first.width(), first.height()), (800, 600)):
        window.resize(*size)
        for page in PAGES:
            show_page(window, page)
            for kind in kinds_of(window, page):
                found[f"{size} {page} {kind}"] = faults(window)
    window.close()
    return {
        "theme": theme_name,
        "screen": (screen.width(), screen.height()),
        "first": (first.width(), first.height()),
        "least": (least.width(), least.height()),
        "listed": browser(window).model.rowCount(),
        "family": QFontInfo(window.font()).family(),
        "looks otherwise": others,
        "faults": {where: lines for where, lines in found.items() if lines},
    }


def _look_in_a_fork(theme_name: str, display: str, scale: str) -> int:
    """Print what is seen on a display at a scale, and return the exit status of the process that looks.

    Qt reads both when an application begins, so each has a process of its own.
    """
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.environ |= {"DISPLAY": display, "QT_SCALE_FACTOR": scale}
    status = 1
    try:
        print(json.dumps(_look_at_a_scaled_window(theme_name)), flush=True)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)  # as the program does: Python's own end may crash beside threads that still end


if __name__ == "__main__":
    sys.exit(max(abs(_look_in_a_fork(*screen.split(","))) for screen in sys.argv[3:]))
