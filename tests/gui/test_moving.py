"""Moving between A and B: slider, number, keys, swap, playing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from gated_engine import GatedEngine
from looking import (
    WAIT_MS,
    blend_vertices,
    selection_of,
    shown_in,
    shown_vertices,
    timings,
    transport,
    view,
    wait_for_answers,
    wait_for_position,
)
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from voxview.engine.request import BlendRequest, Position
from voxview.gui.blend.feature import BlendFeature
from voxview.gui.blend.slider import STEPS
from voxview.gui.blend.transport import Transport
from voxview.gui.window import MainWindow


def _at(window: MainWindow, t: float) -> QPoint:
    slider = transport(window).slider
    return QPoint(round(slider.position_x(t * STEPS)), 16)


def test_dragging_the_slider_changes_the_blend(window: MainWindow, qtbot: QtBot) -> None:
    slider, before = transport(window).slider, blend_vertices(window)
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=_at(window, 0.5))
    for t in np.linspace(0.5, 0.9, 20):
        QTest.mouseMove(slider, _at(window, t))
        qtbot.wait(5)
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=_at(window, 0.9))
    wait_for_position(qtbot, window, 0.9)
    assert not np.array_equal(blend_vertices(window), before)
    assert transport(window).number.value() == 0.9
    assert view(window).headings.blend.below == "t = 0.90"


def test_of_many_moves_only_the_first_and_the_newest_are_computed(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    engine = GatedEngine(lambda request: isinstance(request, BlendRequest) and request.t == 0.6)
    window = open_window(build_engine=lambda: engine)
    slider = transport(window).slider
    slider.setValue(60)
    qtbot.waitUntil(lambda: engine.is_waiting, timeout=WAIT_MS)
    for step in range(61, 100):
        slider.setValue(step)
    engine.gate.set()
    wait_for_position(qtbot, window, 0.99)
    wait_for_answers(qtbot, window)
    computed = [request.t for request in engine.requests if isinstance(request, BlendRequest)]
    assert [t for t in dict.fromkeys(computed) if t >= 0.6] == [0.6, 0.99]
    assert shown_in(window).blend is not None and shown_in(window).blend.request.t == 0.99


def test_a_click_jumps_and_keys_step(unstarted: MainWindow) -> None:
    window = unstarted
    slider = transport(window).slider
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=_at(window, 0.2))
    assert selection_of(window).position.t == 0.2
    for key, t in (
        (Qt.Key.Key_Right, 0.21),
        (Qt.Key.Key_PageUp, 0.31),
        (Qt.Key.Key_Left, 0.30),
        (Qt.Key.Key_PageDown, 0.20),
        (Qt.Key.Key_End, 1.0),
        (Qt.Key.Key_Home, 0.0),
    ):
        QTest.keyClick(slider, key)
        assert selection_of(window).position.t == t


def test_a_typed_number_between_the_steps_is_computed(window: MainWindow, qtbot: QtBot) -> None:
    number = transport(window).number
    number.setFocus()
    number.selectAll()
    qtbot.keyClicks(number, "0.123")
    QTest.keyClick(number, Qt.Key.Key_Return)
    wait_for_position(qtbot, window, 0.123)
    assert shown_in(window).blend is not None and not shown_in(window).blend.decoded_ahead
    assert transport(window).slider.value() == 12


def test_swap_keeps_the_picture(window: MainWindow, qtbot: QtBot) -> None:
    window.feature(BlendFeature).move_by_hand(Position(0.3))
    wait_for_position(qtbot, window, 0.3)
    a, field = selection_of(window).a, shown_in(window).blend.field  # type: ignore[union-attr]
    old_a = shown_vertices(window, 0)
    window.qactions["swap"].trigger()
    assert selection_of(window).b == a
    wait_for_position(qtbot, window, 0.7)
    assert shown_in(window).blend is not None
    assert np.allclose(shown_in(window).blend.field, field, atol=1e-3)
    assert np.array_equal(shown_vertices(window, 2), old_a)
    assert transport(window).slider.value() == 70


def test_playing_advances_and_a_hand_on_the_slider_stops_it(window: MainWindow, qtbot: QtBot) -> None:
    window.qactions["play"].trigger()
    qtbot.waitUntil(lambda: selection_of(window).position.t > 0.6, timeout=WAIT_MS)
    assert window.context.playback.playing
    transport(window).slider.setValue(10)
    assert not window.context.playback.playing
    assert not window.qactions["play"].isChecked()
    assert selection_of(window).position.t == 0.1


def test_without_loop_playing_goes_there_and_back_once(window: MainWindow, qtbot: QtBot) -> None:
    window.qactions["loop"].setChecked(False)
    transport(window).speed.setCurrentText("4×")
    seen: list[float] = []
    selection_of(window).position_changed.connect(lambda position: seen.append(position.t))
    window.qactions["play"].trigger()
    qtbot.waitUntil(lambda: not window.context.playback.playing, timeout=WAIT_MS)
    assert max(seen) == 1.0 and seen[-1] == 0.0


def test_letters_are_the_window_s_and_not_vtk_s_while_the_view_has_the_focus(window: MainWindow) -> None:
    scene = view(window).scene
    assert scene is not None
    scene.setFocus()
    heard: list[str] = []
    for event in ("CharEvent", "KeyPressEvent", "ExitEvent"):
        scene.iren.interactor.AddObserver(event, lambda _o, name: heard.append(name))
    actors = [actor for renderer in scene.renderers for actor in renderer.GetActors()]
    styles = [actor.GetProperty().GetRepresentation() for actor in actors]
    fired: list[str] = []
    ours = {" ": "play", "l": "loop", "s": "swap", "r": "reset_view"}
    for name in ours.values():
        window.qactions[name].triggered.connect(lambda _=False, name=name: fired.append(name))
    for letter in (*ours, *"wjtp3eqifvu"):
        QTest.keyClick(scene, letter)
        assert fired == ([ours[letter]] if letter in ours else []), letter
        fired.clear()
        assert heard == [], f"VTK hears {letter}"
        assert [actor.GetProperty().GetRepresentation() for actor in actors] == styles, letter
        assert window.isVisible(), letter


def test_space_presses_a_button_that_has_the_focus(window: MainWindow, qtbot: QtBot) -> None:
    timings(window).measure.setFocus()
    with qtbot.waitSignal(timings(window).measure_again):
        QTest.keyClick(timings(window).measure, Qt.Key.Key_Space)
    assert not window.context.playback.playing


def test_the_slider_begins_half_way_like_the_blend_that_comes(qtbot: QtBot) -> None:
    controls = Transport()
    qtbot.addWidget(controls)
    assert (controls.slider.value(), controls.number.value()) == (50, 0.5)
