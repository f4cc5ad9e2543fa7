"""Sizes below the views: width, height and depth of each chair, and a line of a known length."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from voxview.gui import theme
from voxview.gui.blend.layout import CAMERA
from voxview.gui.blend.row import Row
from voxview.gui.blend.subplots import PLACES, Shape
from voxview.gui.session.look import Look
from voxview.gui.session.views import Views
from voxview.gui.widgets.painted_text import line_height, paint_line

Size = tuple[float, float, float]
"""Width, height and depth, in units of the chair's frame: the cube's edge is 1."""

_ORDER = (0, 3, 1, 4, 2)
"""The places from left to right, wherever they are seen."""
_LENGTHS = (2.0, 1.0, 0.5, 0.25, 0.1, 0.05, 0.02, 0.01)
_WIDEST = 0.45
"""The longest line that is drawn, as a share of the width."""
_TICK = 4
_WORDS = "Width × height × depth; 1 is the edge of the cube of voxels"


class Ruler(QWidget):
    """The size of one chair and the scale of its view, at the point that is looked at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size: Size = (0.0, 0.0, 0.0)
        self._unit: float | None = None
        self._seen, self._view_height = 1.0, 1
        self.setFont(theme.small_font(self))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        """The size in words."""
        if not any(self._size):
            return "–"
        return " × ".join(f"{length:.2f}" for length in self._size)

    @property
    def real_text(self) -> str:
        """The size in the unit of the file that the chair came from; empty where that is not known."""
        if self._unit is None or not any(self._size):
            return ""
        return " × ".join(f"{length * self._unit:.3g}" for length in self._size)

    def show_size(self, size: Size, unit: float | None) -> None:
        """Show another size; `unit` is the cube's edge in the unit of the chair's file, if that is known."""
        self._size, self._unit = size, unit
        real = f"\n{self.real_text} in the unit of its file" if self.real_text else ""
        self.setToolTip(_WORDS + real)
        self.setAccessibleName(f"Width, height and depth: {self.text}{real}")
        self.update()

    def show_scale(self, seen: float, view_height: int) -> None:
        """Take how much of the frame the narrower side of the view shows, and the view's height in pixels."""
        if (seen, view_height) != (self._seen, self._view_height):
            self._seen, self._view_height = seen, view_height
            self.update()

    @property
    def pixels_a_unit(self) -> float:
        """How many pixels are a unit of the frame, in a view that is as wide as this."""
        return max(1, min(self.width(), self._view_height)) / self._seen

    @property
    def length(self) -> float:
        """How long the line is, in units of the frame."""
        most = _WIDEST * self.width() / self.pixels_a_unit
        return next((length for length in _LENGTHS if length <= most), _LENGTHS[-1])

    def sizeHint(self) -> QSize:
        """Return Qt's size hint: the line with its length, and the size."""
        return QSize(80, 2 * line_height(self.font()) + 2 * _TICK + theme.GAP)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line and both texts."""
        palette = theme.palette()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(palette.scene))
        pixels, middle, high = self.length * self.pixels_a_unit, self.width() / 2, line_height(self.font())
        painter.setPen(QPen(QColor(palette.text), 1.5))
        left, right, y = middle - pixels / 2, middle + pixels / 2, _TICK + 1.5
        painter.drawLine(QLineF(left, y, right, y))
        for x in (left, right):
            painter.drawLine(QLineF(x, y - _TICK, x, y + _TICK))
        painter.setPen(QColor(palette.quiet))
        below = QRectF(theme.GAP / 2, 2 * _TICK, self.width() - theme.GAP, high)
        paint_line(painter, below, Qt.AlignmentFlag.AlignHCenter, f"{self.length:g}")
        painter.setPen(QColor(palette.text))
        text = f"{self.text}   ({self.real_text})" if self.real_text else self.text
        paint_line(painter, below.translated(0, high), Qt.AlignmentFlag.AlignHCenter, text)


class Rulers(QWidget):
    """A ruler below each view; seen while sizes are wanted."""

    def __init__(self, views: Views, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._views = views
        self.by_place = {place: Ruler() for place in PLACES}
        self._row = Row(self)
        for place in _ORDER:
            self._row.put(place, self.by_place[place])
        self._height = 1
        views.look_changed.connect(self._show_look)
        views.cameras_changed.connect(self._show_scales)
        self._show_look(views.look)

    def show_shape(self, place: int, shape: Shape, unit: float | None = None) -> None:
        """Show the size of what is in a place now."""
        self.by_place[place].show_size(size_of(shape), unit)

    def set_height(self, height: int) -> None:
        """Take the views' height: with their width it gives the scale."""
        self._height = max(1, height)
        self._show_scales()

    def _show_look(self, look: Look) -> None:
        self._row.set_layout(look.layout)
        self.setVisible(look.ruler)
        self._show_scales()

    def _show_scales(self) -> None:
        for place, ruler in self.by_place.items():
            ruler.show_scale(self._views.cameras[CAMERA[place]].height, self._height)


def size_of(shape: Shape) -> Size:
    """Return the size of a shape's surface, or of its occupied voxels where it has none yet."""
    import numpy as np

    from voxview.conventions import LEVEL

    if shape.surface is not None:
        points = shape.surface.vertices
        low_high = (points.min(0), points.max(0)) if len(points) else (np.zeros(3), np.zeros(3))
    else:
        cells = np.argwhere(shape.voxels > LEVEL)
        size = len(shape.voxels)
        low_high = (cells.min(0) / size, (cells.max(0) + 1) / size) if len(cells) else (np.zeros(3),) * 2
    width, height, depth = (low_high[1] - low_high[0]).tolist()
    return width, height, depth
