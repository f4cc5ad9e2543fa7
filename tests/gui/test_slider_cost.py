"""What a picture of the slider must not set going: a layout, figures that nobody sees, a second painting."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
from looking import WAIT_MS, timings, transport, view, wait_for_position
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from voxview.gui import theme
from voxview.gui.blend import drawing
from voxview.gui.blend import scene as scene_module
from voxview.gui.blend.copying import Box, copy_box
from voxview.gui.blend.drawing import drawn
from voxview.gui.blend.subplots import Shape, pixels_of
from voxview.gui.session.shown_parts import Parts
from voxview.gui.timings.panel import TimingPanel
from voxview.gui.widgets.elided import Shrinking
from voxview.gui.window import MainWindow
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.surface.extract import extract_surface
from voxview.surface.occlusion import openness


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


def on_screen(window: MainWindow) -> np.ndarray:
    """Return the pixels of the 3D view as they are on the screen."""
    scene = view(window).scene
    corner = scene.mapToGlobal(scene.rect().topLeft())
    return pixels_of(window.screen().grabWindow(0, corner.x(), corner.y(), *scene.size().toTuple()).toImage())


def test_of_a_move_the_blend_alone_is_copied_and_the_whole_view_is_as_if_drawn_anew(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    chairs, scene = view(window), view(window).scene
    copied: list[Box] = []

    def note(canvas: object, framebuffer: int, box: Box) -> None:
        copied.append(box)
        copy_box(canvas, framebuffer, box)

    monkeypatch.setattr(scene_module, "copy_box", note)
    qtbot.waitUntil(lambda: timings(window).ahead == (101, 101), timeout=WAIT_MS)
    settle(window, qtbot)
    before = on_screen(window)
    transport(window).slider.setValue(90)
    wait_for_position(qtbot, window, 0.9)
    qtbot.waitUntil(lambda: len(copied) > 0, timeout=WAIT_MS)
    with qtbot.waitSignal(chairs.drawn, timeout=WAIT_MS):
        transport(window).slider.update()
    assert len(copied) == 1 and copied[0][2] < 0.4 * scene.width()
    after = on_screen(window)
    assert not np.array_equal(before, after), "the blend has moved"
    settle(window, qtbot)
    assert np.array_equal(on_screen(window), after), "what was not copied is what would be drawn"
    assert len(copied) == 1, "to draw anew is to copy all"
    window.resize(window.width() + 30, window.height())
    qtbot.waitUntil(lambda: scene.ren_win.GetSize() == scene.size().toTuple(), timeout=WAIT_MS)
    settle(window, qtbot)
    assert len(copied) == 1


def settle(window: MainWindow, qtbot: QtBot) -> None:
    """Have everything drawn anew, twice: what was on its way comes before."""
    for _ in range(2):
        with qtbot.waitSignal(view(window).drawn, timeout=WAIT_MS):
            view(window).scene._drawn_as = None
            view(window).scene.update()


def test_light_is_computed_once_of_a_surface_that_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    lit: list[object] = []

    def note(voxels: np.ndarray, *rest: np.ndarray) -> np.ndarray:
        lit.append(voxels)
        return openness(voxels, *rest)

    monkeypatch.setattr(drawing, "openness", note)
    grid = sample_catalog()[5].read()
    surface = extract_surface(grid)
    shape = Shape(grid, surface, theme.AMBER)
    assert drawn(shape) is drawn(shape._replace(colour=theme.BLUE)) and len(lit) == 1
    without_back = Parts(np.where(grid, 1, 0).astype(np.uint8), frozenset())
    coloured = drawn(shape._replace(parts=without_back))
    assert coloured.colours is not None and drawn(shape).colours is None
    kept = weakref.ref(drawn(shape))
    del shape, surface, coloured
    gc.collect()
    assert kept() is None, "what was drawn goes with its surface"


def test_a_heading_has_nothing_behind_it_painted(window: MainWindow, qtbot: QtBot) -> None:
    headings = view(window).headings
    behind, itself = Counted(headings, QEvent.Type.Paint), Counted(headings.blend, QEvent.Type.Paint)
    headings.blend.update()
    qtbot.waitUntil(lambda: itself.count > 0, timeout=WAIT_MS)
    assert behind.count == 0


@pytest.mark.parametrize("line", ["65.2 ms", "170 ms", "4,966 voxels · 7,312 triangles", "A IoU 0.99"])
def test_a_line_that_has_its_own_width_is_not_cut(qtbot: QtBot, line: str) -> None:
    label = Shrinking(around=4)
    qtbot.addWidget(label)
    label.setText(line)
    room = label.sizeHint().width() - 8
    elided = QFontMetricsF(label.font()).elidedText(line, Qt.TextElideMode.ElideRight, room)
    assert elided == line
