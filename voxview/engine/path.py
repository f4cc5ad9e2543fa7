"""The blends of one pair at the slider's own positions, as far as they are decoded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from voxview.engine.pipelines.pipeline import Shape
from voxview.engine.request import PATH_STEPS, BlendRequest, Position
from voxview.engine.scores.path_scores import PathScores
from voxview.engine.scores.scorer import SCORE_COUNT
from voxview.model.arc_length import ArcLength
from voxview.shapes.frame import Doubles, Floats

POSITIONS = tuple(Position.at_step(step) for step in range(PATH_STEPS))
"""The slider's positions, from A to B."""


class MorphPath:
    """The fields of one pair by their position, where the pipeline keeps them, and their scores."""

    def __init__(self, request: BlendRequest, chairs_symmetry: float) -> None:
        """Take the symmetry of the pair's less symmetric chair, which `PathScores` has beside the blends'."""
        self.request = request
        self.fields: dict[Position, Any] = {}
        """The decoded ones."""
        self.shapes: dict[Position, Shape] = {}
        """Fields with their surfaces, where the pipeline makes these ahead, too: up to 40 MB of a path."""
        self._chairs_symmetry = chairs_symmetry
        self._scores = np.full((SCORE_COUNT, PATH_STEPS), np.nan, np.float32)
        """The scores of each position, in the order of `scores_of`; NaN where it is not scored yet."""
        self.arc_length: ArcLength | None = None
        """How far the shape has changed at each position; None until all are decoded."""

    @property
    def done(self) -> int:
        """How many positions are decoded."""
        return len(self.fields)

    def reversed_for(self, request: BlendRequest) -> MorphPath | None:
        """Return the request's path, this one read from B to A, if they changed places; None if not."""
        if not replace(request, a=request.b, b=request.a).same_path(self.request):
            return None
        path = MorphPath(request, self._chairs_symmetry)
        path.fields = {position.reversed(): field for position, field in self.fields.items()}
        path.shapes = {position.reversed(): shape for position, shape in self.shapes.items()}
        path._scores = self._scores[:, ::-1]
        path.arc_length = self.arc_length and self.arc_length.reversed()
        return path

    def add_scores(self, positions: Sequence[Position], scores: Floats) -> None:
        """Store the scores of the blends at some positions, `(7, n)`."""
        self._scores[:, [position.step for position in positions]] = scores

    def add_steps(self, steps: Doubles) -> None:
        """Store the distance from the blend at each position to the next, `(100,)`."""
        self.arc_length = ArcLength.of(np.array([position.t for position in POSITIONS]), steps)

    def scores_so_far(self) -> PathScores:
        """Return what is known now; later scores do not change it."""
        scores = PathScores(self.request, self._chairs_symmetry, *self._scores.copy())
        return replace(scores, arc_length=self.arc_length)

    def unscored(self) -> list[Position]:
        """Return the positions that are decoded and not scored yet, from A to B."""
        return sorted(position for position in self.fields if np.isnan(self._scores[0, position.step]))

    def without_surface(self) -> list[Position]:
        """Return the positions that are decoded and whose surface is not made yet, from A to B."""
        return sorted(position for position in self.fields if position not in self.shapes)

    def missing_near(self, near: Position, count: int) -> list[Position]:
        """Return the next positions to decode, from A to B: at most `count`, the nearest ones to `near`."""
        missing = [position for position in POSITIONS if position not in self.fields]
        return sorted(sorted(missing, key=lambda position: abs(position.t - near.t))[:count])
