"""Qt list model of what was found, and the delegate that paints a row of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from voxview.gui import theme
from voxview.gui.palette.entry import Entry
from voxview.gui.widgets.painted_text import line_height, paint_line, paint_text
from voxview.shapes.chair import Chair

Index = QModelIndex | QPersistentModelIndex

ENTRY = Qt.ItemDataRole.UserRole
_TICK = (QPoint(3, 7), QPoint(6, 10), QPoint(11, 4))
_MARK = 30
"""Pixels for a mark or a picture at the left."""


class Found(QAbstractListModel):
    """List model over entries; pictures of chairs are requested when their rows are painted."""

    def __init__(self, picture: Callable[[Chair], QPixmap | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._picture = picture
        self.entries: list[Entry] = []

    def show(self, entries: Sequence[Entry]) -> None:
        """List other entries."""
        self.beginResetModel()
        self.entries = list(entries)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return how many there are."""
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the entry, its text, its line, its picture."""
        if not index.isValid():
            return None
        entry = self.entries[index.row()]
        if role == ENTRY:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{entry.text}\n{entry.line}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return entry.spoken
        if role == Qt.ItemDataRole.DecorationRole and entry.chair is not None:
            return self._picture(entry.chair)
        return None


class FoundDelegate(QStyledItemDelegate):
    """Paints a mark or a picture, the text with its key, and a quiet line below."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the size of a row; all are equally high."""
        words = line_height(self._view.font()) + line_height(theme.small_font(self._view))
        return QSize(200, max(_MARK, words) + theme.GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the row."""
        entry: Entry = index.data(ENTRY)
        palette, rect = theme.palette(), QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            band = QColor(palette.accent)
            band.setAlphaF(0.22)
            painter.fillRect(rect, band)
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), QColor(palette.accent))
        mark = QRect(rect.left() + theme.GAP, rect.center().y() - _MARK // 2, _MARK, _MARK)
        _paint_mark(painter, mark, entry, index.data(Qt.ItemDataRole.DecorationRole), palette)
        words = QRect(mark.right() + theme.GAP, 0, 0, rect.height())
        words.setRight(rect.right() - theme.GAP)
        self._paint_words(painter, rect, words, entry)
        painter.restore()

    def _paint_words(self, painter: QPainter, row: QRect, words: QRect, entry: Entry) -> None:
        palette, font, small = theme.palette(), self._view.font(), theme.small_font(self._view)
        height = line_height(font) + line_height(small)
        room = QRect(words.left(), row.center().y() - height // 2, words.width(), line_height(font))
        keys = QFontMetricsF(font).horizontalAdvance(entry.keys)
        painter.setFont(font)
        painter.setPen(QColor(palette.quiet))
        paint_text(painter, room, Qt.AlignmentFlag.AlignRight, entry.keys)
        first = room.adjusted(0, 0, -round(keys) - theme.GAP, 0)
        painter.setPen(QColor(palette.text if entry.is_possible else palette.quiet))
        paint_line(painter, first, Qt.AlignmentFlag.AlignLeft, entry.text)
        painter.setFont(small)
        painter.setPen(QColor(palette.quiet))
        below = QRect(room.left(), room.bottom() + 1, room.width(), line_height(small))
        paint_line(painter, below, Qt.AlignmentFlag.AlignLeft, entry.line)


def _paint_mark(
    painter: QPainter, room: QRect, entry: Entry, picture: object, palette: theme.Palette
) -> None:
    """Paint a chair's picture, or a box that is ticked where something is switched on."""
    if entry.chair is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.scene))
        painter.drawRoundedRect(room, 4, 4)
        if isinstance(picture, QPixmap) and not picture.isNull():
            painter.drawPixmap(room, picture)
    elif entry.is_on is not None:
        box = QRect(0, 0, 14, 14)
        box.moveCenter(room.center())
        painter.setPen(QColor(palette.quiet))
        painter.setBrush(QColor(palette.accent) if entry.is_on else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 3, 3)
        if entry.is_on:
            painter.setPen(QColor(palette.on_accent))
            painter.drawPolyline([box.topLeft() + at for at in _TICK])
