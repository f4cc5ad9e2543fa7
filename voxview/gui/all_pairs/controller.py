"""Controller of the page of all pairs: runs the task, goes to a cell, saves the scores."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QAction

from voxview.engine.request import Position
from voxview.engine.scores.pair_scores import ENCODING_COST, PairScores, blends_of
from voxview.gui.all_pairs.chair_choice import ChairChoice
from voxview.gui.all_pairs.panel import AllPairsPanel
from voxview.gui.all_pairs.score_table import write_scores
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import PageController
from voxview.gui.context.save_folder import suggested_folder
from voxview.gui.widgets.durations import duration_text
from voxview.gui.widgets.save_path import ask_save_path
from voxview.model.weights_card import WeightsCard

if TYPE_CHECKING:
    from collections.abc import Generator

    from voxview.engine.engine import Engine
    from voxview.engine.step import Step

_SECONDS_A_BLEND = {("cpu", False): 0.015, ("cuda", False): 0.0001, ("cuda", True): 0.00004}
"""Decoded and scored, before anything was measured here, by the device and whether in TF32: a CPU's
on two cores, a GPU's on an H100."""


class AllPairsController(PageController):
    """Owns the scores that were computed last; another catalog does not change them."""

    def __init__(self, context: AppContext, surprise: QAction) -> None:
        """Take the action of the button beside Compute as `surprise`."""
        super().__init__(context)
        self._task: int | None = None
        self._has_some = False
        """Whether the run has brought scores."""
        self._scored_with: WeightsCard | None = None
        """The weights of the scores that are shown."""
        self.panel = AllPairsPanel(ChairChoice(context.listing), context.thumbnails, surprise)
        self.panel.compute.connect(self.compute)
        self.panel.chosen.connect(self.go)
        self.panel.save.connect(self.save)
        self.panel.choice.changed.connect(self._estimate)
        self.panel.tf32.toggled.connect(self._estimate)
        session = context.session
        session.tasks.step.connect(self._show_left)
        session.tasks.ended.connect(self._end)
        session.selection.pair_changed.connect(self._show_pair)
        session.selection.position_changed.connect(self._show_pair)
        session.shown.changed.connect(self._show_pair)
        session.selection.computing_changed.connect(self._estimate)
        session.engine.ready.connect(self._estimate)
        session.engine.weights_changed.connect(self._show_whose)
        context.listing.visibility_changed.connect(self._estimate)
        self._show_pair()
        self._estimate()

    def compute(self) -> None:
        """Decode and score all pairs of the chosen chairs; while that runs, cancel it."""
        session, choice = self.context.session, self.panel.choice
        if self._task is not None:
            session.tasks.cancel(self._task)
            return
        chairs, steps = choice.chairs(), choice.steps.value()
        if len(chairs) < 2:
            self.context.notifications.note(f"all pairs need two chairs at least. {self._too_few()}")
            return
        backend, device = session.selection.backend, session.selection.device
        tf32 = self.panel.tf32.isChecked()

        def work(engine: Engine) -> Generator[Step, None, object]:
            from voxview.engine.all_pairs import score_all_pairs

            return score_all_pairs(engine, chairs, steps, backend, device, tf32=tf32)

        self._has_some = False
        self._task = session.tasks.run("Computing all pairs", work, self._take, self._take, self._kept_text)
        self.panel.show_running(self._task is not None)

    def _kept_text(self) -> str:
        """Return what stays of a run that was cancelled."""
        if self._has_some:
            return "the scores so far stay, and say how many are missing"
        return "nothing was scored yet" + (
            "; the scores before stay" if self.panel.scores is not None else ""
        )

    def show_scores(self, scores: PairScores) -> None:
        """Show scores of the weights in use, all or those that are known so far."""
        before = self.panel.scores
        self._scored_with = self.context.session.engine.card  # other weights wait for the end of this task
        self.panel.show_scores(scores)
        self._show_whose()
        if scores.notice and (before is None or before.notice != scores.notice):
            self.context.notifications.note(scores.notice)
        self._estimate()

    def go(self, i: int, j: int, step: int) -> None:
        """Show the blend of a cell."""
        scores = self.panel.scores
        if scores is None:
            return
        self.context.playback.pause()
        self.context.notifications.clear()
        position = Position.clipped(float(scores.t[step]))
        self.context.session.selection.choose(a=scores.chairs[i], b=scores.chairs[j], position=position)

    def surprise(self) -> None:
        """Go to one of the best cells, by chance."""
        scores = self.panel.scores
        cell = scores.surprise(np.random.default_rng()) if scores is not None else None
        if cell is None:
            self.context.notifications.note(
                "no blend of these chairs is in one piece and stands: compute others or more steps"
            )
        else:
            self.go(*cell)

    def save(self) -> None:
        """Ask for a file, and write the scores."""
        suggested = suggested_folder(self.context.settings, self.context.listing) / "all-pairs.csv"
        path = ask_save_path(self.panel, "Save scores", suggested, {".csv": "Table"})
        if path is not None:
            self.save_to(path)

    def save_to(self, path: Path) -> None:
        """Write the scores to a `.csv` file."""
        if self.panel.scores is not None:
            whose = self._scored_with.title if self._scored_with is not None else ""
            whose += " in TF32" * self.panel.scores.tf32
            self.context.background.run(
                f"Saving {path.name}",
                partial(write_scores, path, self.panel.scores, whose),
                lambda _: self.context.notifications.note(f"the scores of the weights {whose} are in {path}"),
                self.context.notifications.error,
            )

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self.panel.apply_theme()

    # ---- inside ---------------------------------------------------------------------------------

    def _take(self, scores: object) -> None:
        if isinstance(scores, PairScores):
            self._has_some = True
            self.show_scores(scores)

    @property
    def has_scores(self) -> bool:
        """Whether there are scores of the weights in use."""
        return self.panel.scores is not None and not self._is_stale

    @property
    def _is_stale(self) -> bool:
        """Whether the scores that are shown are of other weights than those in use."""
        return self.panel.scores is not None and self._scored_with != self.context.session.engine.card

    def _whose(self) -> str:
        card = self._scored_with
        return f"These scores are of the weights {card.title if card else 'before'}. Compute them again."

    def _show_whose(self) -> None:
        self.panel.show_stale(self._whose() if self._is_stale else "")
        self._estimate()

    def _end(self, task: int) -> None:
        if task == self._task:
            self._task = None
            self.panel.show_running(False)
            self._estimate()

    def _show_pair(self) -> None:
        """Outline the selected pair, and describe the blend of it that is on screen."""
        selection, shown = self.context.session.selection, self.context.session.shown
        blend = None if shown.is_waiting else shown.blend
        self.panel.show_pair(
            selection.a, selection.b, selection.position.t, blend.request.t if blend is not None else None
        )

    def _show_left(self, task: int, step: Step, seconds: float | None) -> None:
        """Say how far it is, and how long it still takes."""
        if task == self._task:
            left = "" if seconds is None else f": {duration_text(seconds)} left"
            self.panel.estimate.setText(f"{step.done:,} of {step.total:,} {step.unit}{left}.")

    def _estimate(self) -> None:
        """Say beforehand what it will take; a run that was made here knows better than the guess."""
        if self._task is not None:
            return  # it says so itself
        n, steps = self.panel.choice.number, self.panel.choice.steps.value()
        selection, scores = self.context.session.selection, self.panel.scores
        on_gpu = selection.device == "cuda" and selection.backend != "numpy"  # as `Engine.scorer` has it
        self.panel.offer_tf32(on_gpu)
        device = "cuda" if on_gpu else "cpu"
        each = _SECONDS_A_BLEND[device, self.panel.tf32.isChecked()]
        known = scores is not None and not self._is_stale and not np.isnan(scores.whole).any()
        if scores is not None and known and scores.device == device:
            # A run in the other precision tells how quick this machine is beside the one of the guesses.
            pace = each / _SECONDS_A_BLEND[scores.device, scores.tf32]
            each = pace * scores.seconds / _cost(len(scores.chairs), len(scores.t))
        where = "GPU" if on_gpu else "CPU"
        about = duration_text(_cost(n, steps) * each)
        self.panel.estimate.setText(
            f"{n} chairs make {blends_of(n, steps):,} blends: {about} on the {where}."
            if n > 1
            else self._too_few()
        )

    def _too_few(self) -> str:
        """Return what to do where fewer than two chairs are chosen."""
        if not self.panel.choice.by_selection:
            return "Fewer than two chairs are listed: clear the search or open a folder."
        hint = self.context.listing.hidden_hint
        return f"Select two chairs or more in the list{hint}, with Ctrl or Shift."


def _cost(n: int, steps: int) -> float:
    """Return what n chairs cost in blends: to encode a chair takes as long as some of them."""
    return blends_of(n, steps) + n * ENCODING_COST
