"""Page of all pairs: a set of chairs, the heat map of their blends, the scores of the cell pointed at."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QPushButton,
    QWidget,
)

from voxview.counts import counted
from voxview.engine.scores.pair_scores import PairScores, Score
from voxview.gui import theme
from voxview.gui.all_pairs.chair_choice import ChairChoice
from voxview.gui.all_pairs.heat_colours import span
from voxview.gui.all_pairs.heat_legend import HeatLegend
from voxview.gui.all_pairs.heat_map import Cell, HeatMap
from voxview.gui.all_pairs.pair_line import PairLine
from voxview.gui.all_pairs.pair_texts import (
    found_text,
    meaning_text,
    scores_text,
    step_of,
    unmarked_text,
    which_text,
)
from voxview.gui.context.thumbnails import Thumbnails
from voxview.gui.widgets.buttons import action_push_button
from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.page import Page, column_layout, row_layout
from voxview.gui.widgets.plain_slider import PlainSlider
from voxview.gui.widgets.tick_box import TickBox
from voxview.shapes.chair import Chair

_NAMES: dict[Score, str] = {
    "good": "Good and new",
    "whole": "In one piece",
    "standing": "Stands on the floor",
    "symmetry": "Symmetric",
    "novelty": "New",
}
_EMPTY = (
    "Every in-between of a set of chairs, decoded and scored: a row for each chair as A, a column for each "
    "as B. Choose the chairs and press Compute, then click a cell to see that blend."
)
_TF32_TIP = (
    "The GPU multiplies with 10 bits of precision in place of 23 while it decodes these blends. Some voxels "
    "at the surface fall on the other side, and with them a few verdicts: Benchmark counts both"
)
_LOWEST_MAP = 240
_BELOW_MAP = 150
"""Pixels for the legend and the lines of the pair."""


class AllPairsPanel(Page):
    """Page that shows scores and emits which cell was chosen."""

    compute = Signal()
    """The person pressed Compute; while it computes, Cancel."""
    save = Signal()
    chosen = Signal(int, int, int)
    """Rows of A and B in the scores' chairs, and the step."""

    def __init__(
        self, choice: ChairChoice, thumbnails: Thumbnails, surprise: QAction, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.choice = choice
        self.scores: PairScores | None = None
        self.button = QPushButton("Compute")
        self.button.setToolTip("Blend and score every pair of the set; once more cancels it")
        self.button.clicked.connect(self.compute)
        self.surprise = action_push_button(surprise)
        self.tf32 = TickBox("Quick (TF32)")
        self.tf32.setToolTip(_TF32_TIP)
        self.tf32.hide()
        self.estimate = QLabel(wordWrap=True)
        self.empty = QLabel(_EMPTY, wordWrap=True)
        self.stale = QLabel(wordWrap=True)
        self.stale.hide()
        self.score = Chooser()
        self.score.setAccessibleName("Score")
        self.score.setToolTip("What the colours of the map are; its meaning is below")
        self.score.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.score.setMinimumContentsLength(9)
        for score, name in _NAMES.items():
            self.score.addItem(name, score)
        self.score.currentIndexChanged.connect(self._show_values)
        self.meaning = QLabel(wordWrap=True)
        self.step = PlainSlider()
        self.step.setAccessibleName("Which t the map shows: all, or one from 0 to 1")
        self.step.setToolTip("Left of the first position: the best t of each pair")
        self.step.valueChanged.connect(self._show_values)
        self.step_text = QLabel()
        self.map = HeatMap()
        self.map.pointed.connect(self._show_line)
        self.map.chosen.connect(self._choose)
        self.legend = HeatLegend()
        self.unmarked = QLabel(wordWrap=True)
        self.unmarked.hide()
        self.line = PairLine(thumbnails)
        self.found = QLabel(wordWrap=True)
        self.save_button = QPushButton("Save scores…")
        self.save_button.setToolTip("Every pair, t and score as a table (.csv)")
        self.save_button.clicked.connect(self.save)
        self._pair: tuple[Chair | None, Chair | None] = (None, None)
        self._is_stale = False
        self._on_screen: float | None = None
        """The position of the pair's blend that is on screen; None while something else is."""
        self._lay_out()
        self.apply_theme()

    # ---- what came ------------------------------------------------------------------------------

    def show_scores(self, scores: PairScores) -> None:
        """Show scores, all or those that are known so far."""
        steps = len(scores.t)
        with QSignalBlocker(self.step):
            if self.scores is None or len(self.scores.t) != steps:
                self.step.setRange(0, steps)
                self.step.setValue(0)
        self.scores = scores
        self.empty.hide()
        self._results.show()
        self._show_values()
        self.show_pair(*self._pair, None, self._on_screen)

    def show_pair(
        self, a: Chair | None, b: Chair | None, t: float | None, on_screen: float | None = None
    ) -> None:
        """Outline the selected pair; where the map shows one t, change it to t.

        `on_screen` is the position of the blend that is shown; None while something else is.
        """
        self._pair, self._on_screen = (a, b), on_screen
        scores = self.scores
        if scores is None:
            return
        places = [scores.chairs.index(one) if one in scores.chairs else None for one in (a, b)]
        self.map.show_pair(*places)
        self.unmarked.setText(unmarked_text(*(place is not None for place in places)))
        self.unmarked.setVisible(bool(self.unmarked.text()))
        if self.map.pair is not None and t is not None and self.shown_step is not None:
            self.step.setValue(1 + round(t * (len(scores.t) - 1)))
        self._show_line()

    def show_stale(self, text: str) -> None:
        """Say that the scores are not of the weights in use; nothing, if they are."""
        self.stale.setText(text)
        self.stale.setVisible(bool(text))
        self._is_stale = bool(text)
        self._show_line()

    def show_running(self, running: bool) -> None:
        """Let the button cancel while it computes."""
        self.button.setText("Cancel" if running else "Compute")
        self.choice.setEnabled(not running)
        self.tf32.setEnabled(not running)

    def offer_tf32(self, is_offered: bool) -> None:
        """Let the person choose TF32, or take the choice away where no GPU scores."""
        self.tf32.setVisible(is_offered)
        self.tf32.setChecked(self.tf32.isChecked() and is_offered)

    @property
    def shown_step(self) -> int | None:
        """The step that the map shows; None for all of them."""
        return self.step.value() - 1 if self.step.value() else None

    @property
    def shown_score(self) -> Score:
        """The score that the map shows."""
        score: Score = self.score.currentData()
        return score

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        quiet = f"color: {theme.palette().quiet}"
        for label in (self.estimate, self.empty, self.meaning, self.unmarked, self.found):
            label.setStyleSheet(quiet)
        self.stale.setStyleSheet(f"color: {theme.palette().bad}")
        self.line.apply_theme()
        self.map.update()
        self.legend.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave room for the lines about a cell in a low window."""
        super().resizeEvent(event)
        self.map.setMaximumHeight(max(_LOWEST_MAP, self.viewport().height() - _BELOW_MAP))

    # ---- inside ---------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        for label in (self.estimate, self.meaning, self.unmarked, self.found):
            label.setFont(theme.small_font(self))
        self._results = QWidget()
        self._results.hide()
        results = column_layout(self._results)
        results.addLayout(row_layout(self.score, self.step, self.step_text, stretched=self.step))
        self.step_text.setMinimumWidth(self.fontMetrics().horizontalAdvance("t = 0.555"))
        for part in (self.meaning, self.map, self.unmarked, self.legend, self.line, self.found):
            results.addWidget(part)
        results.addLayout(row_layout(self.save_button))
        buttons = row_layout(self.button, self.surprise, self.tf32)
        rest = (self.estimate, self.empty, self.stale, self._results)
        self.show_items("All pairs", self.choice, buttons, *rest)

    def _show_values(self) -> None:
        scores, score, step = self.scores, self.shown_score, self.shown_step
        self.meaning.setText(meaning_text(score, step))
        if scores is None:
            return
        low, high = span(scores.of(score))
        self.map.show_values(scores.matrix(score, step), low, high)
        n = len(scores.chairs)
        self.map.setAccessibleName(f"Heat map of {n} × {counted(n, 'pair')}: {self.score.currentText()}")
        self.legend.show_span(low, high)
        self.step_text.setText("all t" if step is None else f"t = {scores.t[step]:.3g}")
        self.found.setText(found_text(scores))
        self._show_line()

    def _show_line(self) -> None:
        """Show the scores of the cell that is pointed at, else of the blend on screen."""
        scores, cell = self.scores, self.map.at or self.map.pair
        self.line.setVisible(cell is not None)
        if scores is None or cell is None:
            return
        i, j = cell
        is_pair = cell == self.map.pair
        is_shown = is_pair and i != j and not self._is_stale
        on_screen = step_of(scores, self._on_screen) if is_shown else None
        step = self._step_of(cell) if on_screen is None else on_screen
        labels = ("A", "B") if is_pair else (str(i + 1), str(j + 1))
        which = which_text(scores, i, j, self.shown_step, on_screen)
        if self._is_stale:
            which += ", with the weights before"
        measured = scores_text(scores, i, j, step)
        self.line.show_cell((scores.chairs[i], scores.chairs[j]), labels, which, measured)
        self.map.setAccessibleDescription(self.line.text())

    def _choose(self, cell: Cell) -> None:
        self.chosen.emit(*cell, self._step_of(cell))

    def _step_of(self, cell: Cell) -> int:
        assert self.scores is not None
        return self.scores.best_step(*cell) if self.shown_step is None else self.shown_step
