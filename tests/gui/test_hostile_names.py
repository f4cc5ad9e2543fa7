"""A name from a file is plain text wherever the window shows it: nothing in it is obeyed or opened."""

from __future__ import annotations

import ast
from pathlib import Path

from looking import selection_of
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from voxview.gui.widgets.elided import Elided
from voxview.gui.window import MainWindow
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.chair import Chair

GUI = Path(__file__).parents[2] / "voxview" / "gui"
MARKUP = "<b>chair</b><img src='nowhere.png'>"
WITH_HTML = {"layers_box.py", "what_if_box.py", "panel.py", "parallel_results.py", "table.py"}
"""Files with labels that show HTML on purpose; what the program has not made of it is escaped."""
MARKDOWN = "help/window.py"
"""Shows pages of the program's own, in Markdown without HTML, and loads nothing but their pictures."""
TAKE_HTML = {"QTextBrowser", "QTextEdit", "QErrorMessage", "QTextDocument", "QStaticText"}


def test_labels_messages_and_tooltips_show_markup_as_it_is_written(qtbot: QtBot, qapp: QApplication) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    elided = Elided(widget)
    labels: list[QLabel] = [
        QLabel(MARKUP, widget),
        elided,
        QLabel(MARKUP, widget, textFormat=Qt.TextFormat.RichText),
    ]
    elided.set_text(MARKUP)
    question = QMessageBox(QMessageBox.Icon.Question, "x", MARKUP, parent=widget)
    question.setInformativeText(MARKUP)
    for shown in (widget, question):
        shown.show()
    QToolTip.showText(QPoint(5, 5), MARKUP, widget)
    tips = [
        tip
        for tip in qapp.topLevelWidgets()
        if isinstance(tip, QLabel) and tip.inherits("QTipLabel") and tip.isVisible()
    ]
    assert len(tips) == 1 and tips[0].text() == MARKUP
    for label in (*labels[:2], *question.findChildren(QLabel), *tips):
        assert label.textFormat() == Qt.TextFormat.PlainText, label
    assert labels[2].textFormat() == Qt.TextFormat.RichText, "HTML on purpose stays HTML"
    QToolTip.hideText()
    question.close()
    tips.clear()  # Qt deletes it in a moment
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_no_widget_of_the_window_takes_a_name_for_html(unstarted: MainWindow) -> None:
    read = sample_catalog()[0].read
    chairs = [Chair(f"{MARKUP}{i}", f"{MARKUP}{i}\n\u202e", MARKUP, read, {"path": MARKUP}) for i in range(2)]
    unstarted.context.listing.add_catalog(Catalog(MARKUP, MARKUP, chairs))
    selection_of(unstarted).choose(a=chairs[0], b=chairs[1])
    unstarted.context.notifications.error(f"{MARKUP}\u202e cannot be read")
    for action in ("bookmarks", "history"):
        if action in unstarted.qactions:
            unstarted.qactions[action].trigger()
    QApplication.processEvents()
    seen = 0
    for widget in unstarted.findChildren(QLabel):
        if widget.isVisible():
            assert widget.textFormat() != Qt.TextFormat.AutoText, widget.text()
        if "chair</b>" in widget.text():
            seen += 1
            assert widget.textFormat() == Qt.TextFormat.PlainText
            assert "\u202e" not in widget.text()
    assert seen >= 1, "a label shows one of the names"
    assert unstarted.messages.text.startswith(MARKUP)


def test_html_is_shown_on_purpose_alone() -> None:
    for path in GUI.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "RichText" in source or "AutoText" in source:
            assert path.name in WITH_HTML | {"plain_style.py"}, path
        for node in ast.walk(ast.parse(source)):
            name = getattr(node, "id", getattr(node, "attr", ""))
            is_ours = path.as_posix().endswith(MARKDOWN) and "MarkdownNoHTML" in source
            assert is_ours or name not in TAKE_HTML, f"{path}: {name} takes text for HTML, see plain_style.py"
