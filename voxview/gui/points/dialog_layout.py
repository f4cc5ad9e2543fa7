"""The widgets of the dialog, and their places."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from voxview.engine.step import Step
from voxview.gui import theme
from voxview.gui.points.cloud_view import CloudView
from voxview.gui.points.crop_boxes import CropBoxes
from voxview.gui.points.encoders import Choice
from voxview.gui.points.legend import DistanceLegend
from voxview.gui.points.stand_boxes import StandBoxes
from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.elided import Elided
from voxview.gui.widgets.pane import Pane
from voxview.gui.widgets.tick_box import TickBox

_SIZE = 960, 660
_FRAME = 16, 48
"""Pixels for the window manager's frame and title."""
_NEAREST = 128
"""Pixels along the picture of the nearest chair."""
_GAP = theme.GAP + theme.GAP // 2
_FINE = 1000


class StepBar(QWidget):
    """Widget that shows what is done now and how far it is; it keeps its place when nothing is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._bar = QLabel(), QProgressBar(textVisible=False)
        self._text.setFont(theme.small_font(self))
        self._bar.setAccessibleName("Progress")
        self._bar.setFixedHeight(4)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        row.addWidget(self._text)
        row.addWidget(self._bar, 1)
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self.show_step("Reading", Step(0, 0))

    def show_step(self, doing: str, step: Step) -> None:
        """Show how far something is; nobody knows where the total is 0."""
        self._text.setText(f"{doing}…")
        self._bar.setRange(0, _FINE if step.total else 0)
        self._bar.setValue(round(step.cost_share() * _FINE))
        self.show()

    def end(self) -> None:
        """Show that nothing is being done."""
        self.hide()


class PointsWidgets:
    """What is in the dialog."""

    def __init__(self, dialog: QDialog, encoders: Sequence[Choice], buttons: QDialogButtonBox) -> None:
        self.view, self.about, self.progress = CloudView(), Elided(), StepBar()
        self.legend, self.left_out = DistanceLegend(), TickBox("Show what was &left out")
        self.left_out.setToolTip("Floor, walls and strays, in grey")
        self.figures, self.warning = _words(theme.palette().quiet), _words(theme.palette().bad)
        self.nearest, self.stand, self.crop = Pane("Nearest chair"), StandBoxes(), CropBoxes()
        self.encoder = Chooser()
        self.encoder.setAccessibleName("Network that reads the points")
        self.encoder.setToolTip("Which of the two networks reads the cloud")
        for title, weights in encoders:
            self.encoder.addItem(title, weights)
        self.about.setFont(theme.small_font(dialog))
        self.nearest.say("")
        self.nearest.image.setFixedHeight(_NEAREST)
        self._lay_out(dialog, buttons)

    def describe(self, figures: str, warning: str) -> None:
        """Show what came out, and why it may be no chair."""
        for label, text in ((self.figures, figures), (self.warning, warning)):
            label.setText(text)
            label.setVisible(bool(text))

    def set_choices_enabled(self, on: bool) -> None:
        """Let a person change how the cloud is read, or not."""
        for widget in (self.stand, self.crop, self.encoder, self.left_out):
            widget.setEnabled(on)

    def _lay_out(self, dialog: QDialog, buttons: QDialogButtonBox) -> None:
        halves = QHBoxLayout()
        halves.setSpacing(2 * theme.GAP)
        halves.addLayout(self._left(), 5)
        halves.addLayout(self._right(), 3)
        column = QVBoxLayout(dialog)
        column.setContentsMargins(*[2 * theme.GAP] * 4)
        column.setSpacing(_GAP)
        column.addLayout(halves, 1)
        column.addWidget(buttons)
        room = dialog.screen().availableGeometry().size()
        dialog.resize(min(_SIZE[0], room.width() - _FRAME[0]), min(_SIZE[1], room.height() - _FRAME[1]))

    def _left(self) -> QVBoxLayout:
        below = QHBoxLayout()
        below.setSpacing(2 * theme.GAP)
        below.addWidget(self.legend, 1)
        below.addWidget(self.left_out, 0, Qt.AlignmentFlag.AlignTop)
        left = QVBoxLayout()
        left.setSpacing(theme.GAP)
        left.addWidget(self.view, 1)
        left.addWidget(self.about)
        left.addLayout(below)
        left.addWidget(self.figures)
        left.addWidget(self.warning)
        return left

    def _right(self) -> QVBoxLayout:
        near = QGridLayout()
        near.setSpacing(_GAP)
        near.addWidget(self.nearest.image, 0, 0)
        near.addWidget(self.nearest.words, 0, 1)
        near.setColumnStretch(0, 4)
        near.setColumnStretch(1, 5)
        right = QVBoxLayout()
        right.setSpacing(_GAP)
        right.addLayout(near)
        right.addWidget(_heading("How it stands"))
        right.addWidget(self.stand)
        right.addWidget(self.crop)
        if self.encoder.count() > 1:
            row = QHBoxLayout()
            label = QLabel("&Read by")
            label.setBuddy(self.encoder)
            row.addWidget(label)
            row.addWidget(self.encoder, 1)
            right.addLayout(row)
        right.addStretch(1)
        right.addWidget(self.progress)
        return right


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(theme.strong_font(label))
    return label


def _words(colour: str) -> QLabel:
    label = QLabel(wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(theme.small_font(label))
    label.setStyleSheet(f"color: {colour}")
    label.hide()
    return label
