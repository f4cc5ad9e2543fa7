"""Summary of one cell: two chairs, and the scores of a blend between them."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from voxview.gui import theme
from voxview.gui.context.thumbnails import SIDE, Thumbnails
from voxview.gui.session.quality_texts import RULES
from voxview.gui.widgets.elided import Elided
from voxview.gui.widgets.letters import paint_letter
from voxview.shapes.chair import Chair


class PairLine(QWidget):
    """Widget with thumbnails and names of two chairs of the set, and two lines of text."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._chairs: tuple[Chair, Chair] | None = None
        self._pictures = (_Picture(), _Picture())
        self.names = (Elided(), Elided())
        self.what = QLabel()
        self.scores = QLabel(wordWrap=True)
        self.scores.setToolTip(
            "Novelty: 1 − the largest IoU (intersection over union) with any of the chairs, 0 for a copy.\n"
            "The bar below the slider compares with A and B alone, so its number may be larger.\n"
            f"Good: the novelty of a blend that is in one piece and stands.\n{RULES}"
        )
        self.scores.setFont(theme.small_font(self))
        self.scores.setMinimumHeight(2 * self.scores.fontMetrics().lineSpacing())
        self.scores.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GAP)
        grid.setVerticalSpacing(2)
        for column, picture in enumerate(self._pictures):
            grid.addWidget(picture, 0, column, 4, 1, Qt.AlignmentFlag.AlignTop)
        for row, label in enumerate((*self.names, self.what, self.scores)):
            grid.addWidget(label, row, 2)
        grid.setColumnStretch(2, 1)
        thumbnails.drawn.connect(self._redraw)

    def show_cell(self, chairs: tuple[Chair, Chair], labels: tuple[str, str], what: str, scores: str) -> None:
        """Show a blend of two chairs: which one, and its scores. Labels: A and B, or numbers in the set."""
        self._chairs = chairs
        for label, name, picture, chair in zip(labels, self.names, self._pictures, chairs, strict=True):
            name.set_text(f"{label}  {chair.name}")
            picture.show_label(label)
        self.what.setText(what)
        self.scores.setText(scores)
        self._redraw(chairs[0])

    def text(self) -> str:
        """Return all of it as one line, for a screen reader."""
        return ", ".join([*(name.toolTip() for name in self.names), self.what.text(), self.scores.text()])

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self.scores.setStyleSheet(f"color: {theme.palette().quiet}")

    def _redraw(self, chair: Chair) -> None:
        if self._chairs is not None and chair in self._chairs:
            for picture, one in zip(self._pictures, self._chairs, strict=True):
                picture.show_pixmap(self._thumbnails.picture(one))


class _Picture(QWidget):
    """A thumbnail, with its letter where it is A or B."""

    def __init__(self) -> None:
        super().__init__()
        self._label = ""
        self._pixmap: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return Qt's size hint: as large as in the list, with a frame."""
        return QSize(SIDE + 4, SIDE + 4)

    def show_label(self, label: str) -> None:
        """Show the letter A or B; no other label fits here."""
        self._label = label
        self.update()

    def show_pixmap(self, pixmap: QPixmap | None) -> None:
        """Show a thumbnail; None while it is being drawn."""
        self._pixmap = pixmap
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw frame, chair and letter."""
        palette = theme.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(palette.line))
        painter.setBrush(QColor(palette.base))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        if self._pixmap is not None and not self._pixmap.isNull():
            painter.drawPixmap(self.rect().adjusted(2, 2, -2, -2), self._pixmap)
        if self._label in theme.LETTER_COLOURS:
            painter.setFont(theme.small_font(self))
            paint_letter(painter, QRectF(2, 2, 15, 15), self._label)
