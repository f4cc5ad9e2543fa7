"""Check box of one part: its colour, its name, and its share."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QCheckBox, QStyle, QStyleOptionButton, QWidget

from voxview.gui import theme
from voxview.gui.session.part_texts import PART_NAMES, share_text
from voxview.gui.widgets.focus_frame import paint_focus
from voxview.gui.widgets.painted_text import paint_line

_WIDEST = " 100 %"
_SWATCH = 12
"""Pixels along an edge."""
_SHARPER = 2
"""For screens with a scale of two."""


class PartBox(QCheckBox):
    """Check box whose share costs no more than painting it: another text would have all laid out anew."""

    def __init__(self, part: int, parent: QWidget | None = None) -> None:
        super().__init__(PART_NAMES[part], parent)
        self._part = part
        self._share: float | None = None
        self.setChecked(True)
        self.setIconSize(QSize(_SWATCH, _SWATCH))
        self.show_share(None)

    @property
    def share(self) -> str:
        """The share as it is painted."""
        return share_text(self._share)

    def show_share(self, share: float | None) -> None:
        """Show another share of the voxels in the middle; None: not known."""
        self._share = share
        self.setAccessibleName(f"{self.text()}: {self.share} of the voxels in the middle")
        self.update()

    def show_colour(self) -> None:
        """Show the part's colour, with a rim that is seen on every background."""
        from voxview.shapes.parts import PART_COLOURS

        picture = QPixmap(QSize(_SWATCH, _SWATCH) * _SHARPER)
        picture.setDevicePixelRatio(_SHARPER)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.palette().quiet), 1))
        painter.setBrush(QColor(*PART_COLOURS[self._part]))
        painter.drawRoundedRect(QRectF(0.5, 0.5, _SWATCH - 1, _SWATCH - 1), 2, 2)
        painter.end()
        self.setIcon(QIcon(picture))

    def sizeHint(self) -> QSize:
        """Return Qt's size hint, and room for the widest share."""
        return super().sizeHint() + QSize(self._room_for_share() + theme.GAP // 2, 0)

    def minimumSizeHint(self) -> QSize:
        """Return the size hint: nothing is cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what Qt draws, the share behind it, and the focus."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(QColor(theme.palette().quiet))
        option = QStyleOptionButton()
        self.initStyleOption(option)
        # On a dark background the rim that Qt draws is hardly seen.
        rim = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        painter.drawRect(rim.adjusted(0, 0, -1, -1))
        left = super().sizeHint().width()
        room = QRect(left, 0, self._room_for_share(), self.height())
        paint_line(painter, room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.share)
        painter.end()
        paint_focus(self)

    def _room_for_share(self) -> int:
        return self.fontMetrics().horizontalAdvance(_WIDEST)
