"""List of what runs and waits, each with its progress and buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from voxview.gui import theme
from voxview.gui.context.works import Work, Works
from voxview.gui.widgets.durations import step_text
from voxview.gui.widgets.elided import Elided
from voxview.gui.widgets.step_bar import StepBar

_SHOWN_EVERY_MS = 150
"""A task may take hundreds of steps a second."""
_EMPTY = "Nothing is running or waiting."


class WorkRow(QWidget):
    """One piece of work: title, how far it is, a bar, and what can be done with it."""

    def __init__(self, works: Works, work: Work) -> None:
        super().__init__()
        self.work = work
        self._far, self._bar = QLabel(), StepBar()
        self._far.setFont(theme.small_font(self))
        title = Elided()
        title.set_text(work.title)
        self.hasten, self.cancel = QPushButton("Do next"), QPushButton(work.stop_text)
        self.hasten.setToolTip("Let it go before the others that wait")
        self.hasten.clicked.connect(lambda: works.hasten(work))
        self.cancel.setToolTip(f"{work.stop_text}: {work.title}")
        self.cancel.clicked.connect(lambda: works.cancel(work))
        for button in (self.hasten, self.cancel):
            button.setAccessibleName(f"{button.text()}: {work.title}")
        top = QHBoxLayout()
        top.setSpacing(theme.GAP)
        top.addWidget(title, 1)
        top.addWidget(self.hasten)
        top.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, theme.GAP)
        column.setSpacing(theme.GAP // 2)
        column.addLayout(top)
        column.addWidget(self._bar)
        column.addWidget(self._far)

    def show_work(self, *, runs: bool, can_hasten: bool) -> None:
        """Show how far it is; what waits says so."""
        work = self.work
        far = step_text(work.step, work.seconds_left) or "Running"
        text = "Cancelling" if work.is_cancelled else far if runs else "Waiting"
        if text != self._far.text():
            self._far.setText(text)
            self.setAccessibleName(f"{work.title}: {text}")
        self._bar.setVisible(runs)
        self._bar.show_step(work.step)
        self.hasten.setVisible(can_hasten)
        self.cancel.setEnabled(not work.is_cancelled)


class WorkList(QScrollArea):
    """Everything that runs or waits, in its order; it changes while one looks."""

    def __init__(self, works: Works) -> None:
        super().__init__()
        self._works = works
        self.rows: list[WorkRow] = []
        self.empty = QLabel(_EMPTY, wordWrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        self._column.addWidget(self.empty)
        self._column.addStretch(1)
        self.setWidget(body)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Work")
        self._late = QTimer(self, singleShot=True, interval=_SHOWN_EVERY_MS)
        self._late.timeout.connect(self.show_works)
        works.changed.connect(self._soon)
        self.show_works()

    def show_works(self) -> None:
        """Show what there is now."""
        works, running = self._works.all, self._works.running
        if [row.work for row in self.rows] != list(works):
            self._rebuild(works)
        self.empty.setVisible(not works)
        waiting: dict[str, int] = {}
        for row in self.rows:
            runs = row.work in running
            place = waiting.get(row.work.queue, 0)
            waiting[row.work.queue] = place + (not runs)
            row.show_work(runs=runs, can_hasten=not runs and place > 0)

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self.update()

    def _soon(self) -> None:
        if not self._late.isActive():
            self._late.start()

    def _rebuild(self, works: tuple[Work, ...]) -> None:
        kept = {row.work: row for row in self.rows}
        rows = [kept.pop(work) if work in kept else WorkRow(self._works, work) for work in works]
        for row in kept.values():
            self._column.removeWidget(row)
            row.deleteLater()
        for place, row in enumerate(rows):
            self._column.insertWidget(1 + place, row)
        self.rows = rows
