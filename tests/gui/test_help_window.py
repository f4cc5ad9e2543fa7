"""The help: every action has its place in it, links do what they say, and the search finds the answers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from looking import WAIT_MS
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from voxview.gui.help.contents import ACTIONS, FOLDER, ORDER, PICTURES, HelpPage, help_pages, search
from voxview.gui.help.feature import HelpFeature
from voxview.gui.help.window import HelpText, HelpWindow
from voxview.gui.window import MainWindow

QUESTIONS = {
    "iou": "figures",
    "what does t mean": "questions",
    "coarser than in my file": "questions",
    "strip under the slider": "questions",
    "in pieces": "figures",
    "need a gpu": "questions",
    "which weights": "questions",
    "drop folder": "own-chairs",
    "lies on its back": "questions",
    "print": "export",
    "save come back": "questions",
    "undo": "keeping",
    "64 numbers": "latent",
    "what left right mean map": "questions",
    "only the back": "questions",
    "photograph": "pictures-and-scans",
    "even pace": "moving",
    "decoded ahead": "figures",
    "mouse": "keyboard",
    "comma": "questions",
    "p95": "timings",
    "file formats": "files",
    "leaves my machine": "questions",
    # asked in an hour without the mouse
    "99% rule": "questions",
    "iou of a go up": "questions",
    "where did my file go": "questions",
    "formats are grey": "questions",
    "turn chairs alt arrow": "keyboard",
    "look closer without the wheel": "questions",
    "list of chairs gone": "questions",
    "back to the sample chairs": "questions",
    "sum of the weights": "questions",
    "variance": "questions",
    "edited": "questions",
    "do not trust": "questions",
    "found read by": "questions",
    "how long training": "questions",
    "odd even": "latent",
    "esc stopped": "questions",
    "alt+tab": "questions",
    "crash report": "questions",
    "select several": "keyboard",
    "manifest": "export",
    "would fall over": "figures",
}
"""What somebody types who has a question → a page that must be among the first six."""


@pytest.fixture
def window(unstarted: MainWindow) -> MainWindow:
    """Return a window before it has an engine: nothing here needs one."""
    return unstarted


def opened(window: MainWindow, qtbot: QtBot) -> HelpWindow:
    """Open the help by its key, and return it once the search field has the focus."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    QTest.keyClick(window, Qt.Key.Key_F1)
    dialog = window.feature(HelpFeature).window
    assert dialog is not None
    qtbot.waitUntil(dialog.search.hasFocus, timeout=WAIT_MS)
    return dialog


def test_every_action_and_every_page_has_a_place_in_the_help(window: MainWindow) -> None:
    pages = {page.name: page for page in help_pages(window.action_specs)}
    assert set(pages) == set(ORDER) == {ACTIONS, *(path.stem for path in FOLDER.glob("*.md"))}
    listed = pages[ACTIONS]
    assert [spec.name for spec in window.action_specs if spec.name not in listed.actions] == []
    for spec in window.action_specs:
        row = next(line for line in listed.text.splitlines() if f"(action:{spec.name})" in line)
        for text in (spec.plain_text, spec.keys_text, spec.tip):
            assert re.sub(r"\\", "", row).find(text.replace("\\", "")) >= 0, f"{spec.name}: {text}"
    known = {spec.name for spec in window.action_specs}
    for page in pages.values():
        assert set(page.actions) <= known, f"{page.name} has a link to an action that there is not"
        assert re.findall(r"\]\(([^)\s]+)\.md\)", page.text) == [
            name for name in re.findall(r"\]\(([^)\s]+)\.md\)", page.text) if name in pages
        ]
    for name in window.side._pages:
        assert f"show_{name}" in pages[name.replace("_", "-")].actions, f"no page about {name}"


def test_the_questions_of_new_users_are_answered_where_they_look() -> None:
    pages = help_pages([])
    assert len(next(one for one in pages if one.name == "questions").passages) >= 2 * 36
    for typed, name in QUESTIONS.items():
        assert name in [hit.page.name for hit in search(pages, typed)][:6], typed
    assert search(pages, "map")[0].page.name == "map", "titles come first"
    assert search(pages, "xqxq") == []
    keys = HelpPage(ACTIONS, "# Keys\n\n| to | key |\n|---|---|\n| turn | Ctrl\\+R \\− back |\n")
    assert search([keys], "ctrl+r")[0].passage == "turn · Ctrl+R − back", "found as it is read"


def test_the_pictures_are_there_and_small() -> None:
    named = set(re.findall(r"!\[[^\]]+\]\(pictures/([\w-]+\.png)\)", "".join(p.text for p in help_pages([]))))
    files = {path.name: path for path in PICTURES.iterdir()}
    assert named == set(files) and len(named) >= 6
    sizes = [path.stat().st_size for path in files.values()]
    assert max(sizes) <= 40_000 and sum(sizes) <= 300_000
    assert all(QImage(str(path)).width() <= 700 for path in files.values())


def test_help_opens_where_one_is_finds_and_acts(window: MainWindow, qtbot: QtBot) -> None:
    window.qactions["show_map"].setChecked(True)
    dialog = opened(window, qtbot)
    assert dialog.page.name == "map" and "plane" in dialog.text.toPlainText()
    # Typed words: the list has the pages, the first is shown, and what was found is selected in it.
    QTest.keyClicks(dialog.search, "printers want z")
    assert dialog.page.name == "files" and dialog.list.count() == 1
    assert "printers want z" in dialog.list.item(0).text()
    assert dialog.text.textCursor().selectedText() == "printers want z"
    dialog.search.clear()
    assert dialog.list.count() == len(ORDER)
    QTest.keyClick(dialog.search, Qt.Key.Key_Down)
    assert dialog.page.name == ORDER[ORDER.index("files") + 1]
    QTest.keyClick(dialog, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert dialog.page.name == "files"
    QTest.keyClicks(dialog.search, "xqxq")
    assert "Nothing fits" in dialog.list.item(0).text()
    dialog.back.click()
    assert dialog.page.name == "files", "pages that were shown while one typed are none to go back to"
    # Links: to another page, to an action, and nowhere else.
    dialog.text.anchorClicked.emit(QUrl("latent.md"))
    assert dialog.page.name == "latent" and dialog.list.count() == len(ORDER)
    dialog.text.anchorClicked.emit(QUrl("action:show_mix"))
    qtbot.waitUntil(lambda: window.side.page == "mix", timeout=WAIT_MS)
    for nowhere in ("https://example.org/map.md.html", "file:///etc/passwd", "action:nothing", "no-page.md"):
        dialog.text.anchorClicked.emit(QUrl(nowhere))
    assert dialog.page.name == "latent"
    # F1 again comes back to it, where one is now; keys that were changed are listed at once.
    window.feature(HelpFeature).show_help()
    assert window.feature(HelpFeature).window is dialog and dialog.page.name == "mix"
    window._change_keys("swap", "Ctrl+Alt+S")
    window.qactions["shortcuts"].trigger()
    assert dialog.page.name == ACTIONS and "Ctrl+Alt+S" in dialog.text.toPlainText()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert window.feature(HelpFeature).window is None


def test_a_link_is_reached_and_followed_by_keys(window: MainWindow, qtbot: QtBot) -> None:
    window.feature(HelpFeature).show_page("choosing")
    dialog = window.feature(HelpFeature).window
    assert dialog is not None
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow, timeout=WAIT_MS)
    dialog.text.setFocus()
    wanted: list[str] = []
    dialog.action_wanted.connect(wanted.append)
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Return):
        QTest.keyClick(dialog.text, key)
    assert wanted == ["set_b"]
    for _ in range(30):  # after the last link it leaves the page
        if QApplication.focusWidget() is not dialog.text:
            break
        QTest.keyClick(dialog.text, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() in (dialog.back, dialog.close_button, dialog.search)
    dialog.reject()


def test_help_opens_no_file_but_its_pictures_and_shows_no_html(qtbot: QtBot, tmp_path: Path) -> None:
    outside = tmp_path / "outside.png"
    QImage(4, 4, QImage.Format.Format_RGB32).save(str(outside))
    text = HelpText()
    qtbot.addWidget(text)
    assert text.loadResource(2, QUrl.fromLocalFile(str(outside))) is None
    assert text.loadResource(2, QUrl("pictures/window.png")) is not None
    page = HelpPage("x", "# <b>Title</b>\n\n<img src='x'> & <script>no</script>\n")
    from voxview.gui.help.window import _FEATURES

    text.document().setMarkdown(page.text, _FEATURES)
    assert "<script>" in text.toPlainText() and "<b>" in text.toPlainText()
    text.moveCursor(QTextCursor.MoveOperation.Start)
