"""A points reader without a network: it sees the same sample chair in every cloud."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from looking import WAIT_MS

from voxview.engine.points import PointsResult
from voxview.engine.points_request import AUTO, PointsRequest
from voxview.model.points_search import FoundChair
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.chair import Chair
from voxview.shapes.orient import rotation_matrix

CHAIR: Chair = sample_catalog()[3]
SIZE = 2.0
"""The chair's longest side in the unit of the files that tests write."""
PLACE = np.array([10.0, 5.0, -3.0])
"""Its middle in them; z is up, and it is not turned."""


class FakePointsReader:
    """Notes what it was given; with its gate closed it waits for it."""

    notice: str | None = None

    def __init__(self, *, warnings: tuple[str, ...] = ()) -> None:
        self.seen: list[PointsRequest] = []
        self.gate = threading.Event()
        self.gate.set()
        self.is_empty = False
        self._warnings = warnings

    def read(self, request: PointsRequest) -> PointsResult:
        """Return the chair as it is in the files; up and turn are those of the request, or z and 0."""
        self.seen.append(request)
        assert self.gate.wait(WAIT_MS / 1e3), "the test never opened the gate"
        grid = CHAIR.read() & (not self.is_empty)
        up = "z" if request.up == AUTO else request.up
        turn = 0.0 if request.turn == AUTO else float(request.turn)
        to_frame = np.eye(4)
        to_frame[:3, :3] = rotation_matrix("z") / SIZE
        to_frame[:3, 3] = -to_frame[:3, :3] @ PLACE
        field = grid.astype(np.float32)
        latent = np.zeros((8, 8), np.float32)
        found = FoundChair(latent, field, field, to_frame, up, turn, 0.0123)
        more = ("study", "0" * 32, "pointnet++", request.box, 0.5)
        return PointsResult(found, request.cloud, (*request.cloud.warnings, *self._warnings), *more)


def loads(reader: FakePointsReader) -> Callable[[object, object], FakePointsReader]:
    """Return what gives a reader for whatever device and weights."""
    return lambda *_: reader
