"""The dialog that says what the program is, and what it runs on."""

from __future__ import annotations

from PySide6.QtGui import QFontDatabase
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

from voxview import __version__
from voxview.engine.device import DeviceReport
from voxview.gui import theme


class AboutDialog(QDialog):
    """Name, version, and the diagnostics that a bug report needs."""

    def __init__(self, report: DeviceReport | None, weights: str, opengl: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("About VoxView")
        title = QLabel(f"VoxView {__version__}")
        title.setFont(theme.strong_font(self))
        self.text = QPlainTextEdit(_diagnostics(report, weights, opengl), readOnly=True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setMinimumSize(460, 240)
        self.text.setAccessibleName("Diagnostics")
        self.text.setAccessibleDescription("Versions, devices and drivers, to copy into a bug report")
        copy = QPushButton("Copy")
        copy.clicked.connect(lambda: QApplication.clipboard().setText(self.text.toPlainText()))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.GAP] * 4)
        column.setSpacing(theme.GAP)
        column.addWidget(title)
        column.addWidget(QLabel("Slide from one chair to another."))
        column.addWidget(self.text, 1)
        column.addWidget(buttons)


def _diagnostics(report: DeviceReport | None, weights: str, opengl: str) -> str:
    if report is None:
        return f"VoxView {__version__}\nThe engine is not ready: its own lines are missing."
    from voxview.engine.diagnostics import diagnostics

    return f"{diagnostics(report, weights).rstrip()}\nOpenGL: {opengl or 'not in use yet'}"
