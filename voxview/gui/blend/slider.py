"""Slider from 0 to 1 with labelled ticks: at each tenth of t, or of the way that the shape changes."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from voxview.engine.request import Position
from voxview.gui import theme
from voxview.gui.blend.ticks import STEPS, Ticks
from voxview.gui.widgets.painted_text import line_height, paint_text

_EDGE = 16
_GROOVE_Y = 16
_RADIUS = 8
_BETWEEN_LABELS = 8
_LABELS_Y = _GROOVE_Y + 16
LEAST_WIDTH = 240


class TickSlider(QSlider):
    """Custom-painted QSlider: a groove in the colours of the blend, ticks, labels. A click jumps there."""

    moved = Signal(object)
    """The `Position` to which the person moved."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.valueChanged.connect(lambda step: self.moved.emit(Position.at_step(step)))
        self.setRange(0, STEPS)
        self.setSingleStep(1)
        self.setPageStep(STEPS // 10)
        self.setAccessibleName("Position between A and B, in hundredths")
        self.actionTriggered.connect(self._step_to_tick)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.is_shown = True
        """Whether the blend at this position is on screen; the handle is hollow while it is not."""
        self._dragging = False
        self._behind = QPixmap()
        self._still: tuple[object, ...] = ()
        """What was drawn there, and what it depends on."""
        self.ticks = Ticks()
        """Where the ticks are now."""
        self.show_ticks(self.ticks)

    def show_ticks(self, ticks: Ticks) -> None:
        """Draw other ticks, and let Page Up and Page Down go to them if they are even."""
        pages = "to the next tick" if ticks.even else "by 0.1"
        what = "Ticks: from one to the next the shape changes equally\n" if ticks.even else ""
        self.setToolTip(
            f"Position t between A and B\n{what}"
            f"← → by 0.01, PgUp PgDn {pages}, Home A, End B; from elsewhere , and ."
        )
        if ticks != self.ticks:
            self.ticks = ticks
            self.update()

    def sliderChange(self, change: QSlider.SliderChange) -> None:
        """Wait with painting for `update()`, which comes with the picture: see `Transport`."""
        if change != QSlider.SliderChange.SliderValueChange:
            super().sliderChange(change)

    def sizeHint(self) -> QSize:
        """Return Qt's size hint: wide enough for eleven labels."""
        return QSize(360, self._height())

    def minimumSizeHint(self) -> QSize:
        """Return the smallest useful size: two pixels for each position."""
        return QSize(LEAST_WIDTH, self._height())

    def position_x(self, value: float) -> float:
        """Return the pixel of a value, from the left."""
        return _EDGE + value / STEPS * (self.width() - 2 * _EDGE)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump to where the mouse is."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragging = True
            self.setSliderDown(True)
            self._move_to(event)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move along with the mouse."""
        if self._dragging:
            self._move_to(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Stay where the mouse left."""
        if self._dragging:
            self._dragging = False
            self.setSliderDown(False)
            self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go to the next tick with Ctrl or Shift, as Qt goes on by a page, where ticks are even."""
        by_page = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        turned = event.angleDelta().y() or event.angleDelta().x()
        if self.ticks.even and turned and event.modifiers() & by_page:
            actions = QSlider.SliderAction
            self.triggerAction(actions.SliderPageStepAdd if turned > 0 else actions.SliderPageStepSub)
            event.accept()
        else:
            super().wheelEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw groove, ticks, labels and handle; the first three are kept, as only the handle moves."""
        palette, font, scale = theme.palette(), theme.small_font(self), self.devicePixelRatioF()
        still = (self.width(), self.height(), scale, palette, self.ticks, font.key())
        if still != self._still:
            self._still, self._behind = still, self._painted_behind(palette, font, scale)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, self._behind)
        self._paint_handle(painter, palette)

    def _painted_behind(self, palette: theme.Palette, font: QFont, scale: float) -> QPixmap:
        picture = QPixmap(self.size() * scale)
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        with QPainter(picture) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(font)
            self._paint_groove(painter)
            self._paint_ticks(painter, palette)
        return picture

    def _height(self) -> int:
        return _LABELS_Y + line_height(theme.small_font(self)) + 1

    def _step_to_tick(self, action: int) -> None:
        """Make a step by a page one to the next even tick; Qt moves to where this leaves the handle."""
        ends = {
            QSlider.SliderAction.SliderPageStepAdd.value: True,
            QSlider.SliderAction.SliderPageStepSub.value: False,
        }
        if self.ticks.even and action in ends:
            self.setSliderPosition(self.ticks.next_to(self.value(), towards_b=ends[action]))

    def _move_to(self, event: QMouseEvent) -> None:
        room = max(1, self.width() - 2 * _EDGE)
        self.setValue(round((event.position().x() - _EDGE) / room * STEPS))

    def _paint_groove(self, painter: QPainter) -> None:
        colours = QLinearGradient(_EDGE, 0, self.width() - _EDGE, 0)
        for tenth in range(11):
            colours.setColorAt(tenth / 10, theme.blend_colour(tenth / 10))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours)
        painter.drawRoundedRect(QRectF(_EDGE - 2, _GROOVE_Y - 2, self.width() - 2 * _EDGE + 4, 4), 2, 2)

    def _paint_ticks(self, painter: QPainter, palette: theme.Palette) -> None:
        ticks = self.ticks
        label = painter.fontMetrics().size(0, "0.55" if ticks.even else "0.5")
        xs = [self.position_x(step) for step in ticks.steps]
        painter.setPen(QPen(QColor(palette.quiet), 1))
        for x in xs:
            painter.drawLine(QPointF(x, _GROOVE_Y + 11), QPointF(x, _GROOVE_Y + 15))
        for tick in ticks.labelled(xs, label.width() + _BETWEEN_LABELS):
            box = QRectF(xs[tick] - label.width(), _LABELS_Y, 2 * label.width(), label.height())
            paint_text(painter, box, Qt.AlignmentFlag.AlignCenter, ticks.label(tick))

    def _paint_handle(self, painter: QPainter, palette: theme.Palette) -> None:
        centre = QPointF(self.position_x(self.sliderPosition()), _GROOVE_Y)
        if self.hasFocus():
            painter.setPen(QPen(QColor(palette.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(centre, _RADIUS + 4, _RADIUS + 4)
        painter.setPen(QPen(QColor(palette.text if self.is_shown else palette.quiet), 1.5))
        colour = theme.blend_colour(self.sliderPosition() / STEPS) if self.is_shown else palette.window
        painter.setBrush(QColor(colour))
        painter.drawEllipse(centre, _RADIUS, _RADIUS)
