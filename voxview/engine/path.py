"""The blends of one pair at the slider's own positions, as far as they are decoded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from voxview.engine.path_scores import PathScores
from voxview.engine.request import BlendRequest

PATH_STEPS = 101
"""Blends decoded ahead for a pair: t = 0, 0.01 … 1, the slider's own positions."""


class MorphPath:
    """The fields of one pair at the slider's positions, where the pipeline keeps them, as far as they are."""

    def __init__(self, request: BlendRequest) -> None:
        self.request = request
        self.t = (np.arange(PATH_STEPS) / (PATH_STEPS - 1)).astype(np.float32)
        self.fields: list[Any | None] = [None] * PATH_STEPS
        self.scores = np.full((3, PATH_STEPS), np.nan, np.float32)
        """(whole, standing, novelty) of each position; NaN where it is not scored yet."""

    @property
    def done(self) -> int:
        """How many positions are decoded."""
        return sum(field is not None for field in self.fields)

    def turned_round(self, request: BlendRequest) -> MorphPath:
        """The request's path: this one read backwards if A and B have changed places, else an empty one."""
        path = MorphPath(request)
        if replace(request, a=request.b, b=request.a).same_path(self.request):
            path.fields = self.fields[::-1]
            path.scores = self.scores[:, ::-1]
        return path

    def field(self, t: float) -> Any | None:
        """The field at t if t is one of the positions and is decoded."""
        step = round(t * (PATH_STEPS - 1))
        return self.fields[step] if np.float32(t) == self.t[step] else None

    @property
    def unscored(self) -> list[int]:
        """The positions that are decoded and not scored yet."""
        known = ~np.isnan(self.scores[0])
        return [step for step, field in enumerate(self.fields) if field is not None and not known[step]]

    def scores_so_far(self) -> PathScores:
        """What is known now; later scores do not change it."""
        return PathScores(self.request, *self.scores.copy())

    def missing_near(self, t: float, count: int) -> list[int]:
        """The next positions to decode, at most `count`, those next to t first."""
        missing = np.array([step for step, field in enumerate(self.fields) if field is None], int)
        nearest = np.argsort(np.abs(self.t[missing] - t), kind="stable")[:count]
        return sorted(int(step) for step in missing[nearest])
