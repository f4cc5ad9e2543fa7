"""The command palette: a field over the window, and below it what fits."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from voxview.counts import counted
from voxview.gui import theme
from voxview.gui.context.thumbnails import Thumbnails
from voxview.gui.palette.entry import Entry
from voxview.gui.palette.finder import MOST_CHAIRS, ChairSearch, find
from voxview.gui.palette.rows import Found, FoundDelegate

_SIZE = QSize(620, 460)
_MARGIN = 24
"""Pixels that stay free of it at each side of the window, at least."""
_MOVES = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: 8,
    Qt.Key.Key_PageUp: -8,
}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PaletteField(QLineEdit):
    """Line edit whose arrows and Enter are for the list below it."""

    moved = Signal(int)
    """Rows to go down, or up."""
    entered = Signal(bool)
    """Enter; whether Shift was held."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, placeholderText="An action, a page, a setting, a chair")
        self.setAccessibleName("Find an action, a page, a setting or a chair")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass on what is for the list."""
        if event.key() in _MOVES:
            self.moved.emit(_MOVES[Qt.Key(event.key())])
        elif event.key() in _ENTER:
            self.entered.emit(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)


class PaletteDialog(QDialog):
    """Finds while one types; it closes when something is chosen, at Esc, and when one clicks elsewhere."""

    chosen = Signal(object, str)
    """The `Entry`, and of a chair what it shall be: "A" or "B"."""

    def __init__(
        self,
        entries: Sequence[Entry],
        recent: Sequence[str],
        chairs: ChairSearch,
        thumbnails: Thumbnails,
        parent: QWidget,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setWindowTitle("Command palette")
        self.setObjectName("palette")
        self.setStyleSheet(f"QDialog#palette {{ border: 1px solid {theme.palette().quiet}; }}")
        self._entries, self._recent, self._chairs = entries, recent, chairs
        self.field = PaletteField()
        self.model = Found(thumbnails.picture, self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(FoundDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys are the field's
        self.list.setAccessibleName("What was found")
        self.list.setAccessibleDescription("The arrows of the search field go through it")
        self.line = QLabel()
        self.line.setFont(theme.small_font(self))
        self.line.setStyleSheet(f"color: {theme.palette().quiet}")
        self.field.textChanged.connect(self._find)
        self.field.moved.connect(self._move)
        self.field.entered.connect(self._take_current)
        self.list.clicked.connect(lambda _: self._take_current(False))
        self.list.selectionModel().currentChanged.connect(self._speak)
        thumbnails.drawn.connect(self.list.viewport().update)
        self._lay_out(parent)
        self._find()

    def event(self, event: QEvent) -> bool:
        """Close where another window is wanted."""
        if event.type() == QEvent.Type.WindowDeactivate and self.isVisible():
            self.reject()
        return super().event(event)

    def done(self, result: int) -> None:
        """Close, and give the keyboard back to the window, unless another one has it already."""
        was_active, over = self.isActiveWindow(), self.parentWidget()
        super().done(result)
        if was_active and over is not None:
            over.activateWindow()

    # ---- inside ---------------------------------------------------------------------------------

    def _lay_out(self, over: QWidget) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.GAP] * 4)
        column.setSpacing(theme.GAP)
        column.addWidget(self.field)
        column.addWidget(self.list, 1)
        column.addWidget(self.line)
        self.resize(_SIZE.boundedTo(over.size() - QSize(2 * _MARGIN, 2 * _MARGIN)))
        self.move(over.mapToGlobal(QPoint((over.width() - self.width()) // 2, 2 * _MARGIN)))

    def _find(self) -> None:
        typed = self.field.text()
        found, chairs = find(typed, self._entries, self._recent, self._chairs)
        self.model.show(found)
        self.list.setCurrentIndex(self.model.index(0))
        self.line.setText(self._said(typed, found, chairs))

    def _said(self, typed: str, found: Sequence[Entry], chairs: int) -> str:
        if not typed.strip():
            return f"Enter chooses · type to search {counted(self._chairs.count, 'chair')} too · Esc closes"
        if not found:
            return "Nothing fits: try fewer letters"
        if chairs > MOST_CHAIRS:
            listed = f"The first {MOST_CHAIRS} of {counted(chairs, 'chair')}"
            return f"{listed} · Enter takes one as A, Shift+Enter as B"
        if chairs:
            return "Enter chooses, or takes a chair as A; Shift+Enter takes it as B"
        return "Enter chooses · Esc closes"

    def _move(self, rows: int) -> None:
        count, row = self.model.rowCount(), self.list.currentIndex().row()
        if not count:
            return
        to = row + rows
        at_end = to % count if abs(rows) == 1 else min(max(to, 0), count - 1)
        self.list.setCurrentIndex(self.model.index(at_end))

    def _speak(self) -> None:
        """Say the current row to who hears the field."""
        index = self.list.currentIndex()
        if index.isValid():
            self.field.setAccessibleDescription(self.model.entries[index.row()].spoken)

    def _take_current(self, is_second: bool) -> None:
        index = self.list.currentIndex()
        if not index.isValid():
            return
        entry = self.model.entries[index.row()]
        if not entry.is_possible:
            self.line.setText(f"Not now: {entry.tip or entry.text}")
            return
        self.accept()
        self.chosen.emit(entry, "B" if is_second else "A")
