"""The page of the 64 numbers: they are those of the picture, and changing one changes the chair."""

from __future__ import annotations

import csv
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from looking import (
    WAIT_MS,
    change_weights,
    latent_page,
    mix_page,
    selection_of,
    shown_in,
    transport,
    view,
    wait_for_position,
)
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import voxview
from voxview.engine.latent_request import LatentRequest, LatentResult
from voxview.engine.request import Position
from voxview.gui.files.feature import FilesFeature
from voxview.gui.latent.controller import LatentController
from voxview.gui.latent.shown_latents import ShownLatents
from voxview.gui.mix.feature import MixFeature
from voxview.gui.window import MainWindow
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.io.latents import latent_text, parse_latent, read_latent

AT = 19
"""Row 2, column 3."""


@pytest.fixture
def page(flat: MainWindow) -> LatentController:
    """Return what stands behind the page, opened in a window with a blend on screen."""
    return latent_page(flat)


def latents_of(page: LatentController) -> ShownLatents:
    assert page.panel.latents is not None
    return page.panel.latents


def wait_for_edit(qtbot: QtBot, window: MainWindow, at: int, value: float) -> LatentResult:
    """Wait until what is shown has this number, and return it."""

    def is_shown() -> bool:
        result = shown_in(window).result
        there = isinstance(result, LatentResult) and result.request.latent.reshape(-1)[at]
        return there is not False and abs(float(there) - value) < 1e-4

    qtbot.waitUntil(is_shown, timeout=WAIT_MS)
    result = shown_in(window).result
    assert isinstance(result, LatentResult)
    return result


def wait_for_plain(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: shown_in(window).blend is not None, timeout=WAIT_MS)


def middle_of(page: LatentController, at: int) -> QPoint:
    return page.panel.maps.cell_rect(1, at).center().toPoint()


def test_the_numbers_are_those_of_the_picture_and_go_with_the_slider(
    flat: MainWindow, qtbot: QtBot, new_engine: Callable[..., object]
) -> None:
    page = latent_page(flat)
    for t in (0.25, 1.0):
        selection_of(flat).move(Position(t))
        wait_for_position(qtbot, flat, t)
        latents, blend = latents_of(page), shown_in(flat).blend
        assert blend is not None and latents.t == t and latents.title == "Blend"
        assert np.array_equal(
            latents.middle, voxview.interpolate(latents.a, latents.b, np.array([t], np.float32))[0]
        )
        decoded = new_engine("study").decode_latent(LatentRequest(latents.middle, ""))  # type: ignore[attr-defined]
        assert np.abs(decoded.field - blend.field).max() < 1e-4, "they are what was decoded"
    assert np.array_equal(latents.middle, latents.b)
    before = page.panel.latents
    flat.side.show("timings")
    selection_of(flat).move(Position(0.5))
    wait_for_position(qtbot, flat, 0.5)
    assert page.panel.latents is before, "a page that is closed does nothing"
    flat.side.show("latent")
    assert latents_of(page).t == 0.5


def test_a_move_of_the_slider_costs_the_page_less_than_2_ms(flat: MainWindow, page: LatentController) -> None:
    """Measured is the processor's time with what Qt lays out and paints; other work on it makes it longer."""
    shown, taken = shown_in(flat), []
    result = shown.blend
    assert result is not None
    for step in range(60):
        moved = replace(result, request=replace(result.request, t=step / 100))
        shown.result = moved
        start = time.thread_time()
        page.show_picture()
        QApplication.processEvents()
        taken.append((time.thread_time() - start) * 1e3)
    assert latents_of(page).t == 0.59 and statistics.median(taken) < 2


def test_a_number_is_explained_where_one_points_or_where_the_cursor_is(
    flat: MainWindow, page: LatentController
) -> None:
    maps, latents = page.panel.maps, latents_of(page)
    maps.choose(AT)
    a, b = float(latents.a[2, 3]), float(latents.b[2, 3])
    texts = [label.text() for label in page.panel.lines]
    assert texts[0].startswith("Number 19: row 2, column 3")
    assert f"{a:.4g}".replace("-", "−") in texts[1] and f"{b:.4g}".replace("-", "−") in texts[1]
    assert "(1 − 0.5)·" in texts[2]
    assert "block (0, 0), thread (3, 2)" in texts[3] and "gains nothing" in texts[3]
    assert f"All pairs of {len(flat.context.listing.chairs)} chairs, 11 t's" in texts[4]
    assert "tile of chairs 0 to 15" in texts[4] and "read 11 times" in texts[4]
    QTest.mouseMove(maps, maps.cell_rect(0, 63).center().toPoint())
    assert page.panel.lines[0].text().startswith("Number 63: row 7, column 7")
    maps.setFocus()
    for key, at in (
        (Qt.Key.Key_Down, 27),
        (Qt.Key.Key_Left, 26),
        (Qt.Key.Key_Up, 18),
        (Qt.Key.Key_Right, 19),
    ):
        QTest.keyClick(maps, key)
        assert maps.cursor_at == at and page.panel.lines[0].text().startswith(f"Number {at}:")
    for _ in range(9):
        QTest.keyClick(maps, Qt.Key.Key_Left)
    assert maps.cursor_at == 16, "the edge of the map holds the cursor"


def test_dragging_turning_keys_and_typing_change_the_chair(
    flat: MainWindow, page: LatentController, qtbot: QtBot
) -> None:
    maps, selection = page.panel.maps, selection_of(flat)
    plain, start = latents_of(page).middle, latents_of(page).number(AT)
    field = shown_in(flat).result.field  # type: ignore[union-attr]
    at = middle_of(page, AT)
    QTest.mousePress(maps, Qt.MouseButton.LeftButton, pos=at)
    for up in (5, 30, 60):
        QTest.mouseMove(maps, at - QPoint(0, up))
    QTest.mouseRelease(maps, Qt.MouseButton.LeftButton, pos=at)
    dragged = start + maps.span / 2  # over half of the pixels that a range takes
    result = wait_for_edit(qtbot, flat, AT, dragged)
    assert np.abs(result.field - field).max() > 0.01
    assert np.array_equal(np.delete(result.request.latent, AT), np.delete(plain, AT))
    qtbot.waitUntil(lambda: view(flat).headings.blend.title == "Edited", timeout=WAIT_MS)
    assert view(flat).headings.blend.below == "t = 0.5 · 1 number changed"
    assert latents_of(page).changed == {AT}
    qtbot.waitUntil(lambda: "changed to" in page.panel.lines[2].text(), timeout=WAIT_MS)
    assert not transport(flat).slider.is_shown, "no position of the slider has this chair"
    wheel = QWheelEvent(
        QPointF(at),
        QPointF(maps.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(maps, wheel)
    turned = dragged + 2 * maps.span / 40
    wait_for_edit(qtbot, flat, AT, turned)
    QTest.keyClick(maps, Qt.Key.Key_Minus)
    wait_for_edit(qtbot, flat, AT, turned - maps.span / 40)
    QTest.keyClick(maps, Qt.Key.Key_Return)
    assert page.panel.box.hasFocus()
    QTest.keyClicks(page.panel.box, "12.5")
    QTest.keyClick(page.panel.box, Qt.Key.Key_Return)
    wait_for_edit(qtbot, flat, AT, 12.5)
    maps.setFocus()
    QTest.keyClick(maps, Qt.Key.Key_Delete)
    assert selection.edit is None
    wait_for_plain(qtbot, flat)
    assert np.array_equal(latents_of(page).middle, plain)


def test_the_slider_leaves_an_edit_and_there_is_a_way_back(
    flat: MainWindow, page: LatentController, qtbot: QtBot
) -> None:
    panel, selection = page.panel, selection_of(flat)
    assert not panel.back_button.isVisible() and not panel.reset_all_button.isEnabled()
    page.change(AT, 3.0)
    page.change(20, -3.0)
    wait_for_edit(qtbot, flat, 20, -3.0)
    edit = selection.edit
    selection.move(Position(0.25))
    wait_for_position(qtbot, flat, 0.25)
    assert selection.edit is None and not latents_of(page).changed
    panel.back_button.click()
    result = wait_for_edit(qtbot, flat, AT, 3.0)
    assert selection.edit == edit and result.request.edited_at == 0.25, "on the blend that is selected now"
    selection.swap()
    qtbot.waitUntil(
        lambda: shown_in(flat).chairs == selection.pair and latents_of(page).t == 0.75, timeout=WAIT_MS
    )
    assert selection.edit == edit and latents_of(page).number(AT) == 3.0, "the blend stays what it is"
    page.reset(20)
    assert selection.edit is not None and selection.edit.changed == {AT}
    panel.reset_all_button.click()
    wait_for_plain(qtbot, flat)
    assert panel.back_button.isVisible()
    selection.choose(b=sample_catalog()[30])
    assert selection.edit is None and not panel.back_button.isVisible(), "another pair has other numbers"


def test_looking_at_the_page_of_mixes_leaves_an_edit_and_moving_something_there_ends_it(
    flat: MainWindow, page: LatentController, qtbot: QtBot
) -> None:
    page.change(AT, 5.0)
    wait_for_edit(qtbot, flat, AT, 5.0)
    flat.side.show("mix")
    assert selection_of(flat).edit is not None and selection_of(flat).mix is None
    panel = mix_page(flat).panel
    assert "The edited blend is shown" in panel.state.text() and not panel.back_button.isEnabled()
    panel.corners.changed.emit()
    qtbot.waitUntil(lambda: shown_in(flat).mix is not None, timeout=WAIT_MS)
    assert selection_of(flat).edit is None


def test_an_edit_of_a_mix_begins_with_its_numbers_and_other_weights_end_it(
    flat: MainWindow, page: LatentController, qtbot: QtBot
) -> None:
    flat.side.show("mix")
    assert flat.feature(MixFeature).controller is not None
    qtbot.waitUntil(lambda: shown_in(flat).mix is not None, timeout=WAIT_MS)
    flat.side.show("latent")
    mixed = latents_of(page)
    assert mixed.t is None and mixed.title.startswith("Mix of") and "no formula" in page.panel.lines[2].text()
    page.change(AT, 5.0)
    result = wait_for_edit(qtbot, flat, AT, 5.0)
    assert np.array_equal(np.delete(result.request.latent, AT), np.delete(mixed.middle, AT))
    assert selection_of(flat).mix is None and result.request.name.startswith("Mix of")
    change_weights(qtbot, flat, "chairs")
    assert selection_of(flat).edit is None
    qtbot.waitUntil(lambda: page.panel.latents is not None and latents_of(page).odd == 4, timeout=WAIT_MS)
    page.panel.maps.choose(63)
    assert "odd" in page.panel.lines[0].text()
    page.panel.maps.choose(0)
    assert "even" in page.panel.lines[0].text()


def test_numbers_come_and_go_as_text_files_and_a_call(
    flat: MainWindow, page: LatentController, qtbot: QtBot, tmp_path: Path
) -> None:
    maps, clipboard = page.panel.maps, QApplication.clipboard()
    page.change(AT, 0.1)
    wait_for_edit(qtbot, flat, AT, 0.1)
    edited = latents_of(page).middle
    maps.setFocus()
    QTest.keyClick(maps, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = parse_latent(clipboard.text())
    assert np.array_equal(copied.latent, edited) and copied.weights == "study"
    page.exchange.copy_call()
    known: dict[str, np.ndarray] = {}
    exec(clipboard.text(), known)
    assert "voxview.interpolate(" in clipboard.text() and np.array_equal(known["z"], edited)
    for name in ("z.npy", "z.txt", "z.csv", "z.svg", "z.png"):
        page.exchange.save_to(tmp_path / name)
        qtbot.waitUntil(lambda name=name: name in flat.messages.text, timeout=WAIT_MS)  # type: ignore[misc]
    assert np.array_equal(read_latent(tmp_path / "z.npy").latent, edited)
    assert np.array_equal(read_latent(tmp_path / "z.txt").latent, edited)
    rows = list(csv.DictReader((tmp_path / "z.csv").read_text().splitlines()))
    assert len(rows) == 64 and np.float32(rows[AT]["middle"]) == edited[2, 3] and rows[AT]["changed"] == "1"
    assert (tmp_path / "z.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "z.svg").read_text()
    flat.feature(FilesFeature).export_to(tmp_path / "edited.npy")
    qtbot.waitUntil(lambda: "edited.npy" in flat.messages.text, timeout=WAIT_MS)
    assert "The edited blend (t = 0.5 · 1 number changed)" in flat.messages.text
    assert np.array_equal(np.load(tmp_path / "edited.npy"), shown_in(flat).result.grid)  # type: ignore[union-attr]


def test_what_cannot_be_pasted_changes_nothing_and_far_numbers_are_decoded_and_said(
    flat: MainWindow, page: LatentController, qtbot: QtBot, tmp_path: Path
) -> None:
    clipboard, before = QApplication.clipboard(), shown_in(flat).result
    nan = np.zeros((8, 8), np.float32)
    nan[3, 4] = np.nan
    for text, said in (
        ("", "no text"),
        ("1 2 3\n4 5 6", "2 rows of 3"),
        (latent_text(nan), r"row 3, column 4.*nan"),
        ("a chair", "no number|several lengths|1 rows of 2"),
    ):
        clipboard.setText(text)
        page.panel.paste.emit()
        assert re.search(said, flat.messages.text), flat.messages.text
        assert "\n" not in flat.messages.text
    page.exchange.open(tmp_path / "none.npy")
    assert "none.npy" in flat.messages.text
    assert selection_of(flat).edit is None and shown_in(flat).result is before
    far = latents_of(page).middle.copy()
    far[1, 1] = 1e20
    clipboard.setText(latent_text(far))
    page.panel.maps.setFocus()
    QTest.keyClick(page.panel.maps, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    result = wait_for_edit(qtbot, flat, 0, float(far[0, 0]))
    assert np.array_equal(result.request.latent, far) and result.request.name == "pasted numbers"
    qtbot.waitUntil(lambda: "far outside" in flat.messages.text, timeout=WAIT_MS)
    assert "row 1, column 1" in flat.messages.text


def test_the_strip_shows_five_chairs_and_a_click_takes_the_number(
    flat: MainWindow, page: LatentController, qtbot: QtBot
) -> None:
    strip = page.panel.strip
    qtbot.waitUntil(lambda: len(strip.pictures) == 5 and not strip.is_stale, timeout=WAIT_MS)
    page.panel.maps.choose(AT)
    assert strip.is_stale, "what is there is of another number"
    qtbot.waitUntil(lambda: len(strip.pictures) == 5 and not strip.is_stale, timeout=WAIT_MS)
    assert page.panel.along.text().startswith("Row 2, column 3 alone")
    values = [one.value for one in strip.pictures]
    assert values == sorted(values) and strip.pictures[4].came + strip.pictures[4].went > 0
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip.room(4).center())
    wait_for_edit(qtbot, flat, AT, values[4])
    qtbot.waitUntil(lambda: not strip.is_stale, timeout=WAIT_MS)
    assert (strip.pictures[4].came, strip.pictures[4].went) == (0, 0), "that is what is shown now"
    strip.setFocus()
    for _ in range(4):
        QTest.keyClick(strip, Qt.Key.Key_Left)
    QTest.keyClick(strip, Qt.Key.Key_Return)
    wait_for_edit(qtbot, flat, AT, values[0])
