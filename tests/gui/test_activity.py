"""Activity: what runs and waits, in which order, and what was said; and the report of a crash."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from looking import WAIT_MS, engine_kept_busy
from PySide6.QtWidgets import QApplication, QDialog, QPushButton
from pytestqt.qtbot import QtBot

from voxview.engine.step import Step
from voxview.gui import crash_report
from voxview.gui.activity.dialog import ActivityDialog
from voxview.gui.activity.feature import ActivityFeature
from voxview.gui.context.settings import Settings
from voxview.gui.window import MainWindow


def _opened(window: MainWindow) -> ActivityDialog:
    window.qactions["activity"].trigger()
    dialog = window.feature(ActivityFeature).dialog
    assert dialog is not None
    return dialog


def test_waiting_work_is_listed_hastened_and_cancelled(flat: MainWindow, qtbot: QtBot) -> None:
    done: list[str] = []
    tasks, dialog = flat.context.session.tasks, None

    def queue(name: str) -> None:
        def work(_: object) -> object:
            yield Step(1, 2, None, "chairs")
            return name

        tasks.run(name, work, lambda value: done.append(str(value)))

    with engine_kept_busy(flat):
        for name in ("first", "second", "third", "fourth"):
            queue(name)
        dialog = _opened(flat)
        rows = dialog.work.rows
        assert [row.work.title for row in rows] == [
            "Keeping the engine busy",
            *("first", "second", "third", "fourth"),
        ]
        assert flat.feature(ActivityFeature).button.text() == "5"
        assert [row.hasten.isVisibleTo(row) for row in rows] == [False, False, True, True, True]
        assert rows[1].accessibleName() == "first: Waiting"
        rows[3].hasten.click()
        rows[2].cancel.click()
        qtbot.waitUntil(lambda: [row.work.title for row in dialog.work.rows][1] == "third", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: len(done) == 3 and not dialog.work.rows, timeout=WAIT_MS)
    assert done == ["third", "first", "fourth"]
    assert dialog.work.empty.isVisibleTo(dialog.work)
    assert "Second was cancelled" in dialog.log.text.toPlainText()


def test_background_work_that_waits_can_go_first(unstarted: MainWindow, qtbot: QtBot) -> None:
    background, go_on, done = unstarted.context.background, threading.Event(), list[str]()
    background.run("busy", lambda: go_on.wait(WAIT_MS / 1e3), lambda _: None, done.append)
    numbers = [background.run(name, lambda name=name: name, done.append, done.append) for name in "abc"]
    works = unstarted.context.works
    works.hasten(next(work for work in works.all if work.title == "c"))
    assert [work.title for work in works.all] == ["busy", "c", "a", "b"]
    assert not background.hasten(numbers[-1] + 7)
    go_on.set()
    qtbot.waitUntil(lambda: done == ["c", "a", "b"], timeout=WAIT_MS)


def test_the_log_has_what_was_said_and_is_copied_and_saved(
    unstarted: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    said = unstarted.context.notifications
    said.note("the chair\u202e is read")
    said.error("chair.obj cannot be read: it ends too early")
    logging.getLogger("voxview.shapes").warning("a warning from %s", "deep below")
    log = _opened(unstarted).log
    qtbot.waitUntil(lambda: "deep below" in log.text.toPlainText(), timeout=WAIT_MS)
    lines = log.text.toPlainText().splitlines()
    assert [line.split()[1] for line in lines] == ["Note", "Error", "Warning"]
    assert "\u202e" not in lines[0] and lines[1].endswith("Chair.obj cannot be read: it ends too early")
    log.errors_only.setChecked(True)
    said.note("not an error")
    assert len(log.text.toPlainText().splitlines()) == 2
    log.copy.click()
    assert QApplication.clipboard().text() == log.text.toPlainText()
    log.save_to(tmp_path / "log.txt")
    qtbot.waitUntil(lambda: "the log is in" in unstarted.messages.text.lower(), timeout=WAIT_MS)
    assert "Chair.obj cannot be read" in (tmp_path / "log.txt").read_text()


def test_the_report_of_a_crash_is_offered_once_and_shown(
    open_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voxview.gui.activity.feature._OFFERED_AFTER_MS", 50)
    folder = Settings(tmp_path / "voxview.ini").state_folder / crash_report.FOLDER
    folder.mkdir()
    crash = folder / "crash-20260101-120000-999999.txt"
    crash.write_text(f"VoxView\n{'-' * 40}\nSegmentation fault in legs\n")
    window = open_window(flat=True)
    qtbot.waitUntil(lambda: "sent nowhere" in window.messages.text, timeout=WAIT_MS)
    show = next(button for button in window.messages.findChildren(QPushButton) if button.isVisible())
    show.click()
    dialog = next(one for one in window.findChildren(QDialog) if one.windowTitle() == "Crash report")
    assert "Segmentation fault in legs" in dialog.text.toPlainText()
    dialog.copy.click()
    assert "in legs" in QApplication.clipboard().text()
    dialog.reject()
    assert not crash.exists() and crash_report.take_new(folder) is None
    assert _opened(window).log.crash.isVisibleTo(window.feature(ActivityFeature).dialog.log)
