"""Chart of the benchmark: SVG that is drawn on another thread."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from voxview.gui import theme
from voxview.gui.widgets.painted_text import paint_text

_SETTLED_MS = 250
"""A panel that is being resized asks for its chart when it has stopped."""
_LEGEND = 210
"""Pixels for the legend, which a narrow chart has below its axes and a wide one beside them."""


class BenchmarkChart(QWidget):
    """Widget that shows an SVG and emits when it should be drawn in another size."""

    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._renderer: QSvgRenderer | None = None
        self._settled = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._settled.timeout.connect(self.resized)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Chart of the benchmark")

    def show_svg(self, svg: bytes) -> None:
        """Show another drawing."""
        self._renderer = QSvgRenderer(QByteArray(svg))
        self._renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
        self.update()

    @property
    def drawn(self) -> bool:
        """Whether there is anything to see."""
        return self._renderer is not None and self._renderer.isValid()

    @property
    def size_to_draw(self) -> tuple[int, int]:
        """Its pixels; (0, 0) where it is not laid out yet: `resized` comes when it is."""
        least = self.minimumSizeHint()
        ready = self.isVisible() and self.width() >= least.width() and self.height() >= least.height()
        return (self.width(), self.height()) if ready else (0, 0)

    def forget(self) -> None:
        """Show nothing: what was drawn is of another run."""
        self._renderer = None
        self.update()

    def sizeHint(self) -> QSize:
        """Return Qt's size hint: as wide as the panel."""
        return QSize(400, self.heightForWidth(400))

    def minimumSizeHint(self) -> QSize:
        """Return the smallest useful size: below this the labels run into each other."""
        return QSize(220, self.heightForWidth(220))

    def hasHeightForWidth(self) -> bool:
        """Return that the height depends on the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height for a width: axes that are about square, and a line of the legend a subject."""
        return min(width, 440) + _LEGEND

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for a drawing in the new size, soon."""
        super().resizeEvent(event)
        self._settled.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it, or say that it is coming."""
        painter = QPainter(self)
        if self._renderer is not None and self.drawn:
            self._renderer.render(painter, QRectF(self.rect()))
        else:
            painter.setPen(QColor(theme.palette().quiet))
            paint_text(
                painter, self.rect(), Qt.AlignmentFlag.AlignCenter, "The chart comes after the first figures"
            )
