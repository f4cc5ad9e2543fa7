"""Scores of all pairs as a CSV file."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from voxview.engine.scores.pair_scores import PairScores
from voxview.shapes.io.atomic import write_atomically

_MEASURED = ("whole", "standing", "novelty", "pieces", "loose_voxels", "stable", "symmetry")
_HEADINGS = ("a", "b", "a_name", "b_name", "t", "good", *_MEASURED, "weights")


def write_scores(path: Path, scores: PairScores, weights: str) -> None:
    """Write a row for each pair and t, each pair once: t of (b, a) is 1 − t of (a, b). The scores of a blend
    that was not computed are empty. `weights` names those that it was computed with.

    Raises `InputError` or `VoxViewError` where the file cannot be written.
    """
    pieces = scores.pieces, scores.loose, scores.stable
    measured = scores.whole, scores.standing, scores.novelty, *pieces, scores.symmetry
    values = np.stack([scores.good, *measured])
    with write_atomically(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(_HEADINGS)
        for i, a in enumerate(scores.chairs):
            for j, b in enumerate(scores.chairs[i + 1 :], start=i + 1):
                for step, t in enumerate(scores.t):
                    numbers = ("" if np.isnan(x) else f"{x:.6g}" for x in (t, *values[:, i, j, step]))
                    table.writerow([a.id, b.id, a.name, b.name, *numbers, weights])
