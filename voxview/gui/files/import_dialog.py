"""Dialog for a file's orientation: its upward axis and a turn, previewed beside a chair that stands right."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from voxview.gui import theme
from voxview.gui.context.background import BackgroundTasks
from voxview.gui.files.imported import notices_of, read_imported
from voxview.gui.files.orientation_line import OrientationLine
from voxview.gui.files.orientation_search import OrientationSearch
from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.elided import Elided
from voxview.shapes.chair import Chair
from voxview.shapes.orient import TURNS, UPS, Orientation, rotate_grid

_THEIRS = "shapenetvox32"

_AXES = re.compile(r"'--axis-order .*")
"""What a notice says to type; here it is to choose."""

_PREVIEW = 184
"""Pixels: two of them fit a screen of 800×600 at one and a half times its scale."""


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
        self.up.setToolTip("Which of the file's axes points up")
        for up in UPS:
            self.up.addItem(f"{up}  (as ShapeNet has it)" if up == "y" else up, up)
        self.turn = Chooser()
        self.turn.setAccessibleName("Turn about the upright axis")
        self.turn.setToolTip("How far it is turned, so that its front is where the picture says")
        for turn in TURNS:
            self.turn.addItem(f"{turn}°", turn)
        self.axis_order = Chooser()
        self.axis_order.setAccessibleName("Axis order in the file")
        for name, order in (
            ("as its header suggests", "auto"),
            ("binvox", "binvox"),
            ("ShapeNetVox32", _THEIRS),
        ):
            self.axis_order.addItem(name, order)
        self.preview, self.example = _picture("Reading…"), _picture("")
        self.hint = QLabel(wordWrap=True)
        self.hint.setFont(theme.small_font(self))
        self.hint.setMinimumHeight(2 * self.hint.fontMetrics().lineSpacing())
        self.notice = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.notice.setFont(theme.small_font(self))
        self.notice.hide()
        self.line = OrientationLine()
        self._search: OrientationSearch | None = None
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText("Import")
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.up.currentIndexChanged.connect(self._read)
        self.turn.currentIndexChanged.connect(self._read)
        self.axis_order.currentIndexChanged.connect(self._read)
        self.finished.connect(self._background.stop)
        self.line.chosen.connect(self._turn_so)
        self._lay_out()
        self._draw_example()
        self._read()

    def search_with(self, search: OrientationSearch) -> None:
        """Find how the shape should stand once the file is read; the search ends with the dialog."""
        self._search = search
        self.finished.connect(search.drop)
        search.began.connect(lambda: self.line.say("Trying all 24 orientations…"))
        search.found.connect(self.line.show_found)
        search.ended_without.connect(lambda: self.line.say(""))

    def _lay_out(self) -> None:
        pictures = QGridLayout()
        pictures.setHorizontalSpacing(2 * theme.GAP)
        pictures.setVerticalSpacing(theme.GAP)
        captions = (self._path.name, "How a chair should stand")
        for place, (picture, text) in enumerate(zip((self.preview, self.example), captions, strict=True)):
            caption = Elided()
            caption.set_text(text)
            pictures.addWidget(picture, 0, place)
            pictures.addWidget(caption, 1, place)
        choice = QHBoxLayout()
        choice.setSpacing(theme.GAP)
        for name, box in (("Points up", self.up), ("Turned by", self.turn)):
            choice.addWidget(QLabel(name))
            choice.addWidget(box, 1)
        if self._path.suffix.lower() == ".binvox":  # of no other file is it in doubt
            choice.addWidget(QLabel("Axes"))
            choice.addWidget(self.axis_order, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.GAP] * 4)
        column.setSpacing(2 * theme.GAP)
        column.addLayout(pictures)
        column.addWidget(self.notice)
        column.addWidget(self.hint)
        column.addWidget(self.line)
        column.addLayout(choice)
        column.addWidget(self.buttons)

    def _draw_example(self) -> None:
        """Draw the chair to compare with, and say where its front looks: both in the preview's projection."""
        side = round(_PREVIEW * self.devicePixelRatioF())
        self._background.run("Drawing", lambda: _draw_sample(side), self._show_example, self._refuse)

    def _show_example(self, drawn: tuple[np.ndarray, str]) -> None:
        pixels, side = drawn
        self.example.setPixmap(self._pixmap(pixels))
        self.hint.setText(
            f"The seat's front should look to the {side} and towards you, like that of the chair beside it."
        )

    def _read(self) -> None:
        """Read the file as it would stand, on another thread."""
        up, turn, order = self.up.currentData(), self.turn.currentData(), self.axis_order.currentData()
        self.line.set_current(Orientation(up, turn))
        self.chair = None
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(False)
        self._background.drop(self._newest)
        side = round(_PREVIEW * self.devicePixelRatioF())
        self._newest = self._background.run(
            "Reading",
            lambda: _read_and_draw(self._path, up, turn, order, side),
            self._show,
            self._refuse,
        )

    def _show(self, read: tuple[Chair, np.ndarray, list[str]]) -> None:
        self.chair, pixels, notices = read
        self.notice.setText("\n".join(line[:1].upper() + line[1:] + "." for line in notices))
        self.notice.setVisible(bool(notices))
        self.preview.setPixmap(self._pixmap(pixels))
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(True)
        self._find_how_it_stands(self.chair)

    def _find_how_it_stands(self, chair: Chair) -> None:
        """Search among all orientations, once, beginning from how the file has the shape."""
        search, self._search = self._search, None
        if search is not None:
            current = Orientation(self.up.currentData(), self.turn.currentData())
            search.start(rotate_grid(chair.read(), current.matrix.T))

    def _turn_so(self, orientation: Orientation) -> None:
        """Choose an orientation in the dialog's controls, and read the file so."""
        boxes = ((self.up, orientation.up), (self.turn, orientation.turn))
        for box, value in boxes:
            box.blockSignals(True)
            box.setCurrentIndex(box.findData(value))
            box.blockSignals(False)
        self._read()

    def _pixmap(self, pixels: np.ndarray) -> QPixmap:
        height, width = pixels.shape[:2]
        image = QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888)
        pixmap = QPixmap.fromImage(image)
        pixmap.setDevicePixelRatio(self.devicePixelRatioF())
        return pixmap

    def _refuse(self, message: str) -> None:
        self.preview.setText(message[:1].upper() + message[1:])


def _picture(text: str) -> QLabel:
    picture = QLabel(text, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
    picture.setFixedSize(_PREVIEW, _PREVIEW)
    picture.setStyleSheet(f"background: {theme.palette().scene}; border-radius: 4px; padding: 4px")
    return picture


def _draw_sample(side: int) -> tuple[np.ndarray, str]:
    """Return a picture of a sample chair, and the side to which its front looks there."""
    from voxview.shapes.catalogs.samples import sample_catalog
    from voxview.surface.picture import front_side, render_chair

    return render_chair(sample_catalog()[0].read(), (side, side)), front_side()


def _read_and_draw(
    path: Path, up: str, turn: int, axis_order: str, side: int
) -> tuple[Chair, np.ndarray, list[str]]:
    """Return a file's chair as it would stand, its picture, and what is to be said of the file."""
    from voxview.surface.picture import render_chair

    order = axis_order if path.suffix.lower() == ".binvox" else "auto"
    chair, grid = read_imported(path, up, turn, order)
    said = [_AXES.sub("choose the other one under Axes, below", line) for line in notices_of(chair)]
    return chair, render_chair(grid, (side, side)), said
