"""Qt list model of the listed chairs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt

from voxview.gui.context.listing import Listing
from voxview.gui.context.thumbnails import Thumbnails
from voxview.gui.session.source_texts import origin_text, source_text
from voxview.gui.widgets.dragged_chair import DRAGGED, dragged_data
from voxview.shapes.chair import Chair

Index = QModelIndex | QPersistentModelIndex

CHAIR = Qt.ItemDataRole.UserRole
LETTERS = Qt.ItemDataRole.UserRole + 1
"""Which of "A" and "B" the chair is at the moment, as one text."""


class ChairList(QAbstractListModel):
    """List model over a `Listing`: name, thumbnail and letters of each chair."""

    def __init__(self, listing: Listing, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._listing, self._thumbnails = listing, thumbnails
        self._pair: tuple[Chair | None, Chair | None] = (None, None)
        listing.reset_started.connect(self.beginResetModel)
        listing.changed.connect(self.endResetModel)
        thumbnails.drawn.connect(self._redraw)

    def mark(self, a: Chair | None, b: Chair | None) -> None:
        """Mark chairs A and B."""
        changed = {*self._pair, a, b}
        self._pair = (a, b)
        for chair in changed:
            self._redraw(chair)

    def chair(self, row: int) -> Chair:
        """Return the chair in a row."""
        return self._listing.chairs[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return how many chairs are listed."""
        return 0 if parent.isValid() else len(self._listing.chairs)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the chair's name, thumbnail, letters, or the chair itself."""
        if not index.isValid():
            return None
        chair = self.chair(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return chair.name
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnails.picture(chair)
        if role == Qt.ItemDataRole.ToolTipRole:
            lines = (chair.name, chair.id, source_text(chair), "Enter takes it as A, Shift+Enter as B")
            return "\n".join(line for line in lines if line)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            letters = self._letters(chair)
            source = f", {origin_text(chair)}" if origin_text(chair) else ""
            chosen = f", chosen as {' and '.join(letters)}" if letters else ""
            return f"{chair.name}, {chair.id}{source}{chosen}"
        if role == CHAIR:
            return chair
        if role == LETTERS:
            return self._letters(chair)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return Qt's flags; rows can be dragged to where a chair is wanted."""
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        """Return the type of a dragged row."""
        return [DRAGGED]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return the dragged chair; of several, the first."""
        return dragged_data(self.chair(indexes[0].row()))

    def _letters(self, chair: Chair) -> str:
        return "".join(letter for letter, one in zip("AB", self._pair, strict=True) if one == chair)

    def _redraw(self, chair: Chair | None) -> None:
        row = self._listing.row_of(chair)
        if row is not None:
            index = self.index(row)
            self.dataChanged.emit(index, index)
