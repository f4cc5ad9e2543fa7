"""Item delegate of a chair's row: thumbnail, name, id, letters, and two buttons on the current row."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from voxview.gui import theme
from voxview.gui.browser.chair_list import CHAIR, LETTERS
from voxview.gui.context.thumbnails import SIDE

HEIGHT = 68
_BUTTON = QSize(48, 22)
_LETTER = 18

Index = QModelIndex | QPersistentModelIndex


def button_rects(row: QRect) -> dict[str, QRect]:
    """Return the rectangles of "Set A" and "Set B" in a row."""
    left = row.right() - _BUTTON.width() - theme.GAP
    top = row.center().y() - _BUTTON.height() - 1
    return {
        "A": QRect(QPoint(left, top), _BUTTON),
        "B": QRect(QPoint(left, top + _BUTTON.height() + 4), _BUTTON),
    }


class RowDelegate(QStyledItemDelegate):
    """Paints one chair's row."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self.pointed: tuple[int, str] | None = None
        """The row and the letter of the button under the mouse."""
        self.pointed_row = -1

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return Qt's size hint: all rows are equally high, so that a long list need not be measured."""
        return QSize(160, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the row."""
        palette = theme.palette()
        rect: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        at_row = selected or index.row() == self.pointed_row
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected or at_row:
            band = QColor(palette.accent)
            band.setAlphaF(0.22 if selected else 0.08)
            painter.fillRect(rect, band)
        if selected and option.state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), QColor(palette.accent))
        picture = QRect(rect.left() + theme.GAP, rect.top() + (HEIGHT - SIDE) // 2, SIDE, SIDE)
        _paint_picture(painter, picture, index.data(Qt.ItemDataRole.DecorationRole), palette)
        for place, letter in enumerate(index.data(LETTERS)):
            _paint_letter(painter, QPoint(picture.left() + place * (_LETTER + 2), picture.top()), letter)
        end = button_rects(rect)["A"].left() if at_row else rect.right()
        words = QRect(picture.right() + theme.GAP, rect.top(), 0, HEIGHT)
        words.setRight(end - theme.GAP)
        self._paint_words(painter, words, index, palette)
        if at_row:
            for letter, button in button_rects(rect).items():
                _paint_button(painter, button, letter, palette, (index.row(), letter) == self.pointed)
        painter.restore()

    def _paint_words(self, painter: QPainter, rect: QRect, index: Index, palette: theme.Palette) -> None:
        view = self.parent()
        assert isinstance(view, QWidget)
        name, ident = str(index.data()), str(index.data(CHAIR).id)
        font, small = view.font(), theme.small_font(view)
        metrics, small_metrics = QFontMetrics(font), QFontMetrics(small)
        lines = _two_lines(name, metrics, rect.width())
        height = len(lines) * metrics.height() + 2 + small_metrics.height()
        top = rect.center().y() - height // 2
        painter.setPen(QColor(palette.text))
        painter.setFont(font)
        for line in lines:
            painter.drawText(QRect(rect.left(), top, rect.width(), metrics.height()), 0, line)
            top += metrics.height()
        painter.setPen(QColor(palette.quiet))
        painter.setFont(small)
        shown = small_metrics.elidedText(ident, Qt.TextElideMode.ElideMiddle, rect.width())
        painter.drawText(QRect(rect.left(), top + 2, rect.width(), small_metrics.height()), 0, shown)


def _two_lines(text: str, metrics: QFontMetrics, width: int) -> list[str]:
    """Return a name broken after a word; what does not fit on two lines is cut with an ellipsis."""
    first, words = "", text.split(" ")
    while words and metrics.horizontalAdvance(f"{first} {words[0]}".strip()) <= width:
        first = f"{first} {words.pop(0)}".strip()
    if not first or not words:
        return [metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)]
    return [first, metrics.elidedText(" ".join(words), Qt.TextElideMode.ElideRight, width)]


def _paint_picture(painter: QPainter, rect: QRect, picture: object, palette: theme.Palette) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(palette.scene))
    painter.drawRoundedRect(rect, 4, 4)
    if isinstance(picture, QPixmap):
        if picture.isNull():
            painter.setPen(QColor(palette.quiet))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, "?")
        else:
            painter.drawPixmap(rect, picture)


def _paint_letter(painter: QPainter, corner: QPoint, letter: str) -> None:
    rect = QRect(corner, QSize(_LETTER, _LETTER))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.LETTER_COLOURS[letter])
    painter.drawEllipse(rect)
    font = painter.font()
    font.setBold(True)
    font.setPixelSize(11)
    painter.setFont(font)
    painter.setPen(theme.INK)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, letter)


def _paint_button(painter: QPainter, rect: QRect, letter: str, palette: theme.Palette, pointed: bool) -> None:
    colour = theme.LETTER_COLOURS[letter]
    painter.setPen(QPen(colour, 1))
    painter.setBrush(colour if pointed else QColor(palette.raised))
    painter.drawRoundedRect(rect, 4, 4)
    painter.setPen(theme.INK if pointed else QColor(palette.text))
    font = painter.font()
    font.setPixelSize(11)
    painter.setFont(font)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, f"Set {letter}")
