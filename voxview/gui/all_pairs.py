"""Between the page of all pairs and the engine: computes, goes to a cell, saves."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFileDialog

from voxview.engine.pair_scores import PairScores
from voxview.gui.all_pairs_panel import AllPairsPanel
from voxview.gui.chair_choice import ChairChoice
from voxview.gui.durations import duration_text
from voxview.gui.score_table import write_scores
from voxview.model.shipped import WeightsCard

if TYPE_CHECKING:
    from collections.abc import Generator

    from voxview.engine.engine import Engine
    from voxview.engine.worker import Step
    from voxview.gui.window import MainWindow

_SECONDS_A_BLEND = {"cpu": 0.015, "cuda": 0.0001}
"""Decoded and scored, before anything was measured here: the CPU's on two cores."""


class AllPairs(QObject):
    """Holds the scores that were computed last; another catalog leaves them alone."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._task: int | None = None
        self._scored_with: WeightsCard | None = None
        """The weights of the scores that are shown."""
        self._surprise = window.actions_by_name["surprise"]
        self.panel = AllPairsPanel(ChairChoice(window.browser), window.thumbnails, self._surprise)
        self.panel.compute.connect(self.compute)
        self.panel.chosen.connect(self.go)
        self.panel.save.connect(self.save)
        self.panel.choice.changed.connect(self._estimate)
        session = window.session
        session.task_ended.connect(self._ended)
        session.pair_changed.connect(self._follow)
        session.position_changed.connect(self._follow)
        session.ready.connect(self._estimate)
        session.weights_changed.connect(self._say_whose)
        window.timings.device_chosen.connect(self._estimate)
        window.actions_by_name["show_chairs"].toggled.connect(self._estimate)
        self._follow()
        self._estimate()

    def compute(self) -> None:
        """Decode and score all pairs of the chosen chairs; while that runs, cancel it."""
        session, choice = self._window.session, self.panel.choice
        if self._task is not None:
            session.cancel(self._task)
            return
        chairs, steps, blending = choice.chairs(), choice.steps.value(), session.blending
        if len(chairs) < 2:
            self._window.messages.note(f"all pairs need two chairs at least. {self._too_few()}")
            return
        backend, device = blending.backend, blending.device

        def work(engine: Engine) -> Generator[Step, None, object]:
            from voxview.engine.all_pairs import score_all_pairs

            return score_all_pairs(engine, chairs, steps, backend, device)

        self._task = session.run("Computing all pairs", work, self._show, self._show)
        if self._task is None:
            self._window.messages.note("the engine has not started yet: try again in a moment")
        self.panel.show_running(self._task is not None)

    def go(self, i: int, j: int, step: int) -> None:
        """Show the blend of a cell."""
        scores = self.panel.scores
        if scores is None:
            return
        self._window.playback.pause()
        self._window.messages.clear()
        t = round(float(scores.t[step]), 6)
        self._window.session.choose(a=scores.chairs[i], b=scores.chairs[j], t=t)

    def surprise(self) -> None:
        """Go to one of the best cells, by chance."""
        scores = self.panel.scores
        if self._is_stale:
            self._window.messages.note(self._whose())
            return
        cell = scores.surprise(np.random.default_rng()) if scores is not None else None
        if cell is None:
            self._window.messages.note(
                "no blend of these chairs is in one piece and stands: compute others or more steps"
            )
        else:
            self.go(*cell)

    def save(self) -> None:
        """Ask for a file, and write the scores."""
        folder = self._window.settings.text("folder") or str(Path.home())
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save scores", str(Path(folder) / "all-pairs.csv"), "Table (*.csv)"
        )
        if name:
            self.save_to(Path(name).with_suffix(".csv"))

    def save_to(self, path: Path) -> None:
        """Write the scores to a `.csv` file."""
        if self.panel.scores is not None:
            self._window.background.run(
                f"Saving {path.name}",
                partial(write_scores, path, self.panel.scores),
                lambda _: self._window.messages.note(f"the scores are in {path}"),
                self._window.messages.error,
            )

    # ---- inside ---------------------------------------------------------------------------------

    def _show(self, scores: object) -> None:
        if isinstance(scores, PairScores):
            before = self.panel.scores
            self._scored_with = self._window.session.card  # other weights wait for the end of this task
            self.panel.show_scores(scores)
            self._say_whose()
            if scores.notice and (before is None or before.notice != scores.notice):
                self._window.messages.note(scores.notice)
            self._surprise.setToolTip(f"Go to a good in-between that is new ({_key(self._surprise)})")
            self._estimate()

    @property
    def _is_stale(self) -> bool:
        """Whether the scores that are shown are of other weights than those in use."""
        return self.panel.scores is not None and self._scored_with != self._window.session.card

    def _whose(self) -> str:
        card = self._scored_with
        return f"These scores are of the weights {card.title if card else 'before'}. Compute them again."

    def _say_whose(self) -> None:
        self.panel.show_stale(self._whose() if self._is_stale else "")
        self._estimate()

    def _ended(self, task: int) -> None:
        if task == self._task:
            self._task = None
            self.panel.show_running(False)
            self._estimate()

    def _follow(self) -> None:
        blending = self._window.session.blending
        self.panel.show_pair(blending.a, blending.b, blending.t)

    def _estimate(self) -> None:
        """Say beforehand what it will take; a run that was made here knows better than the guess."""
        n, steps = self.panel.choice.number, self.panel.choice.steps.value()
        device, scores = self._window.session.blending.device, self.panel.scores
        each = _SECONDS_A_BLEND[device]
        known = scores is not None and not self._is_stale and not np.isnan(scores.whole).any()
        if scores is not None and known and scores.device == device:
            each = scores.seconds / _blends(len(scores.chairs), len(scores.t))
        blends = _blends(n, steps)
        where = "GPU" if device == "cuda" else "CPU"
        self.panel.estimate.setText(
            f"{n} chairs make {blends:,} blends: {duration_text(blends * each)} on the {where}."
            if n > 1
            else self._too_few()
        )

    def _too_few(self) -> str:
        """What to do where fewer than two chairs are chosen."""
        if not self.panel.choice.by_selection:
            return "Fewer than two chairs are listed: clear the search or open a folder."
        action = self._window.actions_by_name["show_chairs"]
        hidden = "" if action.isChecked() else f" ({_key(action)} shows it)"
        return f"Select two chairs or more in the list{hidden}, with Ctrl or Shift."


def _key(action: QAction) -> str:
    """The action's key as this system writes it."""
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)


def _blends(n: int, steps: int) -> int:
    """How many are decoded: each pair once, and the ends, which are the chairs, once each."""
    return n * (n - 1) // 2 * (steps - 2) + n
