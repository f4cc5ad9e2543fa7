"""Controls below the view: play, speed, slider, number, quality bar."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QColor, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QWidget,
)

from voxview.engine.request import Position
from voxview.engine.scores.path_scores import PathScores
from voxview.engine.shape_quality import ShapeQuality
from voxview.gui import theme
from voxview.gui.blend.quality_bar import QualityBar, here_text, share_text, summary_text
from voxview.gui.blend.slider import LEAST_WIDTH, TickSlider
from voxview.gui.context.playback import SPEEDS
from voxview.gui.session.quality_texts import RULES, quality_text, symmetry_text
from voxview.gui.widgets.buttons import action_button
from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.number_boxes import DecimalBox
from voxview.gui.widgets.quiet_label import QuietLabel

_LATE_MS = 80
"""Whatever is painted beside an OpenGL view makes Qt compose the whole window once more (7 ms in software at
800×600), so the handle and the number wait for the picture, but no longer than a person would notice."""

_SUMMARY = "101 of 101 in one piece"
"""What has to fit below the buttons; with large letters it may not, and then the slider gets a row, too."""
_ROOM_FOR_SLIDER = 300
"""Pixels; where the buttons and the number leave less, the slider gets a row of its own."""


class Transport(QWidget):
    """Widget that shows a position between A and B and lets a person change it."""

    moved = Signal(object)
    """The `Position` to which the person moved."""
    speed_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = TickSlider()
        self.slider.moved.connect(self.moved)
        self.number = DecimalBox(decimals=3, minimum=0.0, maximum=1.0, singleStep=0.01)
        self.number.setAccessibleName("Position between A and B, from 0 to 1")
        self.number.setToolTip("Position t: 0 is A, 1 is B. Any value between the slider's steps will do")
        self.number.setKeyboardTracking(False)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.number.valueChanged.connect(lambda t: self.moved.emit(Position.clipped(t)))
        self.speed = Chooser()
        self.speed.setAccessibleName("Speed of playing")
        self.speed.setToolTip("Speed of playing")
        self.speed.addItems(list(SPEEDS))
        self.speed.currentTextChanged.connect(self.speed_changed)
        self._shown = Position(0.5)
        self._late = QTimer(self, singleShot=True, interval=_LATE_MS)
        self._late.timeout.connect(self.paint_now)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(2)
        self.quality_bar = QualityBar(self.slider)
        self.quality_bar.jumped.connect(self.slider.setValue)
        self.summary, self.here = QuietLabel(), QuietLabel()
        self._grid = QGridLayout(self)
        self._grid.setHorizontalSpacing(theme.GAP)
        self._grid.setVerticalSpacing(0)
        self._grid.addLayout(self._buttons, 0, 0)
        self._grid.addWidget(self.speed, 0, 1)
        self._grid.addWidget(self.number, 0, 3)
        self._grid.setColumnStretch(2, 1)
        self._is_stacked: bool | None = None
        self._lay_out(stacked=False)
        self.show_position(self._shown)
        self.paint_now()

    @property
    def tab_order(self) -> Sequence[QWidget]:
        """The speed, and what stands to its right before what stands below."""
        parts = (self.number, self.slider) if self._is_stacked else (self.slider, self.number)
        return (self.speed, *parts)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest useful size: as narrow as it is with the slider in a row of its own."""
        beside = self._width_beside_slider()
        return QSize(max(beside, LEAST_WIDTH) + 2 * theme.GAP, self._grid.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the slider a row of its own where there is no room for it beside the rest."""
        super().resizeEvent(event)
        room = self.width() - self._width_beside_slider() - 3 * theme.GAP
        below = self._buttons.sizeHint().width() + self.speed.sizeHint().width() + theme.GAP
        words = self.summary.fontMetrics().horizontalAdvance(_SUMMARY)
        self._lay_out(stacked=room < _ROOM_FOR_SLIDER or below < words)

    def add_buttons(self, actions: list[QAction]) -> list[QWidget]:
        """Add buttons left of the slider, and return them."""
        buttons: list[QWidget] = [action_button(action) for action in actions]
        for button in buttons:
            self._buttons.addWidget(button)
        return buttons

    def _width_beside_slider(self) -> int:
        """Return the pixels of the buttons, the speed and the number in a row."""
        parts = (self._buttons, self.speed, self.number)
        return sum(part.sizeHint().width() for part in parts) + len(parts) * theme.GAP

    def _lay_out(self, *, stacked: bool) -> None:
        """Put everything into one row with the quality bar below it, or the slider below the rest."""
        if stacked == self._is_stacked:
            return
        self._is_stacked, grid = stacked, self._grid
        for widget in (self.slider, self.quality_bar, self.summary, self.here):
            grid.removeWidget(widget)
        self.summary.set_broken(not stacked)  # beside the bar there is no room for one line
        grid.setContentsMargins(theme.GAP, theme.GAP // 2, (1 if stacked else 2) * theme.GAP, theme.GAP)
        if stacked:
            grid.addWidget(self.slider, 1, 0, 1, 4)
            grid.addWidget(self.quality_bar, 2, 0, 1, 4)
            grid.addWidget(self.summary, 3, 0, 1, 3)
            grid.addWidget(self.here, 3, 3)
        else:
            grid.addWidget(self.slider, 0, 2)
            top = Qt.AlignmentFlag.AlignTop
            grid.addWidget(self.summary, 1, 0, 1, 2)
            grid.addWidget(self.quality_bar, 1, 2, top)
            grid.addWidget(self.here, 1, 3, top)
        for first, second in pairwise(self.tab_order):
            self.setTabOrder(first, second)

    def show_position(self, position: Position) -> None:
        """Show a position without telling that it changed; it is painted with the picture, or soon."""
        with QSignalBlocker(self.slider):
            self.slider.setValue(position.step)
        self._shown = position
        if not self._late.isActive():
            self._late.start()

    def set_shown(self, on: bool) -> None:
        """Say whether the blend at this position is what is shown, or something else in its place."""
        if on != self.slider.is_shown:
            self.slider.is_shown = on
            self._apply_shown()
            self.slider.update()

    def show_scores(self, scores: PathScores | None) -> None:
        """Show what is known of the pair's blends; None where nothing is, or none of them is shown."""
        self.quality_bar.show_scores(scores)
        if scores is None:
            self.summary.set_text("")
            return
        self.summary.set_text(share_text(scores))
        self.summary.setToolTip(f"{summary_text(scores)}\n{RULES}")

    def show_quality(self, quality: ShapeQuality | None) -> None:
        """Say in two words how what is shown is; None where that is not known."""
        self.here.set_text("" if quality is None else here_text(quality))
        whole = "" if quality is None else f"{quality_text(quality)}, {symmetry_text(quality)}\n{RULES}"
        self.here.setToolTip(whole)

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        for part in (self.summary, self.here, self.quality_bar):
            part.update()
        self._apply_shown()

    def paint_now(self) -> None:
        """Paint the position, now that its picture is there."""
        self._late.stop()
        with QSignalBlocker(self.number):
            self.number.setValue(self._shown.t)
        self.slider.update()

    def _apply_shown(self) -> None:
        """Grey the number while it is not of what is shown."""
        colour = theme.palette().text if self.slider.is_shown else theme.palette().quiet
        # By its palette: a style sheet of its own would make painting it, which each move does, take longer.
        palette = self.number.palette()
        palette.setColor(QPalette.ColorRole.Text, QColor(colour))
        self.number.setPalette(palette)
