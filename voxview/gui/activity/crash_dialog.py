"""What a crash report says: to copy, and to find in its folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QFontDatabase
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from voxview.gui import theme
from voxview.gui.context.app_context import AppContext

_MOST_BYTES = 200_000
_WHAT = (
    "It names functions and paths, and what an error said, which may quote some words of a file. Nothing was "
    "sent: attach it to a bug report if you like, with what Help, About VoxView says."
)


class CrashDialog(QDialog):
    """A report with buttons to copy it and to open its folder."""

    def __init__(self, report: Path, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Crash report")
        what = QLabel(_WHAT, wordWrap=True)
        self.text = QPlainTextEdit(text, readOnly=True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName("Report")
        self.text.setMinimumSize(440, 220)
        where = QLabel(str(report), wordWrap=True)
        where.setFont(theme.small_font(self))
        self.copy, self.open_folder = QPushButton("Copy"), QPushButton("Open folder")
        self.copy.clicked.connect(lambda: QApplication.clipboard().setText(self.text.toPlainText()))
        self.open_folder.clicked.connect(
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(report.parent)))
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        for button in (self.copy, self.open_folder):
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.GAP] * 4)
        column.setSpacing(theme.GAP)
        for widget, stretch in ((what, 0), (self.text, 1), (where, 0), (buttons, 0)):
            column.addWidget(widget, stretch)
        self.resize(620, 420)


def show_report(report: Path, context: AppContext) -> None:
    """Open a report; where it is gone, say so."""
    try:
        with report.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8", errors="replace")
    except OSError as error:
        context.notifications.error(f"cannot read {report}: {error.strerror or error}")
        return
    dialog = CrashDialog(report, text, context.dialog_parent)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
