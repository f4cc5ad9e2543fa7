"""The picture of a network's layers: a click on a block selects its row."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from voxview.gui import theme
from voxview.gui.network.painting import KINDS, LABEL_LINES, paint_blocks, paint_legend
from voxview.gui.network.picture_layout import CAPTION, Block, block_of_row, blocks
from voxview.gui.widgets.focus_frame import paint_focus
from voxview.gui.widgets.painted_text import line_height
from voxview.model.layers.rows import NetworkRows

_EDGE = 10
_BLOCKS = 104
"""Pixels of the blocks' height."""


class NetworkPicture(QWidget):
    """Widget that paints the layers of one network; the arrow keys go from layer to layer."""

    selected = Signal(int)
    """A row that was clicked, or gone to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._network: NetworkRows | None = None
        self._row: int | None = None
        self.setFont(theme.small_font(self))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Picture of the layers")
        self.setToolTip(CAPTION)

    def show_network(self, network: NetworkRows | None) -> None:
        """Show another network, with nothing selected."""
        self._network, self._row = network, None
        self._describe()
        self.update()

    def select(self, row: int | None) -> None:
        """Mark the block that stands for a row."""
        if self._network is not None and row is not None:
            row = block_of_row(self._network, row)
        if row != self._row:
            self._row = row
            self._describe()
            self.update()

    def shown_blocks(self) -> list[Block]:
        """Return the blocks as they lie in the widget."""
        if self._network is None:
            return []
        found = blocks(self._network, self.width() - 2 * _EDGE, _BLOCKS)
        return [block.moved(_EDGE, _EDGE) for block in found]

    def sizeHint(self) -> QSize:
        """Return Qt's size hint: blocks, two lines of sizes, a line of the legend."""
        return QSize(400, _BLOCKS + 2 * _EDGE + (LABEL_LINES + 1) * line_height(self.font()) + 4)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest useful size."""
        return QSize(200, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture, and the focus."""
        palette = theme.palette()
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(palette.line))
        painter.setBrush(QColor(palette.base))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        shown = self.shown_blocks()
        paint_blocks(painter, shown, self._row, palette, QRectF(4, _EDGE, self.width() - 8, _BLOCKS + 2))
        step = line_height(self.font())
        kinds = [kind for kind in KINDS if any(block.kind == kind for block in shown)]
        room = QRectF(_EDGE, self.height() - step - 4, self.width() - 2 * _EDGE, step)
        paint_legend(painter, room, kinds, self.font(), palette)
        painter.end()
        paint_focus(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select what is clicked."""
        block = self._at(event.position().toPoint())
        if block is not None and block.row is not None:
            self.selected.emit(block.row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the next layer or the one before, the first or the last."""
        rows = [block.row for block in self.shown_blocks() if block.row is not None]
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
        if not rows or event.key() not in (*steps, Qt.Key.Key_Home, Qt.Key.Key_End):
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.selected.emit(rows[0 if event.key() == Qt.Key.Key_Home else -1])
        elif self._row not in rows:
            self.selected.emit(rows[0])
        else:
            place = rows.index(self._row) + steps[Qt.Key(event.key())]
            self.selected.emit(rows[min(max(0, place), len(rows) - 1)])

    def event(self, event: QEvent) -> bool:
        """Say which layer is pointed at."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            block = self._at(event.pos())
            if block is not None:
                QToolTip.showText(event.globalPos(), self._text(block), self)
                return True
        return super().event(event)

    def _at(self, place: QPoint) -> Block | None:
        found = [block for block in self.shown_blocks() if block.holds(place.x(), place.y())]
        return min(found, key=lambda block: abs(block.left + block.width / 2 - place.x()), default=None)

    def _text(self, block: Block) -> str:
        if block.row is None or self._network is None:
            return f"input\n{block.text}"
        row = self._network.rows[block.row]
        return f"{row.name}: {row.kind}\n{row.input.text} → {row.output.text}"

    def _describe(self) -> None:
        chosen = next(
            (one for one in self.shown_blocks() if one.row is not None and one.row == self._row), None
        )
        self.setAccessibleDescription("" if chosen is None else self._text(chosen))
