"""A cloud with its critical points, or with a level's centres and the balls of one of them.

The software renderer, on any thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voxview.engine.points_request import SeenCloud
from voxview.shapes.frame import Doubles
from voxview.surface.cloud_picture import CloudCamera, Dots, render_cloud
from voxview.surface.picture import Image, view_axes

if TYPE_CHECKING:
    from voxview.model.layers.cloud_inside import CloudInside  # imports torch

_SMALL, _MIDDLE, _LARGE = 3, 6, 9
"""Pixels across: of other points, of centres and members, of what is chosen."""
_ROOM = 1.12
"""Edges of the cube that the picture shows."""
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class CloudColours:
    """Colours of what there is."""

    others: Colour
    critical: Colour
    centres: Colour
    near: Colour
    far: Colour


@dataclass(frozen=True)
class CloudView:
    """What is to be drawn of a cloud, and from where."""

    level: int | None = None
    """The level whose centres are shown; None: the critical points."""
    centre: int = 0
    azimuth: float = 32.0
    elevation: float = 20.0

    def camera(self, side: int) -> CloudCamera:
        """Return the camera of a picture `side` pixels wide and high."""
        return CloudCamera(self.azimuth, self.elevation, (0.0, 0.0, 0.0), side / _ROOM)


def draw_cloud(
    cloud: SeenCloud, inside: CloudInside, view: CloudView, side: int, colours: CloudColours
) -> Image:
    """Return a picture, `uint8 (side, side, 4)`."""
    chosen = _critical(cloud, inside, colours) if view.level is None else _level(cloud, inside, view, colours)
    dots = [_dots(cloud.in_frame, colours.others, _SMALL), *chosen]
    return render_cloud(None, dots, view.camera(side), (side, side), color=colours.others, samples=2)


def centre_at(
    cloud: SeenCloud, inside: CloudInside, view: CloudView, side: int, place: tuple[float, float]
) -> int | None:
    """Return which of a level's centres is seen at a place of the picture, in pixels; None beside all."""
    if view.level is None:
        return None
    points = cloud.in_frame[inside.levels[view.level].centres]
    at = view.camera(side).project(points, (side, side))[:, :2]
    away = np.hypot(*(at - place).T)
    nearest = int(away.argmin())
    return nearest if away[nearest] <= 2 * _LARGE else None


def _critical(cloud: SeenCloud, inside: CloudInside, colours: CloudColours) -> list[Dots]:
    """Return critical points in three sizes: the more features a point holds, the larger it is."""
    points, counts = cloud.in_frame[inside.critical], inside.features_of
    most = counts.max(initial=1)
    sizes = np.digitize(np.sqrt(counts / most), (0.34, 0.67))
    return [
        _dots(points[sizes == size], colours.critical, across)
        for size, across in enumerate((_SMALL + 1, _MIDDLE, _LARGE))
    ]


def _level(cloud: SeenCloud, inside: CloudInside, view: CloudView, colours: CloudColours) -> list[Dots]:
    """Return a level's centres, and of one of them the members of its balls, the widest ball first."""
    assert view.level is not None
    level = inside.levels[view.level]
    dots = [_dots(cloud.in_frame[level.centres], colours.centres, _SMALL + 1)]
    shades = (colours.far, colours.near)
    for ball, shade in zip(reversed(level.balls), shades, strict=False):
        dots.append(_dots(cloud.in_frame[np.unique(ball.members[view.centre])], shade, _MIDDLE))
    middle = cloud.in_frame[level.centres[[view.centre]]]
    for ball, shade in zip(reversed(level.balls), shades, strict=False):
        dots.append(_dots(_outline(middle[0], ball.radius * cloud.scale, view), shade, 1))
    return [*dots, _dots(middle, colours.critical, _LARGE)]


def _outline(middle: Doubles, radius: float, view: CloudView) -> Doubles:
    """Return points of the circle that a ball is seen as, `(n, 3)`."""
    axes = view_axes(view.azimuth, view.elevation)
    turn = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    return np.asarray(middle + radius * (np.outer(np.cos(turn), axes[0]) + np.outer(np.sin(turn), axes[1])))


def _dots(points: Doubles, colour: Colour, across: int) -> Dots:
    return Dots(points, np.tile(np.asarray(colour, np.uint8), (len(points), 1)), across)
