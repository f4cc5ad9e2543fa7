"""What the page of all pairs says in words."""

from __future__ import annotations

import numpy as np

from voxview.engine.pair_scores import ONE_PIECE, SCORES, PairScores, Score


def meaning_text(score: Score, step: int | None) -> str:
    """What the map shows at a step, or at all of them."""
    over = {True: " The best t of each pair.", False: " The mean over t of each pair."}
    return f"{SCORES[score]}.{over[score == 'good'] if step is None else ''}"


def scores_text(scores: PairScores, i: int, j: int, step: int) -> str:
    """All scores of one blend."""
    whole, standing, novelty = (
        float(values[i, j, step]) for values in (scores.whole, scores.standing, scores.novelty)
    )
    if np.isnan(whole):
        return "Not computed yet"
    parts = [
        "in one piece" if whole >= ONE_PIECE else f"{whole:.0%} in one piece",
        "stands" if standing > 0 else "does not stand",
        f"novelty {novelty:.2f}",
    ]
    good = float(scores.good[i, j, step])
    return f"{', '.join(parts)}: " + (f"good, {good:.2f}" if good > 0 else "not good")


def found_text(scores: PairScores) -> str:
    """How many in-betweens there are, and how many of them are good; each blend counts once."""
    n = len(scores.chairs)
    good = scores.good[np.triu_indices(n, 1)][:, 1:-1]
    known = int((~np.isnan(good)).sum())
    passing = int((good > 0).sum())
    where = "GPU" if scores.device == "cuda" else "CPU"
    return (
        f"{passing:,} of {known:,} in-betweens are in one piece and stand. "
        f"{n} chairs, {len(scores.t)} steps, {scores.seconds:.3g} s on the {where}."
    )
