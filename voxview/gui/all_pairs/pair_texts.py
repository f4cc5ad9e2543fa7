"""Texts of the page of all pairs."""

from __future__ import annotations

import numpy as np

from voxview.conventions import ONE_PIECE
from voxview.counts import counted
from voxview.engine.scores.pair_scores import SCORES, PairScores, Score
from voxview.gui.session.quality_texts import quality_text

_SAME = 1e-5
"""Two positions that are nearer are the same: 32-bit tenths."""
_BY_PIECES: tuple[Score, ...] = ("whole", "good")


def meaning_text(score: Score, step: int | None) -> str:
    """Return what the heat map shows at a step, or at all of them."""
    over = {True: " The best t of each pair.", False: " The mean over t of each pair."}
    threshold = f" {ONE_PIECE:.0%} of the voxels or more count as one piece." if score in _BY_PIECES else ""
    return f"{SCORES[score]}.{threshold}{over[score == 'good'] if step is None else ''}"


def unmarked_text(a_is_there: bool, b_is_there: bool) -> str:
    """Return which of A and B is not in the set, and what a click would make of it; nothing if both are."""
    who = " and ".join(letter for letter, there in (("A", a_is_there), ("B", b_is_there)) if not there)
    if not who:
        return ""
    is_not, they_are = ("are", "they are") if len(who) > 1 else ("is", "it is")
    return (
        f"{who} {is_not} not in this set, so {they_are} not marked. "
        "A click takes the row's chair as A and the column's as B."
    )


def step_of(scores: PairScores, t: float | None) -> int | None:
    """Return the step whose blend is the one at t; None if that was not among those computed."""
    if t is None:
        return None
    step = round(t * (len(scores.t) - 1))
    return step if abs(float(scores.t[step]) - t) < _SAME else None


def which_text(scores: PairScores, i: int, j: int, step: int | None, on_screen: int | None = None) -> str:
    """Return which blend of a pair is described: that at a step, or the best of those that are known.

    `on_screen` is the step of the blend that is shown, if it is one of this pair's.
    """
    if i == j:
        return "A chair with itself: its own reconstruction"
    if on_screen is not None:
        return f"t = {scores.t[on_screen]:.3g}, which is shown"
    if step is not None:
        return f"t = {scores.t[step]:.3g}"
    between = scores.whole[i, j, 1:-1]
    known = int((~np.isnan(between)).sum())
    if not known:
        return "No t is known yet"
    best = f"t = {scores.t[scores.best_step(i, j)]:.3g}"
    if known == len(between):
        return f"{best}, best and newest"
    return f"{best}, best and newest of {known} so far" if known > 1 else f"{best}, the only t known so far"


def scores_text(scores: PairScores, i: int, j: int, step: int) -> str:
    """Return all scores of one blend."""
    quality = scores.quality(i, j, step)
    if quality is None:
        return "Not computed"
    among = f"among {counted(len(scores.chairs), 'chair')}"
    text = f"{quality_text(quality)}, symmetry {quality.symmetry:.2f}, novelty {quality.novelty:.2f} {among}"
    if i == j:
        return text  # no in-between, neither good nor not
    good = float(scores.good[i, j, step])
    return f"{text}: " + (f"good, {good:.2f}" if good > 0 else "not good")


def found_text(scores: PairScores) -> str:
    """Return how many in-betweens there are, and how many of them are good; each blend counts once."""
    n = len(scores.chairs)
    good = scores.good[np.triu_indices(n, 1)][:, 1:-1]
    known = int((~np.isnan(good)).sum())
    passing = int((good > 0).sum())
    missing = f"; {good.size - known:,} not computed" if known < good.size else ""
    where = device_text(scores) + " in TF32" * scores.tf32
    return (
        f"{passing:,} of {known:,} in-betweens are in one piece ({ONE_PIECE:.0%}) and stand{missing}. "
        f"{counted(n, 'chair')}, {counted(len(scores.t), 'step')}, {scores.seconds:.3g} s on {where}."
    )


def device_text(scores: PairScores) -> str:
    """Return which devices scored: `the CPU`, `the GPU`, `2 GPUs`."""
    if not scores.further:
        return "the GPU" if scores.device == "cuda" else "the CPU"
    if scores.device == "cuda":
        return counted(1 + len(scores.further), "GPU")
    return f"the CPU and {', '.join(scores.further)}"
