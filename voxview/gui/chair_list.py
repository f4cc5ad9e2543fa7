"""A catalog as Qt's list views want it, cut down to what is searched for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt

from voxview.gui.thumbnails import Thumbnails
from voxview.shapes.chair import Chair

Index = QModelIndex | QPersistentModelIndex

CHAIR = Qt.ItemDataRole.UserRole
DRAGGED = "application/x-voxview-chair"
"""A dragged row: the chair's source and id, on a line each."""
LETTERS = Qt.ItemDataRole.UserRole + 1
"""Which of "A" and "B" the chair is at the moment, as one text."""


class ChairList(QAbstractListModel):
    """The chairs of one catalog whose name or id holds every word of the search."""

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._chairs: Sequence[Chair] = ()
        self._texts: list[str] = []
        self._shown: list[int] = []
        self._places: dict[Chair, int] = {}
        self._search = ""
        self._pair: tuple[Chair | None, Chair | None] = (None, None)
        thumbnails.drawn.connect(self._redraw)

    def show_chairs(self, chairs: Sequence[Chair]) -> None:
        """List another catalog."""
        self.beginResetModel()
        self._chairs = chairs
        self._texts = [f"{chair.name} {chair.id}".lower() for chair in chairs]
        self._filter()
        self.endResetModel()

    def search(self, text: str) -> None:
        """List only what matches: several words must all be there, in any order."""
        self.beginResetModel()
        self._search = text
        self._filter()
        self.endResetModel()

    def mark(self, a: Chair | None, b: Chair | None) -> None:
        """Which chairs are A and B."""
        changed = {*self._pair, a, b}
        self._pair = (a, b)
        for chair in changed:
            self._redraw(chair)

    def chair(self, row: int) -> Chair:
        """The chair in a row."""
        return self._chairs[self._shown[row]]

    def row_of(self, chair: Chair | None) -> int | None:
        """The chair's row, or None if it is not listed."""
        return None if chair is None else self._places.get(chair)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many chairs are listed."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The chair's name, picture, letters, or the chair itself."""
        if not index.isValid():
            return None
        chair = self.chair(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return chair.name
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnails.picture(chair)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{chair.name}\n{chair.id}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            letters = self._letters(chair)
            return f"{chair.name}, {chair.id}" + (f", chosen as {' and '.join(letters)}" if letters else "")
        if role == CHAIR:
            return chair
        if role == LETTERS:
            return self._letters(chair)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows can be dragged to where a chair is wanted."""
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        """What a dragged row is."""
        return [DRAGGED]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The dragged chair; of several, the first."""
        data, chair = QMimeData(), self.chair(indexes[0].row())
        data.setData(DRAGGED, f"{chair.source}\n{chair.id}".encode())
        return data

    def _letters(self, chair: Chair) -> str:
        return "".join(letter for letter, one in zip("AB", self._pair, strict=True) if one == chair)

    def _filter(self) -> None:
        words = self._search.lower().split()
        self._shown = [i for i, text in enumerate(self._texts) if all(word in text for word in words)]
        self._places = {self._chairs[i]: row for row, i in enumerate(self._shown)}

    def _redraw(self, chair: Chair | None) -> None:
        row = self.row_of(chair)
        if row is not None:
            index = self.index(row)
            self.dataChanged.emit(index, index)
