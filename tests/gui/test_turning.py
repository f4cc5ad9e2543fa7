"""Chairs that come lying or turned: the import dialog and the window say so, and turn them on one click."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from looking import WAIT_MS, selection_of, shown_in
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from voxview.gui.files.feature import FilesFeature
from voxview.gui.files.import_dialog import ImportDialog
from voxview.gui.files.imported import read_imported, turn_imported
from voxview.gui.window import MainWindow
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.io.read import chair_from_file, read_shape
from voxview.shapes.orient import AS_READ, Orientation, rotate_grid

CHAIR = sample_catalog()[5].read()
LYING = rotate_grid(CHAIR, Orientation("z").matrix)
"""With −z up it stands again."""
CLOUD = np.random.default_rng(0).random((32, 32, 32)) < 0.2


@pytest.fixture
def window(flat: MainWindow) -> MainWindow:
    """Return a window with pictures instead of the 3D view, which nothing here looks at."""
    return flat


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a chair that stands, one that lies, and what is no chair."""
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, grid in (("cloud", CLOUD), ("lying", LYING), ("standing", CHAIR)):
        np.save(folder / f"{name}.npy", grid)
    return folder


def open_dialog(window: MainWindow, qtbot: QtBot, path: Path) -> ImportDialog:
    """Open the import dialog on a file, and wait until it has read the file."""
    window.feature(FilesFeature).ask_how_it_stands(path)
    qtbot.waitUntil(lambda: bool(window.findChildren(ImportDialog)), timeout=WAIT_MS)
    dialog = window.findChildren(ImportDialog)[0]
    qtbot.waitUntil(lambda: dialog.chair is not None, timeout=WAIT_MS)
    return dialog


def wait_for_line(qtbot: QtBot, dialog: ImportDialog, start: str) -> None:
    """Wait until the dialog's line begins so."""
    qtbot.waitUntil(lambda: dialog.line.text.startswith(start), timeout=WAIT_MS)


def controls(dialog: ImportDialog) -> Orientation:
    """Return the orientation that is chosen."""
    return Orientation(dialog.up.currentData(), dialog.turn.currentData())


def turn_button(window: MainWindow) -> QPushButton | None:
    """Return the button of the message that is shown, if there is one."""
    shown = [one for one in window.messages.findChildren(QPushButton) if not one.isHidden()]
    return shown[0] if shown and window.messages.text else None


def test_a_lying_import_is_turned_on_one_click_and_not_before(
    window: MainWindow, qtbot: QtBot, folder: Path
) -> None:
    dialog = open_dialog(window, qtbot, folder / "lying.npy")
    wait_for_line(qtbot, dialog, "Held best when turned: -z up, turned by 0° (IoU 0.")
    assert " instead of 0." in dialog.line.text and controls(dialog) == AS_READ
    (button,) = dialog.line.buttons
    assert button.text() == "Turn it so"
    as_it_lies = dialog.chair
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert controls(dialog) == Orientation("-z") and dialog.chair is None
    qtbot.waitUntil(lambda: dialog.chair is not None, timeout=WAIT_MS)
    assert dialog.chair != as_it_lies and np.array_equal(dialog.chair.read(), CHAIR)
    assert dialog.line.text.startswith("Held best as it is turned now") and not button.isEnabled()
    dialog.reject()


def test_what_is_said_is_of_the_orientation_that_is_chosen(
    window: MainWindow, qtbot: QtBot, folder: Path
) -> None:
    dialog = open_dialog(window, qtbot, folder / "standing.npy")
    wait_for_line(qtbot, dialog, "Held best as the file has it (IoU 0.")
    assert dialog.line.buttons == []
    dialog.turn.setCurrentIndex(2)
    (button,) = dialog.line.buttons
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert controls(dialog) == AS_READ and dialog.line.buttons == []
    dialog.reject()


def test_a_file_that_was_turned_before_it_was_read_is_searched_as_the_file_has_it(
    window: MainWindow, qtbot: QtBot, folder: Path
) -> None:
    window.feature(FilesFeature).ask_how_it_stands(folder / "lying.npy")
    dialog = window.findChildren(ImportDialog)[0]
    dialog.up.setCurrentIndex(dialog.up.findData("x"))
    dialog.turn.setCurrentIndex(1)
    wait_for_line(qtbot, dialog, "Held best when turned: -z up, turned by 0°")
    dialog.reject()


def test_an_uncertain_import_asks_and_has_the_two_best_as_choices(
    window: MainWindow, qtbot: QtBot, folder: Path
) -> None:
    dialog = open_dialog(window, qtbot, folder / "cloud.npy")
    wait_for_line(qtbot, dialog, "Uncertain")
    first, second = dialog.line.buttons
    assert first.text() != second.text() and controls(dialog) == AS_READ
    qtbot.mouseClick(second, Qt.MouseButton.LeftButton)
    chosen = controls(dialog)
    assert second.text() == f"{chosen.up} up, {chosen.turn}°"
    assert first.isEnabled() and not second.isEnabled()
    dialog.reject()


def test_a_dialog_that_is_closed_ends_its_search_and_says_nothing(
    window: MainWindow, qtbot: QtBot, folder: Path
) -> None:
    dialog = open_dialog(window, qtbot, folder / "lying.npy")
    with qtbot.waitSignal(window.context.session.tasks.ended, timeout=WAIT_MS):
        dialog.reject()
    assert window.messages.text == "" and not window.progress.busy


def test_before_there_is_an_engine_a_shape_is_imported_without_a_search(
    unstarted: MainWindow, qtbot: QtBot, folder: Path
) -> None:
    dialog = open_dialog(unstarted, qtbot, folder / "lying.npy")
    assert dialog.line.text == "" and dialog.line.buttons == []
    dialog.reject()


def test_a_folders_lying_chair_is_offered_turned_and_taken_on_one_click(
    open_window: Callable[..., MainWindow], qtbot: QtBot, folder: Path
) -> None:
    window = open_window(data=folder, flat=True)
    lying, standing = (window.context.listing.find(str(folder), name) for name in ("lying", "standing"))
    selection_of(window).choose(a=lying, b=standing)
    qtbot.waitUntil(lambda: "Lying seems turned" in window.messages.text, timeout=WAIT_MS)
    assert "with -z up, turned by 0°" in window.messages.text
    button = turn_button(window)
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown_in(window).chairs == selection_of(window).pair, timeout=WAIT_MS)
    a, b = selection_of(window).pair
    assert a is not None and np.array_equal(a.read(), CHAIR) and b == standing
    assert a.id == "lying" and a in window.context.listing.chairs and turn_button(window) is None
    assert np.array_equal(read_shape(folder / "lying.npy"), LYING), "the file is as it was"
    assert "voxview convert IN OUT --up auto --turn auto" in window.messages.text


def test_after_one_chair_of_a_folder_its_others_are_tried_however_well_they_are_held(
    open_window: Callable[..., MainWindow], qtbot: QtBot, folder: Path
) -> None:
    well_held = rotate_grid(sample_catalog()[20].read(), Orientation("z").matrix)  # IoU 0.85 as it lies
    np.save(folder / "bulky.npy", well_held)
    window = open_window(data=folder, flat=True)
    lying, bulky = (window.context.listing.find(str(folder), name) for name in ("lying", "bulky"))
    selection_of(window).choose(a=lying, b=bulky)
    qtbot.waitUntil(lambda: "Lying seems turned" in window.messages.text, timeout=WAIT_MS)
    button = turn_button(window)
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Bulky seems turned: IoU 0.8" in window.messages.text, timeout=WAIT_MS)


def test_an_offer_leaves_with_its_chair(
    open_window: Callable[..., MainWindow], qtbot: QtBot, folder: Path
) -> None:
    window = open_window(data=folder, flat=True)
    lying, standing = (window.context.listing.find(str(folder), name) for name in ("lying", "standing"))
    selection_of(window).choose(a=lying, b=standing)
    qtbot.waitUntil(lambda: turn_button(window) is not None, timeout=WAIT_MS)
    selection_of(window).swap()
    assert turn_button(window) is not None, "it is B now"
    selection_of(window).choose(b=sample_catalog()[0])
    assert turn_button(window) is None and window.messages.text == ""


def test_what_is_held_no_better_when_turned_is_left_in_peace(
    open_window: Callable[..., MainWindow], qtbot: QtBot, folder: Path
) -> None:
    window = open_window(data=folder, flat=True)
    cloud, standing = (window.context.listing.find(str(folder), name) for name in ("cloud", "standing"))
    with qtbot.waitSignal(window.context.session.tasks.ended, timeout=WAIT_MS):
        selection_of(window).choose(a=cloud, b=standing)
    assert window.messages.text == "" and selection_of(window).pair == (cloud, standing)


def test_turning_an_import_gives_the_chair_that_importing_it_so_gives(folder: Path) -> None:
    path = folder / "lying.npy"
    for first, second in ((AS_READ, Orientation("-z", 90)), (Orientation("x", 90), Orientation("y", 180))):
        chair, grid = read_imported(path, first.up, first.turn)
        total = second.after(first)
        turned = turn_imported(chair, grid, second)
        assert turned == read_imported(path, total.up, total.turn)[0]
        assert np.array_equal(turned.read(), chair_from_file(path, up=total.up, turn=total.turn).read())
