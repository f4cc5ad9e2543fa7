"""List view of chairs."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QListView, QWidget

from voxview.gui import theme
from voxview.gui.browser.chair_list import ChairList
from voxview.gui.browser.row_delegate import RowDelegate, button_rects
from voxview.gui.widgets.painted_text import paint_text
from voxview.shapes.chair import Chair


class ChairView(QListView):
    """List view whose rows have buttons; Enter or a double click takes a chair as A, with Shift as B."""

    chosen = Signal(str, object)
    """A letter, "A" or "B", and the chair that shall be it."""
    menu_wanted = Signal(QPoint)
    """Where on the screen: what can be done with the selected chairs is to be listed there."""

    def __init__(self, model: ChairList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chairs = model
        self.empty_text = ""
        """What stands in an empty list."""
        self.setModel(model)
        self._delegate = RowDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QListView.DragDropMode.DragOnly)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setAccessibleName("Chairs")
        self.setAccessibleDescription("Enter takes the selected chair as A, Shift and Enter as B")
        self.verticalScrollBar().setSingleStep(24)

    def current_chair(self) -> Chair | None:
        """Return the selected chair; of several the one that was selected last."""
        index = self.currentIndex()
        return self.chairs.chair(index.row()) if index.isValid() else None

    def selected_chairs(self) -> list[Chair]:
        """Return all that are selected, with Ctrl or Shift say, in the list's order."""
        return [self.chairs.chair(row) for row in sorted(index.row() for index in self.selectedIndexes())]

    def choose_current(self, modifiers: Qt.KeyboardModifier) -> None:
        """Take the selected chair as A, with Shift as B."""
        chair = self.current_chair()
        if chair is not None:
            self.chosen.emit("B" if modifiers & Qt.KeyboardModifier.ShiftModifier else "A", chair)

    def keyboardSearch(self, search: str) -> None:
        """Ignore typing: letters are commands here, and the search field is above."""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Highlight the row and the button under the mouse."""
        self._point_at(event.position().toPoint())
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Highlight no row any more."""
        self._point_at(QPoint(-1, -1))
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Press a row's button; anywhere else, select."""
        self._point_at(event.position().toPoint())
        super().mousePressEvent(event)
        pressed = self._delegate.pointed
        if pressed and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(pressed[1], self.chairs.chair(pressed[0]))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take the chair as A by a double click beside the buttons, with Shift as B."""
        self._point_at(event.position().toPoint())
        if self._delegate.pointed:
            self.mousePressEvent(event)
        elif self.indexAt(event.position().toPoint()).isValid():
            self.choose_current(event.modifiers())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the selected chair as A, with Shift as B; Menu and Shift+F10 want the menu."""
        is_menu = event.key() == Qt.Key.Key_Menu or (
            event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        )
        if self.is_renaming:
            event.ignore()  # what the editor has left of its keys, such as Enter, takes no chair
        elif is_menu:
            self._want_menu_at_row()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.choose_current(event.modifiers())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Want the menu: at the mouse, or, by the Menu key or Shift+F10, at the current row."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._want_menu_at_row()
        elif self.current_chair() is not None:
            self.menu_wanted.emit(event.globalPos())

    @property
    def is_renaming(self) -> bool:
        """Whether a name is being typed."""
        return self.state() == QListView.State.EditingState

    def rename_current(self) -> None:
        """Open the editor of the current chair's name."""
        self.setFocus()
        self.scrollTo(self.currentIndex())
        self.edit(self.currentIndex())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say in an empty list why it is empty."""
        super().paintEvent(event)
        if self.chairs.rowCount() == 0 and self.empty_text:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(theme.palette().quiet))
            room = self.viewport().rect().adjusted(16, 32, -16, -16)
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            paint_text(painter, room, flags, self.empty_text)

    def _want_menu_at_row(self) -> None:
        if self.current_chair() is None or QApplication.activePopupWidget() is not None:
            return  # on X11 the Menu key comes as a key as well
        self.scrollTo(self.currentIndex())
        row = self.visualRect(self.currentIndex())
        at = QPoint(row.left() + row.width() // 3, row.center().y())
        self.menu_wanted.emit(self.viewport().mapToGlobal(at))

    def _point_at(self, position: QPoint) -> None:
        index = self.indexAt(position)
        row = index.row() if index.isValid() else -1
        rects = button_rects(self.visualRect(index)) if row >= 0 else {}
        button = next((letter for letter, rect in rects.items() if rect.contains(position)), None)
        before = (self._delegate.pointed_row, self._delegate.pointed)
        self._delegate.pointed_row = row
        self._delegate.pointed = (row, button) if button else None
        if before != (row, self._delegate.pointed):
            self.viewport().setCursor(
                Qt.CursorShape.PointingHandCursor if button else Qt.CursorShape.ArrowCursor
            )
            self.viewport().update()
