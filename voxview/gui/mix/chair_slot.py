"""Button that holds one chair: pressed, it takes the selected chair; or one is dropped there."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from voxview.gui import theme
from voxview.gui.context.thumbnails import SIDE
from voxview.gui.mix.chair_supply import ChairSupply
from voxview.gui.widgets.letters import paint_letter
from voxview.gui.widgets.painted_text import paint_text
from voxview.shapes.chair import Chair


class ChairSlot(QAbstractButton):
    """Button with a chair's thumbnail, and a letter where it has one."""

    changed = Signal()
    """The person put another chair in."""
    nothing_selected = Signal()

    def __init__(
        self, supply: ChairSupply, what: str, letter: str = "", parent: QWidget | None = None
    ) -> None:
        """Name what it is for with `what`: "Top left corner"."""
        super().__init__(parent)
        self._supply, self._what, self._letter = supply, what, letter
        self.chair: Chair | None = None
        self._is_target = False
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self._take_selected)
        supply.thumbnails.drawn.connect(self._redraw)
        self.put(None)

    def put(self, chair: Chair | None) -> None:
        """Show a chair; None empties the place."""
        self.chair = chair
        name = chair.name if chair else "empty"
        self.setAccessibleName(f"{self._what}: {name}")
        self.setToolTip(
            f"{self._what}: {name}\nPress to take the chair selected in the list, or drop one here"
        )
        self.update()

    def sizeHint(self) -> QSize:
        """Return Qt's size hint: as large as in the list, with a frame."""
        return QSize(SIDE + 4, SIDE + 4)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept a chair from the list."""
        if self._supply.dropped(event.mimeData()) is not None:
            event.acceptProposedAction()
            self._is_target = True
            self.update()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Note that the drag went elsewhere."""
        self._is_target = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the chair."""
        self._is_target = False
        chair = self._supply.dropped(event.mimeData())
        if chair is not None:
            event.acceptProposedAction()
            self.put(chair)
            self.changed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw frame, chair and letter."""
        palette = theme.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_at = self.hasFocus() or self._is_target
        painter.setPen(QPen(QColor(palette.accent if is_at else palette.line), 2 if is_at else 1))
        painter.setBrush(QColor(palette.base))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        picture = self._supply.thumbnails.picture(self.chair) if self.chair else None
        if picture is not None and not picture.isNull():
            painter.drawPixmap(self.rect().adjusted(2, 2, -2, -2), picture)
        elif self.chair is None:
            painter.setPen(QColor(palette.quiet))
            paint_text(painter, self.rect(), Qt.AlignmentFlag.AlignCenter, "+")
        if self._letter:
            self._paint_letter(painter)

    def _paint_letter(self, painter: QPainter) -> None:
        disc = QRectF(3, 3, 15, 15)
        painter.setFont(theme.small_font(self))
        paint_letter(painter, disc, self._letter, colour=theme.blend_colour(0.5))

    def _take_selected(self) -> None:
        chairs = self._supply.selected()
        if not chairs:
            self.nothing_selected.emit()
        elif chairs[0] != self.chair:
            self.put(chairs[0])
            self.changed.emit()

    def _redraw(self, chair: object) -> None:
        if chair == self.chair:
            self.update()
