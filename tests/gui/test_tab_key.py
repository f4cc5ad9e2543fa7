"""The Tab key goes through the whole window, in reading order, and whatever has the focus shows it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from looking import browser, transport
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QDialog, QMenuBar, QWidget
from pytestqt.qtbot import QtBot
from whole_layout import show_page

from voxview.engine.request import BlendRequest, BlendResult
from voxview.gui.blend.subplots import pixels_of
from voxview.gui.files.export_choice import Subject, What
from voxview.gui.files.export_dialog import ExportDialog
from voxview.gui.files.import_dialog import ImportDialog
from voxview.gui.help.dialogs import AboutDialog
from voxview.gui.mix.controller import MixController
from voxview.gui.mix.feature import MixFeature
from voxview.gui.points.dialog import PointsDialog
from voxview.gui.points.encoders import Choice
from voxview.gui.points.reading import EngineReader, PointsReading
from voxview.gui.preferences.feature import PreferencesFeature
from voxview.gui.weights.feature import WeightsFeature
from voxview.gui.widgets.page import Page
from voxview.gui.window import MainWindow
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.points.crop import Box
from voxview.surface.camera import DEFAULT_CAMERA
from voxview.surface.extract import extract_surface

PAGES = ("none", "timings", "all_pairs", "map", "mix", "mix weights", "benchmark")
POINTS_STOPS = [
    "The cloud over the chair",
    "Show what was &left out",
    "Axis that points up",
    "Turn about the upright axis",
    "&Whole cloud",
    *(f"{end} {axis} of the crop" for axis in "xyz" for end in ("Lowest", "Highest")),
    "Network that reads the points",
    "Cancel",
]
"""Of the dialog of points, in the order of reading."""
_LEAST_PIXELS, _LEAST_CHANGE = 24, 40
"""How many pixels of a widget change with the focus at least, and by how much in one channel."""


def _open(window: MainWindow, page: str) -> None:
    """Open a page with everything on it that can be there without an engine."""
    show_page(window, None if page == "none" else page.split()[0])
    window.feature(WeightsFeature).button.setEnabled(True)
    if page == "mix weights":
        mix = window.feature(MixFeature).controller
        assert isinstance(mix, MixController)
        mix.panel.switch.setCurrentIndex(1)
        browser(window).view.selectAll()
        mix.panel.weights.add.click()
    QApplication.processEvents()


def _walk(key: Qt.Key, start: QWidget) -> list[QWidget]:
    """Press Tab or Shift+Tab from a widget until the focus is there again; return the stops, it first."""
    start.setFocus(Qt.FocusReason.TabFocusReason)
    stops = [start]
    while True:
        QTest.keyClick(stops[-1], key)
        at = QApplication.focusWidget()
        assert at is not None
        if at is start:
            return stops
        assert at.isVisible() and not at.visibleRegion().isEmpty(), f"{_name(at)} is not seen"
        assert at not in stops, f"Tab goes back to {_name(at)} and never comes to the start"
        stops.append(at)


def _name(widget: QWidget) -> str:
    return f"{type(widget).__name__} “{widget.accessibleName() or getattr(widget, 'text', str)()}”"


def _expected(window: MainWindow) -> set[QWidget]:
    """Return every widget that is visible and enabled, and at which Tab may stop."""
    return {
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and not isinstance(widget, QMenuBar)
        and not isinstance(widget.parent(), QAbstractSpinBox)
    }


def _room(part: QWidget, widget: QWidget) -> QRect:
    """Return where a widget is in a part of the window, as if no page were scrolled."""
    room = QRect(widget.mapTo(part, QPoint(0, 0)), widget.size())
    for page in part.findChildren(Page):
        if page.isVisible() and page.isAncestorOf(widget) and page is not widget:
            room.translate(page.horizontalScrollBar().value(), page.verticalScrollBar().value())
    return room


def test_tab_stops_everywhere_once_and_comes_back(unstarted: MainWindow) -> None:
    window = unstarted
    for page in PAGES:
        _open(window, page)
        first = transport(window).slider
        forward, back = _walk(Qt.Key.Key_Tab, first), _walk(Qt.Key.Key_Backtab, first)
        missing = [_name(one) for one in _expected(window) - set(forward)]
        assert missing == [], f"{page}: Tab never comes there"
        assert forward[1:] == back[:0:-1], f"{page}: Shift+Tab goes another way"


def test_the_order_is_that_of_reading(unstarted: MainWindow) -> None:
    """From part to part of the window, and within a part no stop is above all of the one before it."""
    window = unstarted
    for page in PAGES:
        _open(window, page)
        stops = _walk(Qt.Key.Key_Tab, browser(window).sources)
        parts = [_part(window, stop) for stop in stops]
        seen = list(dict.fromkeys(parts))
        assert seen == [one for one in ("list", "below the view", "side panel", "status bar") if one in seen]
        assert parts == sorted(parts, key=seen.index), f"{page}: it goes to and fro between the parts"
        for part in (browser(window), transport(window), window.side.panel):
            within = [one for one in stops if part.isAncestorOf(one)]
            rooms = [_room(part, stop) for stop in within]
            for before, now, stop in zip(rooms, rooms[1:], within[1:], strict=False):
                assert now.bottom() > before.top(), f"{page}: {_name(stop)} comes too late"


def _part(window: MainWindow, widget: QWidget) -> str:
    for name, part in (
        ("list", browser(window)),
        ("below the view", transport(window)),
        ("side panel", window.side.panel),
        ("status bar", window.status),
    ):
        if part.isAncestorOf(widget):
            return name
    return _name(widget)


def _changed(one: QImage, other: QImage) -> int:
    """Return how many pixels differ plainly between two pictures."""
    change = np.abs(pixels_of(one)[..., :3].astype(int) - pixels_of(other)[..., :3])
    return int((change.max(axis=2) >= _LEAST_CHANGE).sum())


def _unseen(stops: list[QWidget]) -> list[str]:
    """Return which stops look the same with and without the focus."""
    unseen = []
    for stop in stops:
        elsewhere = stops[1] if stop is stops[0] else stops[0]
        elsewhere.setFocus(Qt.FocusReason.TabFocusReason)
        without = stop.grab().toImage()
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        if _changed(without, stop.grab().toImage()) < _LEAST_PIXELS:
            unseen.append(_name(stop))
    return unseen


def test_whatever_has_the_focus_shows_it(unstarted: MainWindow) -> None:
    for page in PAGES:
        _open(unstarted, page)
        assert _unseen(_walk(Qt.Key.Key_Tab, transport(unstarted).slider)) == [], page


def _export_dialog(window: MainWindow) -> ExportDialog:
    a, b = sample_catalog()[:2]
    grid = a.read()
    result = BlendResult(
        BlendRequest(a, b, 0.5), grid.astype(np.float32), extract_surface(grid), {}, "cpu", decoded_ahead=True
    )
    return ExportDialog(window.context, Subject(result, (a, b), None), What.MORPH, DEFAULT_CAMERA)


@pytest.mark.parametrize("kind", ["preferences", "about", "export", "import", "points"])
def test_in_a_dialog_the_focus_is_seen_as_well(
    unstarted: MainWindow, qtbot: QtBot, tmp_path: Path, kind: str
) -> None:
    if kind == "export":
        dialog: QDialog = _export_dialog(unstarted)
    elif kind == "import":
        np.save(tmp_path / "cube.npy", np.pad(np.ones((16, 16, 16), bool), 8))
        dialog = ImportDialog(tmp_path / "cube.npy", unstarted)
    elif kind == "points":
        dialog = _points_dialog(unstarted, qtbot, tmp_path / "cloud.npy")
    elif kind == "about":
        dialog = AboutDialog(None, "study", "", unstarted)
    else:
        unstarted.qactions["preferences"].trigger()
        opened = unstarted.feature(PreferencesFeature).dialog
        assert opened is not None
        dialog = opened
    dialog.open()
    qtbot.waitUntil(lambda: dialog.isActiveWindow() and QApplication.focusWidget() is not None)
    start = QApplication.focusWidget()
    assert start is not None
    stops = _walk(Qt.Key.Key_Tab, start)
    assert _unseen(stops) == []
    if kind == "points":
        assert [_name(stop).partition("“")[2][:-1] for stop in stops] == POINTS_STOPS
    dialog.reject()


def _points_dialog(window: MainWindow, qtbot: QtBot, path: Path) -> PointsDialog:
    """Return the dialog of a cloud with two encoders to choose from, while it waits for an engine."""
    np.save(path, np.random.default_rng(0).random((80, 3)))
    reading = PointsReading(window.context.session, EngineReader())
    dialog = PointsDialog(path, reading, [Choice("one", "one"), Choice("two", "two")], window)
    dialog.read()
    qtbot.waitUntil(lambda: dialog.widgets.crop.isEnabled())
    dialog.widgets.crop.set_box(Box((0.1, 0.1, 0.1), (0.9, 0.9, 0.9)))
    return dialog
