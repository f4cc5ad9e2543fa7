"""Hints of a first start: three bubbles, one after the other, each pointing at what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from voxview.gui import theme
from voxview.gui.widgets.keep_space import KeepSpace

_WIDTH = 290
_ARROW = 10
"""Pixels: how far it stands out."""
_INSET = 6
"""Pixels between the edge of the window and the bubble."""


@dataclass(frozen=True)
class Hint:
    """One bubble."""

    title: str
    text: str


HINTS = (
    Hint(
        "Choose two chairs",
        "Select one in the list and press A or B, or D for two by chance. They stand left and right of their "
        "blend.",
    ),
    Hint(
        "Move the slider",
        "Drag it, press the comma and the full stop, or type a position. 0 is A, 1 is B, and between them "
        "stands a new chair.",
    ),
    Hint(
        "Find the rest",
        "Ctrl+Shift+P finds everything by a few letters, and F1 explains it. Ctrl+E takes the new chair with "
        "you.",
    ),
)


class FirstSteps(QWidget):
    """Bubble over the window that takes no focus; Tab comes to its buttons, Esc closes it."""

    closed = Signal()

    def __init__(self, targets: Sequence[QWidget], parent: QWidget) -> None:
        """Take what each hint is about, in their order."""
        super().__init__(parent)
        self._targets = tuple(targets)
        self._place = 0
        self._before: QWidget | None = None
        """What had the focus before a button here."""
        self._arrow = QPoint()
        self._side = "left"
        self.heading = QLabel()
        self.heading.setFont(theme.strong_font(self))
        self.text = QLabel(wordWrap=True)
        self.next, self.skip = QPushButton("&Next"), QPushButton("N&o hints")
        self.next.setToolTip("The next hint; it comes by itself once you have done what this one says")
        self.skip.setToolTip("Close the hints for good (Esc); Help, First steps shows them again")
        QApplication.instance().focusChanged.connect(self._note_focus)  # type: ignore[union-attr]
        self.next.clicked.connect(self.go_on)
        self.skip.clicked.connect(self.closed)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        row.addStretch(1)
        row.addWidget(self.skip)
        row.addWidget(self.next)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.GAP + _ARROW] * 4)
        column.setSpacing(theme.GAP)
        column.addWidget(self.heading)
        column.addWidget(self.text)
        column.addLayout(row)
        self.setFixedWidth(_WIDTH + 2 * _ARROW)
        parent.installEventFilter(self)
        self._keep_space = KeepSpace(self)
        self._keep_space.watch(self)
        self.hide()

    @property
    def hint(self) -> Hint:
        """The one that is shown."""
        return HINTS[self._place]

    def begin(self) -> None:
        """Show the first one."""
        self._show(0)

    def go_on(self) -> None:
        """Show the next one, or close after the last."""
        if self._place + 1 < len(HINTS):
            self._show(self._place + 1)
        else:
            self.closed.emit()

    def pair_was_chosen(self) -> None:
        """Go on where choosing is what the hint is about."""
        self._done(0)

    def slider_was_moved(self) -> None:
        """Go on where sliding is what the hint is about."""
        self._done(1)

    def palette_was_opened(self) -> None:
        """Close where the palette is what the hint is about."""
        self._done(2)

    def leave(self) -> None:
        """Go, and give the focus back if it is here."""
        before = self._before
        is_here = self.isAncestorOf(QApplication.focusWidget() or self)
        if is_here and before is not None and isValid(before):  # it may have gone with its dialog
            before.setFocus()
        self.hide()
        self.deleteLater()

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay beside the target when the window has another size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._put()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bubble and its arrow, with an edge in the accent."""
        palette = theme.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(palette.accent), 2))
        painter.setBrush(QColor(palette.raised))
        painter.drawPath(self._outline())

    # ---- inside ---------------------------------------------------------------------------------

    def _note_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        if now in (self.skip, self.next) and before not in (self.skip, self.next, None):
            self._before = before

    def _done(self, place: int) -> None:
        if self._place == place:
            self.go_on()

    def _show(self, place: int) -> None:
        self._place = place
        hint = self.hint
        self.heading.setText(f"{place + 1} of {len(HINTS)} · {hint.title}")
        self.text.setText(hint.text)
        is_last = place + 1 == len(HINTS)
        self.next.setText("&Done" if is_last else "&Next")
        self.skip.setHidden(is_last)  # it would do the same
        self.setAccessibleName(f"Hint: {hint.title}. {hint.text}")
        target = self._targets[place]
        self._put()
        self.show()
        self.raise_()
        QWidget.setTabOrder(target, self.skip)
        QWidget.setTabOrder(self.skip, self.next)

    def _put(self) -> None:
        """Take a place beside the target, inside of the window."""
        over, target = self.parentWidget(), self._targets[self._place]
        if over is None:
            return
        self.resize(self.width(), self.heightForWidth(self.width()) if self.hasHeightForWidth() else 0)
        room = QRect(target.mapTo(over, QPoint(0, 0)), target.size()) if target.isVisible() else over.rect()
        if room.height() > self.height():  # a tall one, such as the list: at its right
            self._side = "left"
            at = QPoint(room.right() - _ARROW, room.top() + 2 * self.height() // 3)
            self._arrow = QPoint(0, self.height() // 2)
        elif room.top() > self.height():  # at the bottom, such as the slider: above it
            self._side = "bottom"
            at = QPoint(room.center().x() - self.width() // 2, room.top() - self.height() + 2)
            self._arrow = QPoint(self.width() // 2, self.height())
        else:  # at the top, such as the menus: below it
            self._side = "top"
            at = QPoint(room.left() + _INSET, room.bottom() - _ARROW // 2)
            self._arrow = QPoint(self.width() // 2, 0)
        inside = over.rect().adjusted(_INSET, _INSET, -_INSET, -_INSET)
        x = min(max(at.x(), inside.left()), max(inside.left(), inside.right() - self.width()))
        y = min(max(at.y(), inside.top()), max(inside.top(), inside.bottom() - self.height()))
        self.move(x, y)
        self.update()

    def _outline(self) -> QPainterPath:
        body, bubble = QRectF(self.rect()).adjusted(*[_ARROW] * 2, *[-_ARROW] * 2), QPainterPath()
        bubble.addRoundedRect(body, 8, 8)
        tip, along = QPointF(self._arrow), QPointF(0, _ARROW)
        base = QPointF(body.left() + 1, tip.y())
        if self._side != "left":
            along = QPointF(_ARROW, 0)
            base = QPointF(tip.x(), body.top() + 1 if self._side == "top" else body.bottom() - 1)
        arrow = QPainterPath(base - along)
        arrow.lineTo(tip)
        arrow.lineTo(base + along)
        arrow.closeSubpath()
        return bubble.united(arrow)
