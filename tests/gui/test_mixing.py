"""The page beyond two chairs: every kind of mix is shown in the blend's place, live, and leaves it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from gated_engine import GatedEngine
from looking import (
    WAIT_MS,
    blend_vertices,
    browser,
    change_weights,
    selection_of,
    shown_in,
    shown_vertices,
    transport,
    view,
    wait_for_answers,
    wait_for_position,
)
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSlider, QWidget
from pytestqt.qtbot import QtBot

from voxview.engine.mix import MixRequest
from voxview.gui import theme
from voxview.gui.blend.subplots import A
from voxview.gui.mix.controller import MixController
from voxview.gui.mix.feature import MixFeature
from voxview.gui.mix.pad import MixPad
from voxview.gui.session.quality_texts import pieces_text
from voxview.gui.window import MainWindow
from voxview.model.weights_card import find_weights


@pytest.fixture
def window(flat: MainWindow) -> MainWindow:
    """Return a window with pictures instead of the 3D view, which nothing here looks at."""
    return flat


def _open(window: MainWindow, qtbot: QtBot, page: int = 0) -> MixController:
    window.qactions["show_mix"].trigger()
    mixing = window.feature(MixFeature).controller
    assert isinstance(mixing, MixController)
    qtbot.waitUntil(lambda: shown_in(window).mix is not None, timeout=WAIT_MS)
    mixing.panel.switch.setCurrentIndex(page)
    return mixing


def _wait(window: MainWindow, qtbot: QtBot) -> None:
    """Wait until the mix that is wanted is what is shown."""

    def shown() -> bool:
        result = shown_in(window).mix
        return result is not None and result.request == selection_of(window).mix

    qtbot.waitUntil(shown, timeout=WAIT_MS)


def _engine_field(window: MainWindow) -> np.ndarray:
    assert shown_in(window).mix is not None
    return shown_in(window).mix.field


def _move(slider: QSlider) -> None:
    """Move a slider by 8, downwards where the chair is at the upper end: two corners are filled by chance."""
    upwards = slider.value() + 8 <= slider.maximum()
    slider.setValue(slider.value() + (8 if upwards else -8))


def test_the_page_is_filled_shows_a_mix_at_once_and_closes_by_its_key(
    solid: MainWindow, qtbot: QtBot
) -> None:
    window = solid
    before = blend_vertices(window)
    mixing = _open(window, qtbot)
    panel, selection = mixing.panel, selection_of(window)
    assert [slot.chair for slot in panel.corners.slots[:2]] == [selection.a, selection.b]
    assert all(slot.chair for slot in (*panel.corners.slots, *panel.arithmetic.slots))
    assert len(panel.weights.rows) == 4
    assert view(window).headings.blend.below == "25 % · 25 % · 25 % · 25 %"
    assert not np.array_equal(blend_vertices(window), before)
    assert "on the CPU" in panel.state.text()
    window.qactions["show_mix"].trigger()
    assert window.side.page is None, "its key does not close the page"


def test_dragging_the_handle_shows_mixes_and_a_corner_is_that_chair(window: MainWindow, qtbot: QtBot) -> None:
    transport(window).slider.setValue(100)
    wait_for_position(qtbot, window, 1.0)
    own = shown_in(window).blend.field
    pad = _open(window, qtbot).panel.corners.pad
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=pad.position(0.5, 0.5).toPoint())
    for u in np.linspace(0.5, 0.97, 12):
        QTest.mouseMove(pad, pad.position(u, 1 - u).toPoint())
        qtbot.wait(5)
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=pad.position(0.97, 0.03).toPoint())
    assert (pad.u, pad.v) == (1.0, 0.0)
    _wait(window, qtbot)
    assert selection_of(window).mix.weights == (0.0, 1.0, 0.0, 0.0)
    assert np.allclose(_engine_field(window), own, atol=1e-5)


def test_the_handle_steps_with_the_keys_and_snaps_to_the_centre(qtbot: QtBot) -> None:
    pad = MixPad()
    qtbot.addWidget(pad)
    pad.resize(220, 220)
    pad.show()
    for key, place in (
        (Qt.Key.Key_Left, (0.45, 0.5)),
        (Qt.Key.Key_Up, (0.45, 0.45)),
        (Qt.Key.Key_Right, (0.5, 0.45)),
        (Qt.Key.Key_Down, (0.5, 0.5)),
    ):
        QTest.keyClick(pad, key)
        assert (pad.u, pad.v) == place
    for _ in range(20):
        QTest.keyClick(pad, Qt.Key.Key_Left)
        QTest.keyClick(pad, Qt.Key.Key_Up)
    assert pad.weights == (1.0, 0.0, 0.0, 0.0)
    QTest.keyClick(pad, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert pad.v == 0.01
    near = pad.position(0.5, 0.5) + QPointF(5, -6)
    QTest.mouseClick(pad, Qt.MouseButton.LeftButton, pos=near.toPoint())
    assert (pad.u, pad.v) == (0.5, 0.5)
    assert "25 %" in pad.accessibleName()


def test_the_main_slider_goes_back_to_the_pairs_blend(solid: MainWindow, qtbot: QtBot) -> None:
    window = solid
    mixing = _open(window, qtbot)
    QTest.keyClick(transport(window).slider, Qt.Key.Key_Right)
    wait_for_position(qtbot, window, 0.51)
    assert selection_of(window).mix is None and shown_in(window).mix is None
    assert view(window).headings.blend.below == "t = 0.51"
    assert not mixing.panel.back_button.isEnabled()
    pad = mixing.panel.corners.pad
    QTest.keyClick(pad, Qt.Key.Key_Left)
    _wait(window, qtbot)
    qtbot.mouseClick(mixing.panel.back_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view(window).headings.blend.below == "t = 0.51", timeout=WAIT_MS)


def test_of_many_moves_only_the_first_and_the_newest_are_computed(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    first = (0.5, 0.0, 0.5, 0.0)
    engine = GatedEngine(lambda request: isinstance(request, MixRequest) and request.weights == first)
    window = open_window(build_engine=lambda: engine, flat=True)
    pad = _open(window, qtbot).panel.corners.pad
    pad.go(0.0, 0.5)
    qtbot.waitUntil(lambda: engine.is_waiting, timeout=WAIT_MS)
    for step in range(1, 100):
        pad.go(step / 100, 0.3)
    engine.gate.set()
    _wait(window, qtbot)
    wait_for_answers(qtbot, window)
    computed = [request.weights for request in engine.requests if isinstance(request, MixRequest)]
    # Once the pair is refined the mix that is wanted is requested anew: that is no move.
    assert list(dict.fromkeys(computed))[-2:] == [first, pad.weights]
    assert shown_in(window).mix.request.weights == pad.weights


def test_another_pair_is_loaded_before_the_mix_comes_back(solid: MainWindow, qtbot: QtBot) -> None:
    window = solid
    mixing = _open(window, qtbot)
    chair = browser(window).model.chair(9)
    selection_of(window).choose(a=chair)
    mixing.panel.corners.pad.go(0.2, 0.2)
    before = shown_vertices(window, A)
    _wait(window, qtbot)
    assert not np.array_equal(shown_vertices(window, A), before)
    assert shown_in(window).mix.request.weights == mixing.panel.corners.pad.weights


def test_weights_are_shares_of_their_sum(window: MainWindow, qtbot: QtBot) -> None:
    panel = _open(window, qtbot, page=1).panel
    _wait(window, qtbot)
    for row, value in zip(panel.weights.rows, (100, 0, 0, 0), strict=True):
        row.slider.setValue(value)
    _wait(window, qtbot)
    assert selection_of(window).mix.weights == (1.0, 0.0, 0.0, 0.0)
    assert [row.share.text() for row in panel.weights.rows] == ["100 %", "0 %", "0 %", "0 %"]
    panel.weights.rows[0].slider.setValue(0)
    assert panel.request() is None and "at least one" in panel.weights.sum.text()
    panel.weights.even.click()
    _wait(window, qtbot)
    assert selection_of(window).mix.weights == (0.25,) * 4


def test_selected_chairs_are_added_up_to_eight_and_taken_out(solid: MainWindow, qtbot: QtBot) -> None:
    window = solid
    panel = _open(window, qtbot, page=1).panel
    browser(window).view.selectAll()
    panel.weights.add.click()
    assert len(panel.weights.rows) == 8 and not panel.weights.add.isEnabled()
    _wait(window, qtbot)
    assert (
        view(window).headings.blend.toolTip().count("12 %") + view(window).headings.blend.below.count("13 %")
        >= 8
    )
    panel.weights.rows[3].remove.click()
    _wait(window, qtbot)
    assert len(selection_of(window).mix.chairs) == 7 and panel.weights.add.isEnabled()


def test_arithmetic_is_p_minus_q_plus_r(solid: MainWindow, qtbot: QtBot) -> None:
    window = solid
    panel = _open(window, qtbot, page=2).panel
    panel.arithmetic.strength.setValue(50)
    _wait(window, qtbot)
    assert selection_of(window).mix.weights == (1.0, -0.5, 0.5)
    heading = view(window).headings.blend
    assert heading.accessibleName() == "P − Q + R: strength 50 %"


def test_a_slot_takes_the_selected_chair_and_a_dropped_one(window: MainWindow, qtbot: QtBot) -> None:
    panel = _open(window, qtbot, page=2).panel
    model, slot = browser(window).model, panel.arithmetic.slots[1]
    browser(window).view.setCurrentIndex(model.index(20))
    qtbot.mouseClick(slot, Qt.MouseButton.LeftButton)
    assert slot.chair == model.chair(20)
    data: QMimeData = model.mimeData([model.index(30)])
    place, modifiers = (5, 5), Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(
        QPoint(*place), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, modifiers
    )
    slot.dragEnterEvent(enter)
    assert enter.isAccepted()
    slot.dropEvent(
        QDropEvent(QPointF(*place), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, modifiers)
    )
    assert slot.chair == model.chair(30) and model.chair(30).name in slot.accessibleName()
    _wait(window, qtbot)
    assert selection_of(window).mix.chairs[1] == model.chair(30)


def test_what_is_on_screen_is_exported(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    from voxview.gui.files.export_dialog import ExportDialog

    mixing, offered = _open(window, qtbot), []
    for page in (0, 2):
        mixing.panel.switch.setCurrentIndex(page)
        _wait(window, qtbot)
        window.qactions["export_blend"].trigger()
        dialog = window.findChildren(ExportDialog)[-1]
        dialog.folder.setText(str(tmp_path))
        for kind, box in dialog.formats.boxes.items():
            box.setChecked(kind == "npy")
        offered.append(dialog.name.text())
        dialog.accept()
        qtbot.waitUntil(lambda: f"{offered[-1]}.npy" in window.messages.text, timeout=WAIT_MS)
        assert np.array_equal(np.load(tmp_path / f"{offered[-1]}.npy"), _engine_field(window) > 0.5)
    assert offered == ["mix-of-4", "p-minus-q-plus-r"]


def test_attributes_show_target_and_measure_and_start_from_where_the_main_slider_is(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = _open(window, qtbot, page=3).panel.attributes
    qtbot.waitUntil(lambda: page.base is not None, timeout=4 * WAIT_MS)
    assert page.start.currentText() == "The four corners"
    row = page.rows["seat_height"]
    assert row.target.text() == "–" and row.measured.text().endswith("%")
    _move(row.slider)
    _wait(window, qtbot)
    result = shown_in(window).mix
    assert [name for name, _ in result.request.shift] == ["seat_height"]
    assert row.target.text() == f"{row.slider.value()} %"
    assert row.measured.text() == f"{result.attributes.seat_height * 100:.0f} %"
    page.reset.click()
    _wait(window, qtbot)
    assert selection_of(window).mix.shift == () and row.target.text() == "–"
    transport(window).slider.setValue(20)
    wait_for_position(qtbot, window, 0.2)
    assert page.start.currentIndex() == 0
    assert page.base is not None and page.base.weights == (0.8, 0.2)


def test_the_attributes_never_reshape_a_chair_of_a_pair_that_was_left(
    window: MainWindow, qtbot: QtBot
) -> None:
    mixing = _open(window, qtbot)
    attributes = mixing.panel.attributes
    mixing.panel.switch.setCurrentIndex(3)
    qtbot.waitUntil(lambda: attributes.base is not None, timeout=WAIT_MS)
    window.qactions["show_mix"].trigger()  # closes it
    chairs = browser(window).model
    selection_of(window).choose(a=chairs.chair(7), b=chairs.chair(8))
    wait_for_position(qtbot, window, 0.5)
    window.qactions["show_mix"].trigger()
    _move(attributes.rows["seat_height"].slider)
    assert selection_of(window).mix.chairs == (chairs.chair(7), chairs.chair(8))
    assert attributes.start.currentText() == "The blend of A and B"


def test_a_mix_is_said_to_be_as_a_blend_would_be(window: MainWindow, qtbot: QtBot) -> None:
    panel = _open(window, qtbot).panel
    _wait(window, qtbot)
    result = shown_in(window).mix
    assert pieces_text(result.quality) in panel.state.text() and "% new" in panel.state.text()
    assert f"{result.quality.symmetry:.0%} symmetric" in panel.state.text()
    assert "99% of the voxels" in panel.state.toolTip()
    fallen = replace(
        result.quality, largest_share=0.995, pieces=3, loose_voxels=8, stands=True, is_stable=False
    )
    panel.show_result(replace(result, quality=fallen))
    said = panel.state.text()
    assert said.startswith("The mix is in one piece but for 8 loose voxels (3 pieces) and would fall over;")
    assert theme.palette().bad in panel.state.styleSheet()
    panel.show_left()
    assert theme.palette().bad not in panel.state.styleSheet() and not panel.state.toolTip()


def test_a_page_with_an_empty_place_says_what_is_missing(window: MainWindow, qtbot: QtBot) -> None:
    panel = _open(window, qtbot, page=2).panel
    panel.arithmetic.slots[2].put(None)
    panel.arithmetic.strength.setValue(20)
    assert "empty place" in panel.state.text()


def test_other_weights_forget_what_the_sliders_move(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    other = tmp_path / "other.safetensors"  # the study's again: the default ones take long to learn with
    other.write_bytes(find_weights("study").read_bytes())
    mixing = _open(window, qtbot, page=3)
    page = mixing.panel.attributes
    qtbot.waitUntil(lambda: page.base is not None, timeout=4 * WAIT_MS)
    _move(page.rows["seat_height"].slider)
    _wait(window, qtbot)
    change_weights(qtbot, window, str(other))
    assert selection_of(window).mix is None and page.directions is None
    assert not page.rows["seat_height"].slider.isEnabled()
    qtbot.waitUntil(lambda: page.base is not None, timeout=4 * WAIT_MS)  # learnt again


def test_everything_on_the_page_can_be_reached_by_keyboard_and_has_a_name(
    window: MainWindow, qtbot: QtBot
) -> None:
    panel = _open(window, qtbot).panel
    for place, page in enumerate(panel.pages):
        panel.switch.setCurrentIndex(place)
        inside = [widget for widget in page.findChildren(QWidget) if widget.isVisibleTo(page)]
        reachable = [w for w in inside if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
        assert len(reachable) >= 4
        nameless = [w for w in reachable if not (w.accessibleName() or getattr(w, "text", str)())]
        assert nameless == []
