"""Below the view: the slider, the number, what plays them, and how the blends on the way are."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QToolButton,
    QWidget,
)

from voxview.engine.path_scores import PathScores
from voxview.gui import theme
from voxview.gui.aside import Aside
from voxview.gui.playback import SPEEDS
from voxview.gui.strip import Strip, here_text, share_text
from voxview.gui.tick_slider import STEPS, TickSlider

_LATE_MS = 40
"""Whatever is painted beside an OpenGL view makes Qt compose the whole window once more (7 ms in software at
800×600), so the handle and the number wait for the picture, but no longer than a person would notice."""


class Transport(QWidget):
    """Shows a position between A and B and lets a person change it."""

    moved = Signal(float)
    """The person moved to this position."""
    speed_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = TickSlider()
        self.slider.valueChanged.connect(lambda value: self.moved.emit(value / STEPS))
        self.number = QDoubleSpinBox(decimals=3, minimum=0.0, maximum=1.0, singleStep=0.01)
        self.number.setAccessibleName("Position between A and B, from 0 to 1")
        self.number.setToolTip("Position t: 0 is A, 1 is B. Any value between the slider's steps will do")
        self.number.setKeyboardTracking(False)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.number.valueChanged.connect(self.moved)
        self.speed = QComboBox()
        self.speed.setAccessibleName("Speed of playing")
        self.speed.setToolTip("Speed of playing")
        self.speed.addItems(list(SPEEDS))
        self.speed.currentTextChanged.connect(self.speed_changed)
        self._shown = 0.5
        self._late = QTimer(self, singleShot=True, interval=_LATE_MS)
        self._late.timeout.connect(self.paint_now)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(2)
        self.strip = Strip(self.slider)
        self.strip.jumped.connect(self.slider.setValue)
        self.summary, self.here = Aside(), Aside()
        grid = QGridLayout(self)
        grid.setContentsMargins(theme.GAP, theme.GAP // 2, 2 * theme.GAP, theme.GAP)
        grid.setHorizontalSpacing(theme.GAP)
        grid.setVerticalSpacing(0)
        grid.addLayout(self._buttons, 0, 0)
        for column, widget in enumerate((self.speed, self.slider, self.number), start=1):
            grid.addWidget(widget, 0, column)
        grid.addWidget(self.summary, 1, 0, 1, 2)
        grid.addWidget(self.strip, 1, 2)
        grid.addWidget(self.here, 1, 3)
        grid.setColumnStretch(2, 1)

    def add_buttons(self, actions: list[QAction]) -> list[QWidget]:
        """Buttons left of the slider."""
        buttons: list[QWidget] = []
        for action in actions:
            button = QToolButton()
            button.setDefaultAction(action)
            button.setAccessibleName(action.text().replace("&", ""))
            self._buttons.addWidget(button)
            buttons.append(button)
        return buttons

    def show_position(self, t: float) -> None:
        """Show a position without telling that it changed; it is painted with the picture, or soon."""
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(t * STEPS))
        self._shown = t
        if not self._late.isActive():
            self._late.start()

    def show_scores(self, scores: PathScores | None) -> None:
        """Show what is known of the pair's blends; None where nothing is."""
        self.strip.show_scores(scores)
        if scores is None:
            self.summary.say("")
            self.here.say("")
            return
        self.summary.say(share_text(scores))
        if not self._late.isActive():
            self._late.start()

    def apply_tones(self) -> None:
        """Take on the theme's colours."""
        for part in (self.summary, self.here, self.strip):
            part.update()

    def paint_now(self) -> None:
        """Paint the position, now that its picture is there."""
        self._late.stop()
        self._say_scores()
        with QSignalBlocker(self.number):
            self.number.setValue(self._shown)
        self.slider.update()

    def _say_scores(self) -> None:
        """In words: how the blend at the slider's position is."""
        if self.strip.scores is not None:
            self.here.say(here_text(self.strip.scores, self.slider.value()))
