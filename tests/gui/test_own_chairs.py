"""Chairs of one's own: the list's menu, what a folder keeps of them, drops, and files that change."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from looking import WAIT_MS, browser, selection_of
from PySide6.QtCore import QMimeData, QPoint, QProcess, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from voxview.gui.blend.feature import BlendFeature
from voxview.gui.files import show_in_folder, watcher
from voxview.gui.files.feature import FilesFeature
from voxview.gui.files.import_dialog import ImportDialog
from voxview.gui.files.turn_dialog import TurnDialog
from voxview.gui.widgets.dragged_chair import dragged_data
from voxview.gui.window import MainWindow
from voxview.shapes.catalogs.open import open_catalog
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.catalogs.sidecar import SIDECAR, read_sidecar
from voxview.shapes.chair import Chair
from voxview.shapes.orient import Orientation, rotate_grid

SAMPLES = sample_catalog()
NAMES = ("a bench", "b stool", "c throne", "d sofa")


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a data folder of its own."""
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: tmp_path / "own data")


@pytest.fixture
def window(unstarted: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """Return a window without an engine that lists a folder of four chairs."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for place, name in enumerate(NAMES):
        np.save(folder / f"{name}.npy", SAMPLES[place].read())
    unstarted.feature(FilesFeature).open(folder)
    qtbot.waitUntil(lambda: len(unstarted.context.listing.chairs) == len(NAMES), timeout=WAIT_MS)
    selection_of(unstarted).choose(a=chair(unstarted, "a bench"), b=chair(unstarted, "b stool"))
    return unstarted


def folder_of(window: MainWindow) -> Path:
    return Path(window.context.listing.catalogs[1].source)


def chair(window: MainWindow, chair_id: str) -> Chair:
    found = window.context.listing.now(Chair(chair_id, "", str(folder_of(window)), lambda: SAMPLES[0].read()))
    assert found is not None
    return found


def listed(window: MainWindow) -> list[str]:
    return [one.name for one in window.context.listing.chairs]


def select(window: MainWindow, *rows: int) -> None:
    panel = browser(window)
    panel.view.setCurrentIndex(panel.model.index(rows[0]))
    for row in rows[1:]:
        flag = panel.view.selectionModel().SelectionFlag.Select
        panel.view.selectionModel().select(panel.model.index(row), flag)


def menu_texts(window: MainWindow) -> list[str]:
    """Open the list's menu by the keyboard, and return what is in it."""
    QTest.keyClick(browser(window).view, Qt.Key.Key_Menu)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    texts = [action.text().replace("&", "") for action in menu.actions() if not action.isSeparator()]
    menu.close()
    return texts


def dialog_of(window: MainWindow, kind: type, qtbot: QtBot):  # type: ignore[no-untyped-def]
    qtbot.waitUntil(lambda: bool(window.findChildren(kind)), timeout=WAIT_MS)
    dialog = window.findChildren(kind)[0]
    qtbot.waitUntil(lambda: dialog.chair is not None, timeout=WAIT_MS)
    return dialog


def test_what_is_renamed_turned_and_removed_is_so_next_time_and_can_be_undone(
    window: MainWindow, qtbot: QtBot
) -> None:
    folder, changes = folder_of(window), window.context.changes
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    select(window, 0)
    window.qactions["rename_chair"].trigger()
    editor = browser(window).view.findChildren(QLineEdit)[0]
    assert editor.text() == "A bench" and editor.accessibleName()
    editor.setText("Grandmother's")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Grandmother's" in listed(window), timeout=WAIT_MS)
    a = selection_of(window).a
    assert a is not None and a.name == "Grandmother's", "A is the chair as it is now"

    select(window, 1, 2)
    window.qactions["turn_chair"].trigger()
    dialog = dialog_of(window, TurnDialog, qtbot)
    assert dialog.windowTitle() == "Turn 2 chairs" and dialog.orientation == Orientation()
    dialog.choose(Orientation("z", 90))
    dialog.accept()
    stands = rotate_grid(SAMPLES[1].read(), Orientation("z", 90).matrix)
    b = selection_of(window).b
    assert b is not None and np.array_equal(b.read(), stands)
    assert [one.id for one in window.context.listing.selected] == ["b stool", "c throne"], "still selected"

    select(window, 3)
    window.qactions["remove_chair"].trigger()
    assert listed(window) == ["Grandmother's", "B stool", "C throne"]
    assert window.messages.text == "D sofa removed from the list"
    assert browser(window)._count.text() == "3 chairs, 1 removed"

    changes.finish()
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert after.pop(SIDECAR) and after == before
    again = open_catalog(folder)
    assert [(one.name, one.version) for one in again] == [
        ("Grandmother's", "Grandmother's"),
        ("B stool", "z up, 90°"),
        ("C throne", "z up, 90°"),
    ]
    assert list(again) == window.context.listing.chairs, "what a session keeps finds them"

    titles = []
    for _ in range(3):
        titles.append(window.context.keeper.history.undone_title)
        window.qactions["undo"].trigger()
    assert titles == ["Remove D sofa", "Turn 2 chairs", "Rename A bench"]
    assert listed(window) == ["A bench", "B stool", "C throne", "D sofa"]
    a, b = selection_of(window).pair
    assert a is not None and b is not None and a.name == "A bench"
    assert np.array_equal(b.read(), SAMPLES[1].read())
    changes.finish()
    assert not (folder / SIDECAR).exists()
    window.qactions["redo"].trigger()
    changes.finish()
    assert [one.name for one in read_sidecar(folder).changes.values()] == ["Grandmother's"]


def test_removed_chairs_are_shown_and_brought_back_and_files_from_elsewhere_change_no_folder(
    window: MainWindow,
) -> None:
    keeper = window.context.keeper
    assert "folder chairs" not in keeper.take().aspects, "no session or bookmark of another has a say"
    window.context.changes.remove([chair(window, "c throne"), chair(window, "d sofa")])
    assert keeper.kept_step is None, "what a folder keeps is undone while the window is open"
    window.qactions["show_removed"].setChecked(True)
    assert listed(window) == ["A bench", "B stool", "C throne", "D sofa"]
    select(window, 3)
    assert "Bring removed chairs back" in menu_texts(window)
    index = browser(window).model.index(3)
    assert "removed from the list" in str(index.data(Qt.ItemDataRole.AccessibleTextRole))
    assert all(one.id not in ("c throne", "d sofa") for one in window.context.listing.random_chairs(9))
    window.qactions["bring_back"].trigger()
    window.qactions["show_removed"].setChecked(False)
    assert listed(window) == ["A bench", "B stool", "D sofa"]
    select(window, 0)
    window.qactions["bring_back"].trigger()
    assert listed(window) == ["A bench", "B stool", "C throne", "D sofa"]


def test_the_menu_has_what_can_be_done_with_what_is_selected(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    select(window, 0)
    assert menu_texts(window) == [
        *("Set A", "Set B", "Turn…", "Rename", "Remove from the list"),
        *("Similar chairs", "Export it…", "Show in folder", "Copy its id"),
    ]
    window.qactions["similar_chairs"].trigger()
    qtbot.waitUntil(lambda: window.context.listing.limit != "", timeout=WAIT_MS)
    assert window.context.listing.limit == "most like A bench" and len(listed(window)) == 4
    assert listed(window)[0] == "A bench" and browser(window).show_all.isVisible()
    qtbot.mouseClick(browser(window).show_all, Qt.MouseButton.LeftButton)
    assert window.context.listing.limit == ""
    window.feature(FilesFeature).chair_files.export_to(chair(window, "a bench"), tmp_path / "out.npy")
    qtbot.waitUntil(lambda: "out.npy" in window.messages.text, timeout=WAIT_MS)
    assert np.array_equal(np.load(tmp_path / "out.npy"), SAMPLES[0].read())
    shown: list[Path] = []
    monkeypatch.setattr(show_in_folder, "_shown_by_file_manager", lambda _: False)
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: shown.append(Path(url.toLocalFile())) or True
    )
    monkeypatch.setattr("sys.platform", "linux")
    select(window, 0)
    window.qactions["show_in_folder"].trigger()
    assert shown == [folder_of(window)]
    window.context.listing.show_catalog(0)
    select(window, 0)
    assert menu_texts(window) == [
        *("Set A", "Set B", "Turn…", "Similar chairs", "Export it…", "Copy its id"),
    ]
    QTest.keyClick(browser(window).view, Qt.Key.Key_F2)
    assert "sample chairs keep their names" in window.messages.text


def test_a_sample_that_is_turned_becomes_an_import_and_an_import_is_turned_and_renamed_in_its_place(
    window: MainWindow,
) -> None:
    files, sample = window.feature(FilesFeature), SAMPLES[2]
    files.chair_files.turn_so([sample], Orientation("x", 90))
    (turned,) = window.context.listing.imported
    assert np.array_equal(turned.read(), rotate_grid(sample.read(), Orientation("x", 90).matrix))
    selection_of(window).take("A", turned)
    files.chair_files.turn_so([turned], Orientation("y", 180))
    window.context.changes.rename(window.context.listing.imported[0], "Mine\n\x1b[1m")
    (now,) = window.context.listing.imported
    assert now.name == "Mine \\x1b[1m" and now in selection_of(window).pair
    assert np.array_equal(now.read(), rotate_grid(sample.read(), Orientation("y", 180).matrix))
    window.qactions["undo"].trigger()
    window.qactions["undo"].trigger()
    assert selection_of(window).a == turned and window.context.listing.imported == (turned,)
    window.context.changes.remove([turned, sample])
    assert window.context.listing.imported == () and selection_of(window).a == turned


def _drag(window: MainWindow, what: list[Path] | QMimeData, at: QPoint) -> str:
    """Drag files to a place of the window, drop them there, and return what was said of it before."""
    data = QMimeData() if isinstance(what, list) else what
    if isinstance(what, list):
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in what])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for kind in (QDragEnterEvent, QDragMoveEvent):
        QApplication.sendEvent(window, kind(at, copy, data, left, none))
    assert window.drops.hint.isVisible()
    said = window.drops.hint.text
    QApplication.sendEvent(window, QDropEvent(at, copy, data, left, none))
    assert not window.drops.hint.isVisible()
    return said


def test_files_become_what_is_said_where_they_are_dropped(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    files = []
    for place in (7, 8):
        files.append(tmp_path / f"chair {place}.npy")
        np.save(files[-1], SAMPLES[place].read())
    view = window.feature(BlendFeature).view
    on_a, on_b = (view.mapTo(window, QPoint(x, 100)) for x in (30, view.width() - 30))
    on_list = browser(window).mapTo(window, QPoint(50, 200))
    assert _drag(window, files[:1], on_b) == "chair 7.npy becomes B"
    dialog = dialog_of(window, ImportDialog, qtbot)
    dialog.accept()
    a, b = selection_of(window).pair
    assert a is not None and b is not None and (a.name, b.name) == ("A bench", "Chair 7")
    assert _drag(window, files[::-1], on_a) == "Import 2 files, the first as A"
    qtbot.waitUntil(lambda: selection_of(window).a != a, timeout=WAIT_MS)
    a = selection_of(window).a
    assert a is not None and a.name == "Chair 8"
    assert _drag(window, files, on_list) == "Import 2 files"
    assert _drag(window, [folder_of(window)], on_a) == "List the chairs of mine"
    dragged = dragged_data(chair(window, "c throne"))
    assert _drag(window, dragged, on_b) == "C throne becomes B"
    b = selection_of(window).b
    assert b is not None and b.id == "c throne"


def test_a_file_that_changes_is_read_again_and_a_broken_one_leaves_its_chair(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "_AGAIN_MS", (50, 50, 50, 50, 50))
    path = tmp_path / "import.npy"
    np.save(path, SAMPLES[5].read())
    files = window.feature(FilesFeature)
    files.watch._settled.setInterval(20)
    files.import_all([path], letter="B")
    qtbot.waitUntil(lambda: len(window.context.listing.imported) == 1, timeout=WAIT_MS)
    files.watch.watch_listed()
    own = folder_of(window) / "a bench.npy"
    assert {str(path), str(own)} <= files.watch.files.keys()

    np.save(path, SAMPLES[6].read())
    np.save(own, SAMPLES[9].read())

    def are_new() -> bool:
        a, b = selection_of(window).pair
        assert a is not None and b is not None
        return np.array_equal(a.read(), SAMPLES[9].read()) and np.array_equal(b.read(), SAMPLES[6].read())

    qtbot.waitUntil(are_new, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "was read again: the file has changed" in window.messages.text, timeout=WAIT_MS)
    b = selection_of(window).b
    qtbot.waitUntil(lambda: selection_of(window).a in window.context.listing.catalogs[1], timeout=WAIT_MS)

    whole = path.read_bytes()
    path.write_bytes(whole[:200])
    qtbot.waitUntil(lambda: "its chair stays until it can be read" in window.messages.text, timeout=WAIT_MS)
    assert selection_of(window).b == b and "\n" not in window.messages.text
    np.save(tmp_path / "new.npy", SAMPLES[7].read())
    os.replace(tmp_path / "new.npy", path)  # noqa: PTH105 - as editors save
    qtbot.waitUntil(lambda: selection_of(window).b != b, timeout=WAIT_MS)
    b = selection_of(window).b
    assert b is not None and np.array_equal(b.read(), SAMPLES[7].read())
    path.unlink()
    qtbot.waitUntil(lambda: "file import.npy is gone" in window.messages.text, timeout=WAIT_MS)
    assert selection_of(window).b == b


def test_the_level_of_a_field_is_dragged_and_decides_what_is_imported(
    unstarted: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "field.npy"
    steps = np.where(SAMPLES[3].read(), 0.9, 0.1).astype(np.float32)
    steps[10:20, 10:20, 10:20] = np.maximum(steps[10:20, 10:20, 10:20], 0.4)
    np.save(path, steps)
    unstarted.feature(FilesFeature).ask_how_it_stands(path, "A")
    dialog = dialog_of(unstarted, ImportDialog, qtbot)
    qtbot.waitUntil(lambda: dialog.level_box is not None, timeout=WAIT_MS)
    box = dialog.level_box
    assert (box.value.value(), box.side.currentText()) == (0.5, "above") and not box.reset.isEnabled()
    bars = box.histogram._bars()
    at = QPoint(round(bars.left() + bars.width() * (0.25 - 0.1) / 0.8), 10)
    QTest.mouseClick(box.histogram, Qt.MouseButton.LeftButton, pos=at)
    assert abs(box.level.value - 0.25) < 0.01
    assert box.histogram.accessibleDescription().startswith("occupied above 0.2")
    qtbot.waitUntil(
        lambda: dialog.chair is not None and np.array_equal(dialog.chair.read(), steps > 0.25),
        timeout=WAIT_MS,
    )
    QTest.keyClick(box.histogram, Qt.Key.Key_End)
    assert box.level.value == pytest.approx(0.9)
    qtbot.mouseClick(box.reset, Qt.MouseButton.LeftButton)
    QTest.keyClick(box.histogram, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: dialog.chair is not None, timeout=WAIT_MS)
    dialog.accept()
    a = selection_of(unstarted).a
    assert a is not None and a.details["level"] == pytest.approx(0.492)


def test_each_system_shows_a_file_in_its_own_way(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path, started, opened = tmp_path / "one.obj", [], []
    monkeypatch.setattr(QProcess, "startDetached", lambda *words: started.append(words) or (True, 1))
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or True)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    for system in ("win32", "darwin", "linux"):
        monkeypatch.setattr("sys.platform", system)
        assert show_in_folder.show_in_folder(path)
    assert started == [("explorer", ["/select,", str(path)]), ("open", ["-R", str(path)])]
    assert opened == [str(tmp_path)]
