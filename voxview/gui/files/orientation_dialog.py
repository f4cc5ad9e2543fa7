"""Dialog in which a chair is brought to stand: its up axis and a turn, beside a chair that stands right."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

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
from voxview.gui.files.orientation_line import OrientationLine
from voxview.gui.files.orientation_search import OrientationSearch
from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.elided import Elided
from voxview.shapes.chair import Chair
from voxview.shapes.orient import TURNS, UPS, Orientation, rotate_grid

_PREVIEW = 184
"""Pixels: two of them fit a screen of 800×600 at one and a half times its scale."""

Read = tuple[Chair, np.ndarray, list[str]]
"""A chair as it would stand, its picture, and what is to be said of its file."""


class OrientationDialog(QDialog):
    """Base class of the dialogs that import a chair and that turn one; `chair` is what it would be."""

    def __init__(self, title: str, caption: str, button: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.chair: Chair | None = None
        """None while it is being read, or where it cannot be."""
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
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText(button)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.up.currentIndexChanged.connect(self.read)
        self.turn.currentIndexChanged.connect(self.read)
        self.finished.connect(self._background.stop)
        self.line.chosen.connect(self.choose)
        self._lay_out(caption)
        self._draw_example()

    @abstractmethod
    def work(self, side: int) -> Callable[[], Read]:
        """Return what reads the chair as it would stand, on another thread, with a picture of this size."""

    @property
    def orientation(self) -> Orientation:
        """The orientation that is chosen."""
        return Orientation(self.up.currentData(), self.turn.currentData())

    def search_with(self, search: OrientationSearch) -> None:
        """Find how the shape should stand once it is read; the search ends with the dialog."""
        self._search = search
        self.finished.connect(search.drop)
        search.began.connect(lambda: self.line.say("Trying all 24 orientations…"))
        search.found.connect(self.line.show_found)
        search.ended_without.connect(lambda: self.line.say(""))

    def choose(self, orientation: Orientation) -> None:
        """Choose an orientation in the controls, and read the chair so."""
        boxes = ((self.up, orientation.up), (self.turn, orientation.turn))
        for box, value in boxes:
            box.blockSignals(True)
            box.setCurrentIndex(box.findData(value))
            box.blockSignals(False)
        self.read()

    def read(self) -> None:
        """Read the chair as it would stand, on another thread."""
        self.line.set_current(self.orientation)
        self.forget()
        side = round(_PREVIEW * self.devicePixelRatioF())
        self._newest = self._background.run("Reading", self.work(side), self._show, self._refuse)

    def forget(self) -> None:
        """Have nothing to accept until the chair is read again."""
        self.chair = None
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(False)
        self._background.drop(self._newest)

    def add_choices(self, row: QHBoxLayout) -> None:
        """Add further controls behind those of the orientation."""

    def add_row(self, widget: QWidget) -> None:
        """Put a widget above the controls of the orientation."""
        self._column.insertWidget(self._column.count() - 2, widget)
        self._make_room()

    def _lay_out(self, caption: str) -> None:
        pictures = QGridLayout()
        pictures.setHorizontalSpacing(2 * theme.GAP)
        pictures.setVerticalSpacing(theme.GAP)
        captions = (caption, "How a chair should stand")
        for place, (picture, text) in enumerate(zip((self.preview, self.example), captions, strict=True)):
            below = Elided()
            below.set_text(text)
            pictures.addWidget(picture, 0, place)
            pictures.addWidget(below, 1, place)
        choice = QHBoxLayout()
        choice.setSpacing(theme.GAP)
        for name, box in (("Points up", self.up), ("Turned by", self.turn)):
            choice.addWidget(QLabel(name))
            choice.addWidget(box, 1)
        self.add_choices(choice)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(*[2 * theme.GAP] * 4)
        self._column.setSpacing(2 * theme.GAP)
        self._column.addLayout(pictures)
        for widget in (self.notice, self.hint, self.line):
            self._column.addWidget(widget)
        self._column.addLayout(choice)
        self._column.addWidget(self.buttons)

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

    def _show(self, read: Read) -> None:
        self.chair, pixels, notices = read
        self.notice.setText("\n".join(line[:1].upper() + line[1:] + "." for line in notices))
        if self.notice.isHidden() == bool(notices):
            self.notice.setVisible(bool(notices))
            self._make_room()
        self.preview.setPixmap(self._pixmap(pixels))
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(True)
        self._find_how_it_stands(self.chair)

    def _make_room(self) -> None:
        """Make the dialog as large as what has come to it needs."""
        self._column.activate()
        self.resize(self.size().expandedTo(self.sizeHint()))

    def _find_how_it_stands(self, chair: Chair) -> None:
        """Search among all orientations, once, beginning from how the file has the shape."""
        search, self._search = self._search, None
        if search is not None:
            search.start(rotate_grid(chair.read(), self.orientation.matrix.T))

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
