"""What is requested of a cloud: its cleaned points, and what is known of how it stands. Free of torch."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace

import numpy as np

from voxview.errors import InputError
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Doubles, Floats
from voxview.shapes.orient import UPS
from voxview.shapes.points.clean import LEAST_POINTS, CleanCloud, clean
from voxview.shapes.points.crop import Box, crop

AUTO = "auto"


@dataclass(frozen=True, eq=False)
class PointsRequest:
    """A cleaned cloud, and what is known of how it stands."""

    cloud: CleanCloud
    up: str = AUTO
    """One of `UPS`, or `auto`."""
    turn: float | str = AUTO
    """Degrees by which it has to be turned about the vertical, counter-clockwise, or `auto`."""
    viewpoint: Doubles | None = None
    """From where all of it was seen, `(3,)`, if that is known."""
    box: Box | None = None
    """What the cloud was cropped to, in the file's own axes and unit; None for all of it."""


@dataclass(frozen=True, eq=False)
class SeenCloud:
    """Those of a cloud's points that the network has seen; a chair's details keep them as `cloud`."""

    points: Floats
    """As it has seen them, `(m, 3)`: y up, with mean 0 and root mean square 1."""
    in_frame: Doubles
    """The same in the chair's frame, `(m, 3)`."""

    @property
    def scale(self) -> float:
        """Edges of the cube that the unit of `points` is long."""
        return float(np.sqrt(np.square(self.in_frame - self.in_frame.mean(0)).sum(1).mean()))


def seen_cloud(chair: Chair) -> SeenCloud | None:
    """Return the points that a chair came out of, if it came out of points."""
    cloud = chair.details.get("cloud")
    return cloud if isinstance(cloud, SeenCloud) else None


def points_request(
    points: Doubles,
    up: str = AUTO,
    turn: float | str = AUTO,
    viewpoint: Doubles | None = None,
    box: Box | None = None,
) -> Generator[float, None, PointsRequest]:
    """Clean points `(n, 3)` and check what is said of them, yielding the share that is done.

    With a `box` only what is in it counts. Raises `InputError` for what cannot be a chair
    (`shapes.points.clean`), a box with next to nothing in it, and for `up` and `turn` that are none.
    """
    if up != AUTO and up not in UPS:
        raise InputError(f"{up!r} is no axis that can be up: choose one of {', '.join(UPS)} or {AUTO}")
    if turn != AUTO and not (isinstance(turn, int | float | np.number) and np.isfinite(turn)):
        raise InputError(f"a turn of {turn!r} is not possible: give degrees, or {AUTO}")
    if box is None:
        return PointsRequest((yield from clean(points)), up, turn, viewpoint)
    inside, note = crop(points, box, LEAST_POINTS)
    cloud = yield from clean(inside)
    return PointsRequest(replace(cloud, notes=(note, *cloud.notes)), up, turn, viewpoint, box)
