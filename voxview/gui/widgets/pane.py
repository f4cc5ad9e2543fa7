"""A picture in a dialog: a square, and beside it what it is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from voxview.gui import theme
from voxview.gui.widgets.painted_text import paint_text


class SquareImage(QWidget):
    """Widget that paints an image in the largest square that there is room for, or a text in its place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pixmap = QPixmap()
        self.text = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(72, 72)
        self.setMaximumSize(260, 260)

    def sizeHint(self) -> QSize:
        """Return Qt's size hint."""
        return QSize(140, 140)

    def show_image(self, image: QImage) -> None:
        """Show an image, which is square."""
        self.pixmap, self.text = QPixmap.fromImage(image), ""
        self.update()

    def say(self, text: str) -> None:
        """Show a text in the image's place."""
        self.pixmap, self.text = QPixmap(), text
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        palette = theme.palette()
        side = min(self.width(), self.height())
        square = QRectF(QPointF(self.width() - side, (self.height() - side) / 2), QSizeF(side, side))
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.scene))
        painter.drawRoundedRect(square, 4, 4)
        if not self.pixmap.isNull():
            painter.drawPixmap(square, self.pixmap, QRectF(self.pixmap.rect()))
        elif self.text:
            painter.setPen(QColor(palette.quiet))
            painter.setFont(theme.small_font(self))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            paint_text(painter, square.adjusted(6, 6, -6, -6), flags, self.text)


class Pane:
    """A square, and the words beside it: a title, lines, a warning. The dialog places both."""

    def __init__(self, title: str) -> None:
        self.image = SquareImage()
        self.image.setAccessibleName(title)
        self.words = QWidget()
        heading = QLabel(title, wordWrap=True)
        heading.setFont(theme.strong_font(heading))
        self.lines = _label(theme.palette().quiet)
        self.warning = _label(theme.palette().bad)
        self._column = QVBoxLayout(self.words)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.GAP // 2)
        for widget in (heading, self.lines, self.warning):
            self._column.addWidget(widget)
        self._column.addStretch(1)

    def add(self, widget: QWidget) -> None:
        """Add a widget below the title."""
        self._column.insertWidget(1, widget)

    def say(self, text: str) -> None:
        """Show a text in place of everything."""
        self.image.say(text)
        self.describe("")

    def show(self, image: QImage | None, lines: str) -> None:
        """Show an image and lines beside it; without an image, the lines in its place."""
        if image is None:
            self.say(lines)
        else:
            self.image.show_image(image)
            self.describe(lines)

    def describe(self, lines: str, warning: str = "") -> None:
        """Show lines beside the image, and a warning below them."""
        for label, text in ((self.lines, lines), (self.warning, warning)):
            label.setText(text)
            label.setVisible(bool(text))
        self.image.setAccessibleDescription("\n".join(text for text in (lines, warning) if text))


def _label(colour: str) -> QLabel:
    label = QLabel(wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(theme.small_font(label))
    label.setStyleSheet(f"color: {colour}")
    label.setMinimumWidth(130)
    label.hide()
    return label
