"""What a points encoder makes of a cloud, in a picture that is turned by mouse or arrow keys."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QTabBar, QWidget

from voxview.gui import theme
from voxview.gui.network.cloud_drawing import CloudView
from voxview.gui.widgets.focus_frame import paint_focus
from voxview.gui.widgets.number_boxes import NumberBox
from voxview.gui.widgets.page import column_layout, row_layout

SIDE = 360
"""Pixels of the picture."""
_DEGREES_PER_PIXEL = 0.5
_KEY_TURN = 10.0
_STEEPEST = 89.0
_KEYS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}


class CloudPicture(QWidget):
    """Widget that shows a picture, and emits how far it shall be turned, or where it was clicked."""

    turned = Signal(float, float)
    """Degrees to the right, and up."""
    clicked = Signal(float, float)
    """A place in the picture, in its pixels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._last: QPointF | None = None
        self._dragged = False
        self.setFixedHeight(SIDE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("The cloud")
        self.setToolTip("Drag or press the arrow keys to turn it; click a centre to see its balls")

    def show_image(self, image: QImage) -> None:
        """Show another picture."""
        self._image = image
        self.update()

    def sizeHint(self) -> QSize:
        """Return Qt's size hint."""
        return QSize(SIDE, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it in the middle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.palette().scene))
        painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        painter.drawImage(self._corner(), self._image)
        painter.end()
        paint_focus(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to turn it, unless it becomes a click."""
        self._last, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn it."""
        if self._last is None:
            return
        moved = event.position() - self._last
        if self._dragged or moved.manhattanLength() > 3:
            self._dragged, self._last = True, event.position()
            self.turned.emit(-moved.x() * _DEGREES_PER_PIXEL, moved.y() * _DEGREES_PER_PIXEL)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Emit a click."""
        if self._last is not None and not self._dragged:
            at = event.position() - self._corner()
            self.clicked.emit(at.x(), at.y())
        self._last = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn it by steps."""
        if event.key() in _KEYS:
            right, up = _KEYS[Qt.Key(event.key())]
            self.turned.emit(right * _KEY_TURN, up * _KEY_TURN)
        else:
            super().keyPressEvent(event)

    def _corner(self) -> QPointF:
        return QPointF((self.width() - self._image.width()) / 2, 0)


class CloudBox(QWidget):
    """Widget with what is to be seen of a cloud, the picture, and a line of what it shows."""

    changed = Signal()
    """Something else shall be drawn."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = CloudView()
        self.kinds = QTabBar(drawBase=False, expanding=True)
        self.kinds.setAccessibleName("What of the cloud")
        self.kinds.setAccessibleDescription("Left and right change what is shown of it")
        self.kinds.currentChanged.connect(self._choose)
        self.centre = NumberBox()
        self.centre.setAccessibleName("Centre")
        self.centre.setToolTip("Which of the level's centres shows its balls; a click chooses one, too")
        self.centre.valueChanged.connect(self._choose)
        self.centre_label = QLabel("Centre")
        self.centre_label.setToolTip(self.centre.toolTip())
        self.picture = CloudPicture()
        self.picture.turned.connect(self._turn)
        self.text = QLabel(wordWrap=True)
        self.text.setFont(theme.small_font(self))
        self._centres: tuple[int, ...] = ()
        column = column_layout(self)
        column.addWidget(self.kinds)
        column.addLayout(row_layout(self.centre_label, self.centre))
        column.addWidget(self.picture)
        column.addWidget(self.text)
        self.offer(())

    def offer(self, centres: tuple[int, ...]) -> None:
        """Offer the critical points, and levels with so many centres each."""
        self._centres = centres
        with QSignalBlocker(self.kinds), QSignalBlocker(self.centre):
            before = self.kinds.currentIndex()
            while self.kinds.count():
                self.kinds.removeTab(0)
            self.kinds.addTab("Critical points")
            for level, _ in enumerate(centres, start=1):
                self.kinds.addTab(f"Level {level}")
            self.kinds.setCurrentIndex(before if 0 <= before < self.kinds.count() else 0)
        self._choose()

    def choose_centre(self, centre: int) -> None:
        """Choose one of the level's centres."""
        self.centre.setValue(centre + 1)

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self.text.setStyleSheet(f"color: {theme.palette().quiet}")

    # ---- inside ---------------------------------------------------------------------------------

    def _choose(self) -> None:
        level = self.kinds.currentIndex() - 1
        is_level = 0 <= level < len(self._centres)
        for widget in (self.centre, self.centre_label):
            widget.setVisible(is_level)
        self.kinds.setVisible(bool(self._centres))
        if is_level:
            with QSignalBlocker(self.centre):
                self.centre.setRange(1, self._centres[level])
        self.view = replace(
            self.view, level=level if is_level else None, centre=self.centre.value() - 1 if is_level else 0
        )
        self.changed.emit()

    def _turn(self, right: float, up: float) -> None:
        elevation = min(max(self.view.elevation + up, -_STEEPEST), _STEEPEST)
        self.view = replace(self.view, azimuth=self.view.azimuth + right, elevation=elevation)
        self.changed.emit()
