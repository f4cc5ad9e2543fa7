"""Bookmarks: what is shown is kept with a picture and a name, and a click goes back there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from looking import WAIT_MS, engine_kept_busy, selection_of
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from voxview.gui.bookmarks.feature import BookmarksFeature
from voxview.gui.bookmarks.shelf import FILE, read_bookmarks, write_bookmarks
from voxview.gui.window import MainWindow
from voxview.shapes.catalogs.samples import sample_catalog

SAMPLES = sample_catalog()


def test_a_bookmark_has_a_picture_and_a_name_and_a_click_on_it_goes_there(
    flat: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    window, feature = flat, flat.feature(BookmarksFeature)
    marked = window.context.keeper.take()
    window.qactions["add_bookmark"].trigger()
    qtbot.waitUntil(lambda: len(feature.bookmarks) == 1, timeout=WAIT_MS)
    assert "is a bookmark now" in window.messages.text
    selection_of(window).choose(a=SAMPLES[9], b=SAMPLES[10])
    window.qactions["at_b"].trigger()
    window.context.keeper.flush()
    window.qactions["bookmarks"].trigger()
    dialog = feature.dialog
    assert dialog is not None and dialog.list.count() == 1
    item = dialog.list.item(0)
    assert SAMPLES[0].name in item.text() and "t = 0.50" in item.text()
    picture = item.icon().pixmap(96, 96).toImage()
    opaque = sum(picture.pixelColor(x, y).alpha() > 200 for x in range(0, 96, 4) for y in range(0, 96, 4))
    assert opaque > 50, "a chair is to be seen"
    rect = dialog.list.visualItemRect(item)
    QTest.mouseClick(dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    qtbot.waitUntil(lambda: selection_of(window).pair == (marked.a, marked.b), timeout=WAIT_MS)
    assert selection_of(window).position.t == 0.5
    window.qactions["undo"].trigger()
    assert selection_of(window).pair == (SAMPLES[9], SAMPLES[10])
    item.setText("The first two")
    assert [one.name for one in read_bookmarks(tmp_path)] == ["The first two"]
    dialog.list.setCurrentRow(0)
    dialog.remove.click()
    assert read_bookmarks(tmp_path) == [] and dialog.list.count() == 0
    dialog.reject()


def test_a_bookmark_of_a_pair_that_is_loading_waits_for_its_picture(flat: MainWindow, qtbot: QtBot) -> None:
    feature, shown = flat.feature(BookmarksFeature), flat.context.session.shown
    with engine_kept_busy(flat):
        selection_of(flat).choose(a=SAMPLES[9], b=SAMPLES[10])
        flat.qactions["add_bookmark"].trigger()
        assert shown.is_waiting and feature.bookmarks == []
    qtbot.waitUntil(lambda: len(feature.bookmarks) == 1, timeout=WAIT_MS)
    assert shown.chairs == (SAMPLES[9], SAMPLES[10])
    assert feature.bookmarks[0].saved.state.a == SAMPLES[9]


def test_damaged_bookmarks_are_set_aside_and_said(
    open_window: Callable[..., MainWindow], tmp_path: Path
) -> None:
    (tmp_path / FILE).write_bytes(b"[]")
    window = open_window(start=False, wait=False)
    assert window.feature(BookmarksFeature).bookmarks == []
    assert f"{FILE}.damaged" in window.messages.text
    assert (tmp_path / f"{FILE}.damaged").read_bytes() == b"[]"


def test_a_bookmark_of_another_window_is_not_lost(flat: MainWindow, qtbot: QtBot) -> None:
    feature = flat.feature(BookmarksFeature)
    feature.add()
    qtbot.waitUntil(lambda: len(feature.bookmarks) == 1, timeout=WAIT_MS)
    folder = flat.context.settings.state_folder
    other = replace(feature.bookmarks[0], name="of the other window")
    write_bookmarks(folder, [*read_bookmarks(folder), other])
    feature._rename(0, "mine")
    assert [one.name for one in read_bookmarks(folder)] == ["mine", "of the other window"]
    feature._remove(0)
    assert [one.name for one in read_bookmarks(folder)] == ["of the other window"]
