"""The log: what was said and when, to read, copy and save."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from voxview import __version__
from voxview.gui import crash_report, theme
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.notifications import MOST_SAID, NOTE, Said
from voxview.gui.context.save_folder import suggested_folder
from voxview.gui.widgets.save_path import ask_save_path
from voxview.gui.widgets.tick_box import TickBox


class LogView(QWidget):
    """Lines with their times, the newest last."""

    def __init__(self, context: AppContext, crashes: Path) -> None:
        super().__init__()
        self._context = context
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setMaximumBlockCount(MOST_SAID)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName("Log")
        self.text.setPlaceholderText("Nothing was said yet.")
        self.errors_only = TickBox("Errors only")
        self.errors_only.setToolTip("Leave notes out")
        self.errors_only.toggled.connect(self._fill)
        self.copy, self.save = QPushButton("Copy"), QPushButton("Save…")
        self.copy.setToolTip("Copy the lines that are shown")
        self.copy.clicked.connect(lambda: QApplication.clipboard().setText(self.text.toPlainText()))
        self.save.setToolTip("Write the lines that are shown to a text file")
        self.save.clicked.connect(self._ask_where)
        self.crash = QPushButton("Crash report…")
        self.crash.setToolTip("The last report of an error or a crash, which is kept on this machine")
        report = crash_report.newest(crashes)
        self.crash.setVisible(report is not None)
        self.crash.clicked.connect(lambda: self._show_report(report))
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        row.addWidget(self.errors_only)
        row.addStretch(1)
        for button in (self.crash, self.copy, self.save):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(self.text, 1)
        column.addLayout(row)
        context.notifications.recorded.connect(self._add)
        self._fill()

    def save_to(self, path: Path) -> None:
        """Write the lines that are shown to a file, with version and date above them."""
        text = f"VoxView {__version__}, {time.strftime('%Y-%m-%d')}\n\n{self.text.toPlainText()}\n"

        def write() -> None:
            from voxview.shapes.io.atomic import write_atomically

            with write_atomically(path) as temporary:
                temporary.write_text(text, encoding="utf-8", errors="backslashreplace")

        notifications = self._context.notifications
        self._context.background.run(
            f"Saving {path.name}",
            write,
            lambda _: notifications.note(f"the log is in {path}"),
            notifications.error,
        )

    # ---- inside ---------------------------------------------------------------------------------

    def _is_shown(self, said: Said) -> bool:
        return said.kind != NOTE or not self.errors_only.isChecked()

    def _fill(self) -> None:
        lines = [said.line() for said in self._context.notifications.said if self._is_shown(said)]
        self.text.setPlainText("\n".join(lines))
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _add(self, said: Said) -> None:
        if self._is_shown(said):
            self.text.appendPlainText(said.line())

    def _ask_where(self) -> None:
        folder = suggested_folder(self._context.settings, self._context.listing)
        path = ask_save_path(self, "Save the log", folder / "voxview-log.txt", {".txt": "Text"})
        if path is not None:
            self.save_to(path)

    def _show_report(self, report: Path | None) -> None:
        from voxview.gui.activity.crash_dialog import show_report

        if report is not None:
            show_report(report, self._context)
