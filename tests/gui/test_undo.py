"""Undo and redo: every change of what is shown is a step, and a drag is one."""

from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path

import pytest
from looking import WAIT_MS, browser, mix_page, selection_of, shown_in, transport
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from voxview.engine.latent_request import LatentResult
from voxview.engine.request import Position
from voxview.gui.appearance.feature import AppearanceFeature
from voxview.gui.files.feature import FilesFeature
from voxview.gui.history.feature import HistoryFeature
from voxview.gui.session.edit import Edit
from voxview.gui.window import MainWindow
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.io.binvox import write_binvox

SAMPLES = sample_catalog()


def titles(window: MainWindow) -> list[str]:
    """Return the steps so far."""
    window.context.keeper.flush()
    return [step.title for step in window.context.keeper.history.steps[1:]]


def do(window: MainWindow, name: str) -> None:
    """Do what an action does, and let the window come to rest: what changes all at once is one step."""
    window.qactions[name].trigger()
    QApplication.processEvents()


def press(window: MainWindow, keys: str) -> None:
    """Press a key with its modifiers, as a person does."""
    *modifiers, key = keys.split("+")
    held = Qt.KeyboardModifier.NoModifier
    for one in modifiers:
        held |= {"Ctrl": Qt.KeyboardModifier.ControlModifier, "Shift": Qt.KeyboardModifier.ShiftModifier}[one]
    focused = QApplication.focusWidget() or window
    QTest.keyClick(focused, Qt.Key[f"Key_{key}"], held)


def test_chairs_position_look_and_surface_are_undone_and_redone_by_keys(
    flat: MainWindow, qtbot: QtBot
) -> None:
    window, selection = flat, selection_of(flat)
    first, begun = selection.pair, window.context.keeper.take()
    selection.take("A", SAMPLES[9])
    QApplication.processEvents()
    for name in ("swap", "at_a", "show_rebuilt", "remove_small_components"):
        do(window, name)
    window.feature(AppearanceFeature).surface_menu.choose(64)
    done = window.context.keeper.take()
    assert titles(window) == [
        f"A: {SAMPLES[9].name}",
        "Swap A and B",
        "t = 0.00",
        "Look: rebuilt",
        "Remove small pieces",
        "Surface: fine (64³)",
    ]
    for _ in range(6):
        press(window, "Ctrl+Z")
    assert window.context.keeper.take() == begun and selection.pair == first
    assert not window.qactions["show_rebuilt"].isChecked()
    assert window.feature(AppearanceFeature).surface_menu.actions()[0].isChecked()
    press(window, "Ctrl+Z")  # there is nothing more
    assert window.context.keeper.take() == begun
    for _ in range(7):
        press(window, "Ctrl+Shift+Z")
    assert window.context.keeper.take() == done
    qtbot.waitUntil(lambda: shown_in(window).chairs == selection.pair, timeout=WAIT_MS)


def test_a_drag_is_one_step_however_long_and_another_drag_another(flat: MainWindow, qtbot: QtBot) -> None:
    window, slider = flat, transport(flat).slider
    middle, height = slider.width() // 2, slider.height() // 2
    for first, last in ((middle, middle + 120), (middle + 120, middle - 90)):
        QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(first, height))
        for x in range(first, last, 7 if last > first else -7):
            QTest.mouseMove(slider, QPoint(x, height))
            qtbot.wait(10)
        QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(last, height))
        qtbot.wait(650)
    assert len(titles(window)) == 2
    press(window, "Ctrl+Z")
    press(window, "Ctrl+Z")
    assert selection_of(window).position == Position(0.5)


def test_a_position_that_is_typed_is_undone_though_the_field_has_the_keyboard(flat: MainWindow) -> None:
    number = transport(flat).number
    number.setFocus()
    number.selectAll()
    QTest.keyClicks(number, "0.3")
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert selection_of(flat).position == Position(0.3)
    press(flat, "Ctrl+Z")
    assert selection_of(flat).position == Position(0.5)
    search = browser(flat).search
    search.setFocus()
    QTest.keyClicks(search, "stool")
    press(flat, "Ctrl+Z")
    assert search.text() == "" and flat.context.keeper.history.redone_title == "t = 0.30"


def test_an_import_and_a_removal_are_steps(flat: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    window, listing = flat, flat.context.listing
    files = [tmp_path / "one.binvox", tmp_path / "two.binvox"]
    for file, number in zip(files, (20, 21), strict=True):
        write_binvox(file, SAMPLES[number].read())
    window.feature(FilesFeature).import_all(files)
    qtbot.waitUntil(lambda: len(listing.imported) == 2, timeout=WAIT_MS)
    one, two = listing.imported
    do(window, "set_b")
    browser(window).reveal(two)
    browser(window).view.setFocus()
    press(window, "Delete")
    assert listing.imported == (one,) and selection_of(window).b == two, "what is on screen stays"
    assert titles(window) == ["Import 2 chairs", "B: Two", "Remove Two"]
    press(window, "Ctrl+Z")
    assert listing.imported == (one, two)
    press(window, "Ctrl+Z")
    press(window, "Ctrl+Z")
    assert listing.imported == () and listing.catalog is not None and listing.catalog.source == "samples"
    assert browser(window).sources.count() == 1
    press(window, "Ctrl+Shift+Z")
    assert listing.imported == (one, two)


def test_a_pair_that_cannot_be_read_is_no_step(flat: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    from voxview.shapes.io.read import chair_from_file

    path = tmp_path / "broken.binvox"
    path.write_bytes(b"#binvox 1\nnonsense")
    before = flat.context.keeper.take()
    selection_of(flat).take("A", chair_from_file(path))
    qtbot.waitUntil(lambda: selection_of(flat).a == before.a, timeout=WAIT_MS)
    assert titles(flat) == []


def test_weights_are_undone_and_a_click_in_the_list_of_steps_goes_there(
    flat: MainWindow, qtbot: QtBot
) -> None:
    engine = flat.context.session.engine
    flat.context.session.tasks.change_weights("chairs-free")
    qtbot.waitUntil(lambda: titles(flat) == ["Weights chairs-free"], timeout=WAIT_MS)
    flat.qactions["at_b"].trigger()
    flat.qactions["history"].trigger()
    dialog = flat.feature(HistoryFeature).dialog
    assert dialog is not None
    rows = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    assert rows == ["Start", "Weights chairs-free", "t = 1.00"] and dialog.list.currentRow() == 2
    rect = dialog.list.visualItemRect(dialog.list.item(0))
    QTest.mouseClick(dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    qtbot.waitUntil(lambda: engine.card is not None and engine.card.choice == "study", timeout=WAIT_MS)
    assert selection_of(flat).position == Position(0.5)
    assert flat.context.keeper.history.place == 0, "the weights that come are no step of their own"
    dialog.reject()


def test_a_mix_is_a_step_and_its_controls_go_back_with_it(flat: MainWindow, qtbot: QtBot) -> None:
    window = flat
    window.qactions["show_mix"].trigger()
    panel = mix_page(window).panel
    titles(window)
    panel.corners.pad.go(0.25, 0.75)
    titles(window)
    panel.corners.pad.go(0.9, 0.1)
    assert titles(window) == ["Mix of 4"] * 3
    wanted = selection_of(window).mix
    assert wanted is not None
    press(window, "Ctrl+Z")
    assert (panel.corners.pad.u, panel.corners.pad.v) == (0.25, 0.75)
    mix = selection_of(window).mix
    assert mix is not None and mix.weights == pytest.approx(panel.corners.pad.weights)
    for _ in range(2):
        press(window, "Ctrl+Z")
    assert selection_of(window).mix is None
    qtbot.waitUntil(lambda: shown_in(window).blend is not None, timeout=WAIT_MS)
    for _ in range(3):
        press(window, "Ctrl+Shift+Z")
    mix = selection_of(window).mix
    assert mix is not None and mix.weights == wanted.weights and panel.corners.pad.u == 0.9


def test_five_hundred_steps_keep_memory_flat(unstarted: MainWindow) -> None:
    window, selection = unstarted, selection_of(unstarted)
    window.context.keeper.history.begin(window.context.keeper.take())
    window.context.keeper._opened_as = "step"  # without an engine nothing is shown yet

    def go(steps: int) -> None:
        for number in range(steps):
            selection.choose(a=SAMPLES[number % 200], b=SAMPLES[number % 170 + 20])
            window.context.keeper._opened_as = "step"
            window.context.keeper.flush()
            window.context.keeper._opened_as = "step"

    go(600)
    assert len(window.context.keeper.history.steps) == 501
    gc.collect()
    tracemalloc.start()
    go(600)
    for _ in range(500):
        window.context.keeper.go(window.context.keeper.history.place - 1)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert window.context.keeper.history.place == 0
    assert grown < 1_000_000, "600 steps take the place of 600 others"


def test_an_edit_of_the_latent_is_a_step_and_the_slider_that_leaves_it_another(
    flat: MainWindow, qtbot: QtBot
) -> None:
    window, selection = flat, selection_of(flat)
    edit = Edit().with_number(10, 0.5)
    selection.set_edit(edit)
    window.context.keeper.flush()
    selection.move(Position.clipped(0.25))
    window.context.keeper.flush()
    assert titles(window) == [f"Edit: {edit.name}", "t = 0.25"] and selection.edit is None
    press(window, "Ctrl+Z")
    assert selection.edit == edit and selection.position.t == 0.5
    qtbot.waitUntil(lambda: isinstance(window.context.session.shown.result, LatentResult), timeout=WAIT_MS)
    press(window, "Ctrl+Z")
    assert selection.edit is None
    press(window, "Ctrl+Shift+Z")
    assert selection.edit == edit
    edited = window.context.keeper.take()
    selection.choose(a=SAMPLES[3])
    window.context.keeper.put(edited)
    assert selection.edit == edit and selection.a == edited.a
