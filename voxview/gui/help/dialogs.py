"""The help dialogs: what the program is and runs on, and its keys."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from voxview import __version__
from voxview.engine.device import DeviceReport
from voxview.gui import theme
from voxview.gui.context.actions import ActionSpec

_ELSEWHERE = (
    ("Next chair, previous chair", "↓  ↑  in the list"),
    ("Take the selected chair as A, as B", "Enter, Shift+Enter in the list"),
    ("Take a chair that was found as A, as B", "Enter, Shift+Enter in the command palette"),
    ("Move by 0.01, by 0.1", "←  →, PgUp  PgDn on the slider"),
    ("To A, to B", "Home, End on the slider"),
    ("Next pair, show it", "←  →  ↑  ↓, Enter on the heat map"),
    ("Move, resize the crop of a picture, take all of it", "arrows, Shift+arrows, Esc on the picture"),
    ("Next number, change it, type it, reset it", "arrows, +  −, Enter, Del on the page Latent"),
    ("Turn, shift, zoom the view", "left, middle, right mouse button"),
    ("Zoom to the pointer; shift the view", "mouse wheel; Shift+left mouse button"),
    ("One view alone, and back", "double click on it"),
    ("Exact views, parallel lines", "also 1  3  7  9, Ctrl+1, 5 on the number pad"),
)


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


class ShortcutsDialog(QDialog):
    """Every action with its key."""

    def __init__(self, specs: Iterable[ActionSpec], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        table = QWidget()
        grid = QGridLayout(table)
        grid.setHorizontalSpacing(4 * theme.GAP)
        rows = [(spec.plain_text, spec.keys_text) for spec in specs if spec.keys]
        for place, (text, keys) in enumerate([*rows, *_ELSEWHERE]):
            grid.addWidget(QLabel(text), place, 0)
            grid.addWidget(QLabel(keys), place, 1, Qt.AlignmentFlag.AlignLeft)
        scroll = QScrollArea()
        scroll.setWidget(table)
        scroll.setWidgetResizable(True)
        scroll.setMinimumSize(500, 420)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.GAP] * 4)
        column.addWidget(scroll)
        column.addWidget(buttons)


def _diagnostics(report: DeviceReport | None, weights: str, opengl: str) -> str:
    if report is None:
        return f"VoxView {__version__}\nThe engine is not ready: its own lines are missing."
    from voxview.engine.diagnostics import diagnostics

    return f"{diagnostics(report, weights).rstrip()}\nOpenGL: {opengl or 'not in use yet'}"
