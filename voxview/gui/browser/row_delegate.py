"""Item delegate of a chair's row: thumbnail, name, id, letters, and two buttons on the current row."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from voxview.gui import theme
from voxview.gui.browser.chair_list import CHAIR, LETTERS, REMOVED
from voxview.gui.context.thumbnails import SIDE
from voxview.gui.widgets.letters import paint_letter
from voxview.gui.widgets.painted_text import line_height, paint_line, paint_text
from voxview.shapes.catalogs.change import LONGEST_NAME

_LEAST_HEIGHT = 68
_BEFORE_ID = 2
"""Pixels between name and id."""
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
        self.renamed_row = -1
        """The row whose name is being typed: it has no buttons meanwhile."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return Qt's size hint: all rows are equally high, so that a long list need not be measured."""
        view = self.parent()
        assert isinstance(view, QWidget)
        words = 2 * line_height(view.font()) + _BEFORE_ID + line_height(theme.small_font(view))
        return QSize(160, max(_LEAST_HEIGHT, words + theme.GAP))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the row."""
        palette = theme.palette()
        rect: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        at_row = (selected or index.row() == self.pointed_row) and self.renamed_row != index.row()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected or index.row() == self.pointed_row:
            band = QColor(palette.accent)
            band.setAlphaF(0.22 if selected else 0.08)
            painter.fillRect(rect, band)
        if selected and option.state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), QColor(palette.accent))
        picture = _picture_rect(rect)
        _paint_picture(painter, picture, index.data(Qt.ItemDataRole.DecorationRole), palette)
        for place, letter in enumerate(index.data(LETTERS)):
            painter.setFont(_bold(painter.font()))
            corner = QPoint(picture.left() + place * (_LETTER + 2), picture.top())
            paint_letter(painter, QRectF(QRect(corner, QSize(_LETTER, _LETTER))), letter)
        words = _words_rect(rect, at_row=at_row)
        self._paint_words(painter, words, index, palette)
        if at_row:
            for letter, button in button_rects(rect).items():
                _paint_button(painter, button, letter, palette, (index.row(), letter) == self.pointed)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Return the field in which a chair's name is typed."""
        editor = QLineEdit(parent, maxLength=LONGEST_NAME)
        editor.setAccessibleName("Name of the chair")
        self.renamed_row = index.row()
        editor.destroyed.connect(self._end_renaming)
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Put the name into the field, unless something is typed there: thumbnails come meanwhile."""
        if isinstance(editor, QLineEdit) and not editor.isModified():
            editor.setText(str(index.data()))

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Put the field where the name is."""
        room = _words_rect(option.rect, at_row=False)
        height = editor.sizeHint().height()
        editor.setGeometry(room.left(), room.center().y() - height // 2, room.width(), height)

    def _end_renaming(self) -> None:
        self.renamed_row = -1

    def _paint_words(self, painter: QPainter, rect: QRect, index: Index, palette: theme.Palette) -> None:
        view = self.parent()
        assert isinstance(view, QWidget)
        font, small = view.font(), theme.small_font(view)
        lines = _two_lines(str(index.data()), QFontMetricsF(font), rect.width())
        height = len(lines) * line_height(font) + _BEFORE_ID + line_height(small)
        room = QRect(rect.left(), rect.center().y() - height // 2, rect.width(), line_height(font))
        is_removed = bool(index.data(REMOVED))
        painter.setPen(QColor(palette.quiet if is_removed else palette.text))
        painter.setFont(font)
        for line in lines:
            paint_line(painter, room, Qt.AlignmentFlag.AlignLeft, line)
            room.translate(0, room.height())
        painter.setPen(QColor(palette.quiet))
        painter.setFont(small)
        room = QRect(rect.left(), room.top() + _BEFORE_ID, rect.width(), line_height(small))
        ident = f"{'removed · ' if is_removed else ''}{index.data(CHAIR).id}"
        shown = QFontMetricsF(small).elidedText(ident, Qt.TextElideMode.ElideMiddle, rect.width())
        paint_text(painter, room, Qt.AlignmentFlag.AlignLeft, shown)


def _picture_rect(row: QRect) -> QRect:
    return QRect(row.left() + theme.GAP, row.top() + (row.height() - SIDE) // 2, SIDE, SIDE)


def _words_rect(row: QRect, *, at_row: bool) -> QRect:
    """Return where name and id are; on the current row there are buttons behind them."""
    words = QRect(_picture_rect(row).right() + theme.GAP, row.top(), 0, row.height())
    words.setRight((button_rects(row)["A"].left() if at_row else row.right()) - theme.GAP)
    return words


def _bold(font: QFont) -> QFont:
    """Return the font of a row's letters, which have room for one of eleven pixels."""
    font = QFont(font)
    font.setBold(True)
    font.setPixelSize(11)
    return font


def _two_lines(text: str, metrics: QFontMetricsF, width: float) -> list[str]:
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
            paint_text(painter, rect, Qt.AlignmentFlag.AlignCenter, "?")
        else:
            painter.drawPixmap(rect, picture)


def _paint_button(painter: QPainter, rect: QRect, letter: str, palette: theme.Palette, pointed: bool) -> None:
    colour = theme.LETTER_COLOURS[letter]
    painter.setPen(QPen(colour, 1))
    painter.setBrush(colour if pointed else QColor(palette.raised))
    painter.drawRoundedRect(rect, 4, 4)
    painter.setPen(theme.INK if pointed else QColor(palette.text))
    font = painter.font()
    font.setPixelSize(11)
    painter.setFont(font)
    paint_text(painter, rect, Qt.AlignmentFlag.AlignCenter, f"Set {letter}")
