"""What a picture of the slider must not set going: a layout, figures that nobody sees, a second painting."""

from __future__ import annotations

import pytest
from looking import WAIT_MS, timings, transport, view, wait_for_position
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from voxview.gui.timings.panel import TimingPanel
from voxview.gui.widgets.elided import Shrinking
from voxview.gui.window import MainWindow


class Counted(QObject):
    """Counts the events of one type that come to a widget."""

    def __init__(self, widget: QWidget, kind: QEvent.Type) -> None:
        super().__init__(widget)
        self.count, self._kind = 0, kind
        widget.installEventFilter(self)

    def eventFilter(self, _: QObject, event: QEvent) -> bool:
        """Count it, and let it pass."""
        self.count += event.type() == self._kind
        return False


def test_a_figure_with_other_digits_is_painted_and_nothing_is_laid_out(qtbot: QtBot) -> None:
    row = QWidget()
    qtbot.addWidget(row)
    label = Shrinking()
    QHBoxLayout(row).addWidget(label)
    label.setText("5,060 voxels")
    row.show()
    qtbot.waitExposed(row)
    qtbot.wait(1)  # what the show has posted comes first
    layouts, paints = Counted(row, QEvent.Type.LayoutRequest), Counted(label, QEvent.Type.Paint)
    label.setText("4,711 voxels")
    qtbot.waitUntil(lambda: paints.count > 0, timeout=WAIT_MS)
    assert label.text() == label.accessibleName() == "4,711 voxels" and layouts.count == 0
    before = label.sizeHint().width()
    label.setText("14,711 voxels")
    qtbot.waitUntil(lambda: layouts.count > 0, timeout=WAIT_MS)
    assert label.sizeHint().width() > before


def test_the_slider_moves_without_a_layout_of_the_window(window: MainWindow, qtbot: QtBot) -> None:
    slider = transport(window).slider
    qtbot.waitUntil(lambda: timings(window).ahead == (101, 101), timeout=WAIT_MS)
    steps = range(40, 52)
    for step in (*steps, *steps):  # the second time, each word has been said before
        if step == steps[0]:
            layouts = Counted(window, QEvent.Type.LayoutRequest)
        slider.setValue(step)
        wait_for_position(qtbot, window, step / 100)
        with qtbot.waitSignal(view(window).drawn, timeout=WAIT_MS):
            view(window).scene.update()
    assert layouts.count < len(steps) / 3, "only where a number has more digits than the one before"


def test_figures_that_nobody_sees_are_drawn_once_no_more_come(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = TimingPanel()
    qtbot.addWidget(panel)
    refreshed: list[bool] = []
    monkeypatch.setattr(panel.table, "show_figures", lambda *_: refreshed.append(panel.isVisible()))
    panel._stale.setInterval(1000)
    for _ in range(20):
        panel.add_latency(20.0)
        qtbot.wait(5)
    assert refreshed == []
    qtbot.waitUntil(lambda: refreshed == [False], timeout=WAIT_MS)
    panel.show()
    qtbot.waitExposed(panel)
    refreshed.clear()
    panel._stale.setInterval(10)
    for _ in range(40):
        panel.add_latency(20.0)
        qtbot.wait(5)
    assert len(refreshed) > 1, "a page that is seen goes along"


def test_a_heading_has_nothing_behind_it_painted(window: MainWindow, qtbot: QtBot) -> None:
    headings = view(window).headings
    behind, itself = Counted(headings, QEvent.Type.Paint), Counted(headings.blend, QEvent.Type.Paint)
    headings.blend.update()
    qtbot.waitUntil(lambda: itself.count > 0, timeout=WAIT_MS)
    assert behind.count == 0
