"""How the chairs are seen: keys, mouse, layouts, sizes, slices, and what the next start finds."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from looking import WAIT_MS, browser, selection_of, transport, view
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from voxview.gui import theme
from voxview.gui.blend.probability_colours import RAMP
from voxview.gui.blend.rulers import size_of
from voxview.gui.blend.scene import Scene
from voxview.gui.blend.subplots import BLEND, PLACES, A, B, pixels_of
from voxview.gui.session.camera import FIRST, VIEWS
from voxview.gui.session.look import Look
from voxview.gui.session.views import Views
from voxview.gui.window import MainWindow


def _views(window: MainWindow) -> Views:
    return window.context.session.views


def _scene(window: MainWindow) -> Scene:
    scene = view(window).scene
    assert scene is not None
    return scene


def _seen(scene: Scene) -> list[int]:
    """Return the places that VTK draws."""
    assert scene.pixels() is not None
    return [place for place in PLACES if scene.renderers[place].GetDraw()]


def _pixels(scene: Scene) -> np.ndarray:
    pixels = scene.pixels()
    assert pixels is not None
    return pixels[:, :, :3].astype(int)


def _is_chair(pixels: np.ndarray) -> np.ndarray:
    """Return where something is drawn whose colour is neither the background's nor a shadow's, `(h, w)`."""
    return np.ptp(pixels, axis=2) > 25


def _drag(widget: QWidget, button: Qt.MouseButton, modifier: Qt.KeyboardModifier) -> None:
    """Drag to the right by 60 pixels and down by 220."""
    start, end = QPointF(80, 80), QPointF(140, 300)
    QTest.mousePress(widget, button, modifier, start.toPoint())
    move = QMouseEvent(
        QEvent.Type.MouseMove, end, widget.mapToGlobal(end), Qt.MouseButton.NoButton, button, modifier
    )
    QApplication.sendEvent(widget, move)
    QTest.mouseRelease(widget, button, modifier, end.toPoint())


def _wheel(widget: QWidget, at: QPoint, notches: int) -> None:
    position = QPointF(at)
    QApplication.sendEvent(
        widget,
        QWheelEvent(
            position,
            widget.mapToGlobal(position),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )


def test_keys_give_exact_views_but_not_to_those_who_type(unstarted: MainWindow, qtbot: QtBot) -> None:
    window, views = unstarted, _views(unstarted)
    keypad, ctrl = Qt.KeyboardModifier.KeypadModifier, Qt.KeyboardModifier.ControlModifier
    browser(window).view.setFocus()  # where the keyboard is at first
    for key, modifiers, name in (
        (Qt.Key.Key_1, Qt.KeyboardModifier.NoModifier, "front"),
        (Qt.Key.Key_3, Qt.KeyboardModifier.NoModifier, "side"),
        (Qt.Key.Key_7, keypad, "top"),
        (Qt.Key.Key_9, Qt.KeyboardModifier.NoModifier, "back"),
        (Qt.Key.Key_1, keypad, "front"),
        (Qt.Key.Key_1, keypad | ctrl, "back"),
    ):
        QTest.keyClick(browser(window).view, key, modifiers)
        assert views.cameras == (VIEWS[name],) * 3, name
    QTest.keyClick(window, Qt.Key.Key_5)
    assert views.look.orthographic and window.qactions["orthographic"].isChecked()
    QTest.keyClick(window, Qt.Key.Key_1, ctrl)
    assert selection_of(window).position.t == 0.0 and views.cameras[0] == VIEWS["back"], "Ctrl+1 goes to A"
    chooser = transport(window).speed
    for field in (browser(window).search, transport(window).number, chooser):
        field.setFocus()
        for key in (Qt.Key.Key_1, Qt.Key.Key_7):
            QTest.keyClick(field, key)
        assert views.cameras[0] == VIEWS["back"], f"a key that is typed into {field} turns the chairs"
    QTest.keyClick(chooser, Qt.Key.Key_S)
    assert selection_of(window).position.t == 0.0, "S was typed, and A and B were exchanged"
    assert browser(window).search.text() == "17"
    browser(window).view.setFocus()
    QTest.keyClick(browser(window).view, Qt.Key.Key_R)
    assert views.cameras == (FIRST,) * 3


def test_a_camera_is_copied_and_pasted_and_a_bad_text_changes_nothing(unstarted: MainWindow) -> None:
    window, views = unstarted, _views(unstarted)
    views.change(orthographic=True)
    views.look_by(FIRST.turned(33, 4, upright=True).zoomed(1.5, 0.1, 0.1))
    wanted = views.cameras[0]
    window.qactions["copy_camera"].trigger()
    assert "\n" not in QApplication.clipboard().text() and "clipboard" in window.messages.text
    views.reset()
    views.change(orthographic=False)
    window.qactions["paste_camera"].trigger()
    assert all(camera.is_like(wanted) for camera in views.cameras) and views.look.orthographic
    before = views.cameras
    QApplication.clipboard().setText("a chair, please")
    window.qactions["paste_camera"].trigger()
    assert views.cameras == before and "no camera on the clipboard" in window.messages.text
    assert "\n" not in window.messages.text


def test_the_next_start_finds_the_look(open_window: Callable[..., MainWindow]) -> None:
    first = open_window(start=False, wait=False)
    for name in ("layout_large", "voxels", "ruler", "slice", "show_rebuilt"):
        first.qactions[name].setChecked(True)
    first.qactions["link_cameras"].setChecked(False)
    view(first).slice_bar.layer.setValue(11)
    look = _views(first).look
    first.close()
    second = open_window(start=False, wait=False)
    assert _views(second).look == look.changed(rebuilt=False)
    assert second.qactions["layout_large"].isChecked() and not second.qactions["layout_three"].isChecked()
    assert view(second).slice_bar.layer.value() == 11
    second.qactions["layout_large"].trigger()
    assert second.qactions["layout_large"].isChecked(), "a layout is switched off and none is on"
    _views(second).set_look(Look())
    assert not any(second.qactions[name].isChecked() for name in ("voxels", "ruler", "slice"))


def test_mouse_keys_and_menus_change_what_is_drawn(window: MainWindow, qtbot: QtBot) -> None:
    views, scene = _views(window), _scene(window)
    _check_layouts(window, qtbot)
    _check_mouse(window)
    _check_projection(scene, views)
    _check_drawing(window, qtbot)


def _check_layouts(window: MainWindow, qtbot: QtBot) -> None:
    views, scene = _views(window), _scene(window)
    headings = view(window).headings
    assert _seen(scene) == [A, BLEND, B]
    QTest.mouseDClick(scene, Qt.MouseButton.LeftButton, pos=QPoint(scene.width() - 40, 60))
    assert _seen(scene) == [B] and views.look.layout == "b"
    assert headings.b.isVisible() and not headings.a.isVisible() and not headings.blend.isVisible()
    QTest.mouseDClick(scene, Qt.MouseButton.LeftButton, pos=QPoint(20, 60))
    assert _seen(scene) == [A, BLEND, B]
    window.qactions["layout_rebuilt"].trigger()
    assert len(_seen(scene)) == 4 and headings.a_rebuilt.isVisible()
    assert headings.a_rebuilt.below == headings.a.below
    assert _is_chair(_pixels(scene)).any(0).mean() > 0.2
    window.qactions["layout_large"].trigger()
    qtbot.waitUntil(lambda: headings.blend.width() > 1.9 * headings.a.width(), timeout=WAIT_MS)
    window.qactions["layout_three"].trigger()


def _check_mouse(window: MainWindow) -> None:
    views, scene = _views(window), _scene(window)
    reset = next(one for one in view(window).findChildren(QPushButton) if one.text() == "Reset view")
    assert not reset.isVisible()
    none, shift = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
    _drag(scene, Qt.MouseButton.LeftButton, none)
    assert views.cameras[1].azimuth == pytest.approx(FIRST.azimuth + 30)
    assert views.cameras[1].elevation == pytest.approx(90), "it went over the top"
    assert reset.isVisible() and reset.geometry().right() < scene.width()
    QTest.mouseClick(reset, Qt.MouseButton.LeftButton)
    assert views.cameras == (FIRST,) * 3 and not reset.isVisible()
    for button, modifier in ((Qt.MouseButton.MiddleButton, none), (Qt.MouseButton.LeftButton, shift)):
        _drag(scene, button, modifier)
        assert views.cameras[1].direction == pytest.approx(FIRST.direction)
        assert math.dist(views.cameras[1].target, FIRST.target) > 0.1
        views.reset()
    _drag(scene, Qt.MouseButton.RightButton, none)
    assert views.cameras[1].distance > FIRST.distance, "down is farther"
    views.reset()
    # What is under the pointer stays there: of the picture around it, only the size changes.
    at = QPoint(scene.width() // 2 + 30, scene.height() // 2 - 20)
    _wheel(scene, at, 3)
    camera = views.cameras[1]
    assert camera.distance == pytest.approx(FIRST.distance / 1.15**3)
    side = min(scene.width() / 3, scene.height())
    point = [30 * FIRST.height / side, 20 * FIRST.height / side]
    under = [r * point[0] + u * point[1] for r, u in zip(FIRST.right, FIRST.up, strict=True)]
    off = [x - t for x, t in zip(under, camera.target, strict=True)]
    now = [
        sum(x * y for x, y in zip(off, axis, strict=True)) * side / camera.height
        for axis in (camera.right, camera.up)
    ]
    assert now == pytest.approx([30, 20], abs=0.01)
    views.reset()


def _check_projection(scene: Scene, views: Views) -> None:
    """Parallel lines show a chair about as large as perspective does, also from near by."""
    views.look_by(VIEWS["front"])
    perspective = _is_chair(_pixels(scene)).sum()
    views.change(orthographic=True)
    parallel = _is_chair(_pixels(scene)).sum()
    assert parallel == pytest.approx(perspective, rel=0.2)
    assert scene.renderers[B].GetActiveCamera().GetParallelProjection()
    views.look_by(VIEWS["front"].zoomed(8))
    assert _is_chair(_pixels(scene)).mean() > 0.3, "a near camera cuts into the chair"
    views.change(orthographic=False)
    views.reset()


def _check_drawing(window: MainWindow, qtbot: QtBot) -> None:
    views, scene, shapes = _views(window), _scene(window), view(window)._shapes
    surface = _pixels(scene)
    window.qactions["voxels"].trigger()
    assert len(np.unique(scene.vertices(BLEND)[:, 0])) <= 33 and len(scene.vertices(A)) % 4 == 0
    voxels = _pixels(scene)
    assert (np.abs(voxels - surface).max(2) > 20).mean() > 0.02
    window.qactions["edges"].trigger()
    assert _pixels(scene).sum() < 0.999 * voxels.sum(), "edges are no darker than what they bound"
    for name in ("voxels", "edges"):
        window.qactions[name].trigger()
    third = surface.shape[1] // 3
    window.qactions["ghost"].trigger()
    different = np.abs(_pixels(scene) - surface).max(2) > 3
    assert different[:, third:-third].mean() > 0.01 and different[:, : third - 4].mean() < 0.001
    window.qactions["ghost"].trigger()
    assert np.abs(_pixels(scene) - surface).max() < 40, "something of it stays"
    window.qactions["slice"].trigger()
    assert view(window).slice_bar.isVisible()
    line = np.array(theme.LEVEL_LINE.getRgb()[:3])  # type: ignore[index]
    cut = _pixels(scene)
    assert (np.abs(cut - line).max(2) < 12).sum() > 50 and _is_chair(cut).sum() < _is_chair(surface).sum()
    legend = pixels_of(view(window).slice_bar.legend.grab().toImage())[:, :, :3].astype(int)
    assert (np.abs(legend - line).max(2) < 12).any(), "the legend does not mark the level as the slice does"
    assert all((np.abs(legend - colour).max(2) < 20).any() for colour in (RAMP[0], RAMP[-1]))
    view(window).slice_bar.layer.setValue(0)
    assert views.look.slice_layer == 0
    window.qactions["slice"].trigger()
    assert not view(window).slice_bar.isVisible()
    qtbot.waitUntil(lambda: _pixels(scene).shape == surface.shape, timeout=WAIT_MS)
    assert np.abs(_pixels(scene) - surface).max() < 40, "something of it stays"
    window.qactions["ruler"].trigger()
    ruler = view(window).rulers.by_place[BLEND]
    low, high = scene.vertices(BLEND).min(0), scene.vertices(BLEND).max(0)
    assert ruler.isVisible() and ruler.text == " × ".join(f"{x:.2f}" for x in high - low)
    assert size_of(shapes[A]._replace(surface=None)) == pytest.approx(size_of(shapes[A]), abs=0.04)
    assert ruler.real_text == "" and 0 < ruler.length * ruler.pixels_a_unit <= 0.45 * ruler.width()
    views.look_by(VIEWS["front"])  # the line is as long as the chair is wide, if both have the same figure
    columns = np.argwhere(_is_chair(_pixels(scene))[:, third:-third].any(0))
    assert np.ptp(columns) == pytest.approx((high - low)[0] * ruler.pixels_a_unit, rel=0.12)
    ruler.show_size((0.5, 1.0, 0.25), 80.0)  # a scan in centimetres, say
    assert ruler.real_text == "40 × 80 × 20" and "40 × 80 × 20" in ruler.toolTip()


def test_pictures_without_opengl_have_layouts_and_cameras_too(flat: MainWindow, qtbot: QtBot) -> None:
    pictures, views = view(flat).pictures, _views(flat)

    def wait() -> np.ndarray:
        qtbot.waitUntil(lambda: pictures._in_work is None and not pictures._next.pictures, timeout=WAIT_MS)
        picture = pictures.pixels(BLEND)
        assert picture is not None
        return picture

    first = wait()
    views.look_by(VIEWS["front"])
    qtbot.waitUntil(lambda: not np.array_equal(wait(), first), timeout=WAIT_MS)
    front = wait()[:, :, 3] > 250
    middle, wide = np.argwhere(front.any(0)).mean(), front.shape[1]
    assert middle == pytest.approx((wide - 1) / 2, abs=wide / 20)
    flat.qactions["layout_blend"].trigger()
    qtbot.waitUntil(lambda: len(wait()) > len(first), timeout=WAIT_MS)
    flat.qactions["layout_three"].trigger()
    views.reset()
    qtbot.waitUntil(lambda: np.array_equal(wait(), first), timeout=WAIT_MS)
