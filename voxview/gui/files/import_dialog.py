"""Dialog for a file's orientation: its upward axis and a turn, with a preview."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from voxview.gui import theme
from voxview.gui.context.background import BackgroundTasks
from voxview.gui.widgets.chooser import Chooser
from voxview.shapes.chair import Chair

_UPS = ("y", "z", "x", "-y", "-z", "-x")
_TURNS = (0, 90, 180, 270)
_PREVIEW = 240


class ImportDialog(QDialog):
    """Dialog whose `chair` is what to import once it is accepted."""

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Import {path.name}")
        self.chair: Chair | None = None
        self._path = path
        self._background = BackgroundTasks(self)
        self._newest = 0
        self.up = Chooser()
        self.up.setAccessibleName("Axis that points up")
        for up in _UPS:
            self.up.addItem(f"{up}  (as ShapeNet has it)" if up == "y" else up, up)
        self.turn = Chooser()
        self.turn.setAccessibleName("Turn about the upright axis")
        for turn in _TURNS:
            self.turn.addItem(f"{turn}°", turn)
        self.preview = QLabel("Reading…", alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.preview.setFixedSize(_PREVIEW, _PREVIEW)
        self.preview.setStyleSheet(f"background: {theme.palette().scene}; border-radius: 4px; padding: 4px")
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText("Import")
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.up.currentIndexChanged.connect(self._read)
        self.turn.currentIndexChanged.connect(self._read)
        self.finished.connect(self._background.stop)
        self._lay_out()
        self._read()

    def _lay_out(self) -> None:
        hint = QLabel("The seat's front should look to the left and towards you.", wordWrap=True)
        hint.setFont(theme.small_font(self))
        form = QFormLayout()
        form.setSpacing(theme.GAP)
        form.addRow("Points up", self.up)
        form.addRow("Turned by", self.turn)
        form.addRow(hint)
        row = QHBoxLayout()
        row.setSpacing(2 * theme.GAP)
        row.addWidget(self.preview)
        row.addLayout(form, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.GAP] * 4)
        column.setSpacing(2 * theme.GAP)
        column.addLayout(row)
        column.addWidget(self.buttons)

    def _read(self) -> None:
        """Read the file as it would stand, on another thread."""
        up, turn = self.up.currentData(), self.turn.currentData()
        self.chair = None
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(False)
        self._background.drop(self._newest)
        side = round(_PREVIEW * self.devicePixelRatioF())
        self._newest = self._background.run(
            "Reading",
            lambda: _read_and_draw(self._path, up, turn, side),
            self._show,
            self._refuse,
        )

    def _show(self, read: tuple[Chair, np.ndarray]) -> None:
        self.chair, pixels = read
        height, width = pixels.shape[:2]
        image = QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888)
        pixmap = QPixmap.fromImage(image)
        pixmap.setDevicePixelRatio(self.devicePixelRatioF())
        self.preview.setPixmap(pixmap)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(True)

    def _refuse(self, message: str) -> None:
        self.preview.setText(message[:1].upper() + message[1:])


def _read_and_draw(path: Path, up: str, turn: int, side: int) -> tuple[Chair, np.ndarray]:
    from voxview.shapes.io.read import chair_from_file
    from voxview.surface.picture import render_chair

    chair = chair_from_file(path, up=up, turn=turn)
    grid = chair.read()
    if (up, turn) != ("y", 0):
        # The same file that stands in another way is another chair: encodings are kept by id.
        chair = replace(chair, id=f"{chair.id} ({up} up, {turn}°)")
    return replace(chair, read=lambda: grid), render_chair(grid, (side, side))
