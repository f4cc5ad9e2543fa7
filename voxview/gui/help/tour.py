"""The tour: a small window beside the program that goes through its steps on the pair on screen."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from voxview.gui import theme
from voxview.gui.help.tour_steps import STEPS, TITLE, TourStep
from voxview.gui.session.session import Session
from voxview.gui.widgets.steady_label import SteadyLabel

if TYPE_CHECKING:
    from voxview.experiment.results import Benchmark

_WIDTH = 430
_ABOVE_STATUS = 64
"""Pixels between it and the window's lower edge, so that it may grow with a longer step."""
_REFRESH_MS = 150
"""Figures that change with every picture cannot be read."""


class TourDialog(QDialog):
    """Window with one step at a time; the program stays usable, and each step opens its page."""

    page_wanted = Signal(str)
    """The page that shows the step."""

    def __init__(self, session: Session, pages: Collection[str], parent: QWidget) -> None:
        """Take the names of the pages that there are."""
        super().__init__(parent)
        self.setWindowTitle(TITLE)
        self._session, self._pages = session, pages
        self._run: Benchmark | None = None
        self._place = 0
        self.heading = QLabel()
        self.heading.setFont(theme.strong_font(self))
        kinds = [SteadyLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText) for _ in range(3)]
        self.text, self.here, self.study = kinds
        self.back = QPushButton("Back")
        self.back.setToolTip("The step before")
        self.back.clicked.connect(lambda: self.go_to(self._place - 1))
        self.next = QPushButton("Next")
        self.next.setToolTip("The next step, and the page that shows it")
        self.next.setDefault(True)
        self.next.clicked.connect(self._go_on)
        self._refresh = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._refresh.timeout.connect(self._show)
        shown = session.shown
        for signal in (shown.changed, shown.pair_changed, shown.quality_changed):
            signal.connect(self._soon)
        self._lay_out()
        self._show()

    @property
    def step(self) -> TourStep:
        """The step that is shown."""
        return STEPS[self._place]

    def go_to(self, place: int) -> None:
        """Show another step, and the page that shows it."""
        self._place = min(max(place, 0), len(STEPS) - 1)
        self._show()
        if self.step.page in self._pages:
            self.page_wanted.emit(self.step.page)

    def show_run(self, run: Benchmark | None) -> None:
        """Take the recorded run whose figures stand beside the study's."""
        self._run = run
        self._show()

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self.study.setStyleSheet(f"color: {theme.palette().recorded}")

    # ---- inside ---------------------------------------------------------------------------------

    def _go_on(self) -> None:
        if self._place == len(STEPS) - 1:
            self.accept()
        else:
            self.go_to(self._place + 1)

    def _soon(self) -> None:
        if self.isVisible() and not self._refresh.isActive():
            self._refresh.start()

    def _show(self) -> None:
        step = self.step
        self.heading.setText(f"{self._place + 1} of {len(STEPS)} · {step.title}")
        self.text.show_text(step.text)
        self.here.show_text(f"VoxView. {step.here(self._session, self._run).rstrip('.')}.")
        self.study.show_text(f"The 2018 study. {step.study}")
        self.back.setEnabled(self._place > 0)
        self.next.setText("Close" if self._place == len(STEPS) - 1 else "Next")

    def _lay_out(self) -> None:
        self.apply_theme()
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.GAP] * 4)
        column.setSpacing(theme.GAP)
        for label in (self.heading, self.text, self.here, self.study):
            column.addWidget(label)
        column.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.back)
        row.addWidget(self.next)
        column.addLayout(row)
        self.setFixedWidth(_WIDTH)

    def showEvent(self, event: QShowEvent) -> None:
        """Stand over the list of chairs, away from what the steps show."""
        super().showEvent(event)
        window = self.parentWidget()
        if window is not None:
            self.adjustSize()
            corner = window.mapToGlobal(window.rect().bottomLeft())
            self.move(corner.x() + theme.GAP, corner.y() - self.height() - _ABOVE_STATUS)
