"""Qt list model of the listed chairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from voxview.gui.context.listing import Listing
from voxview.gui.context.thumbnails import Thumbnails
from voxview.gui.session.source_texts import origin_text, source_text
from voxview.gui.widgets.dragged_chair import DRAGGED, dragged_data
from voxview.shapes.chair import Chair

Index = QModelIndex | QPersistentModelIndex

CHAIR = Qt.ItemDataRole.UserRole
LETTERS = Qt.ItemDataRole.UserRole + 1
"""Which of "A" and "B" the chair is at the moment, as one text."""
REMOVED = Qt.ItemDataRole.UserRole + 2
"""Whether the chair was removed from its folder's list."""


class ChairList(QAbstractListModel):
    """List model over a `Listing`: name, thumbnail and letters of each chair."""

    renamed = Signal(object, str)
    """A `Chair`, and the name that was typed for it."""

    def __init__(self, listing: Listing, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.can_rename: Callable[[Chair], bool] = lambda _: False
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
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return chair.name
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnails.picture(chair)
        if role == Qt.ItemDataRole.ToolTipRole:
            keys = "Enter takes it as A, Shift+Enter as B, the Menu key lists what else there is"
            lines = (chair.name, chair.id, source_text(chair), self._state(chair), keys)
            return "\n".join(line for line in lines if line)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            letters = self._letters(chair)
            source = f", {origin_text(chair)}" if origin_text(chair) else ""
            chosen = f", chosen as {' and '.join(letters)}" if letters else ""
            state = f", {self._state(chair)}" if self._state(chair) else ""
            return f"{chair.name}, {chair.id}{source}{state}{chosen}"
        if role == CHAIR:
            return chair
        if role == LETTERS:
            return self._letters(chair)
        if role == REMOVED:
            return self._is_removed(chair)
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Emit the name that was typed; the list changes once the editor is gone."""
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        chair = self.chair(index.row())
        QTimer.singleShot(0, self, lambda: self.renamed.emit(chair, str(value)))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return Qt's flags; rows can be dragged to where a chair is wanted."""
        flags = super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled
        if index.isValid() and self.can_rename(self.chair(index.row())):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def mimeTypes(self) -> list[str]:
        """Return the type of a dragged row."""
        return [DRAGGED]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return the dragged chair; of several, the first."""
        return dragged_data(self.chair(indexes[0].row()))

    def _state(self, chair: Chair) -> str:
        """Return how the chair differs from its file, in words."""
        up, turn = chair.details.get("up", "y"), chair.details.get("turn", 0)
        turned = f"turned: {up} up, by {turn}°" if (up, turn) != ("y", 0) else ""
        removed = "removed from the list" if self._is_removed(chair) else ""
        return ", ".join(part for part in (turned, removed) if part)

    def _is_removed(self, chair: Chair) -> bool:
        return self._listing.shows_removed and self._listing.is_removed(chair)

    def _letters(self, chair: Chair) -> str:
        return "".join(letter for letter, one in zip("AB", self._pair, strict=True) if one == chair)

    def _redraw(self, chair: Chair | None) -> None:
        row = self._listing.row_of(chair)
        if row is not None:
            index = self.index(row)
            self.dataChanged.emit(index, index)
