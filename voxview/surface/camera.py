"""From where a picture is taken: a direction, what it looks at, how near."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from voxview.shapes.frame import AnyFloats, Doubles
from voxview.surface.picture import AZIMUTH, ELEVATION, view_axes

_MARGIN = 0.03
"""Empty margin around the cube where nothing says how near, as a share of the picture."""
_FAR = 10.0
"""Where the rays of an orthographic camera begin: well before all that is in the frame."""
_NEAREST = 0.02
"""How near to the eye of a camera a point may come, as a share of its distance from the focus."""


@dataclass(frozen=True, eq=False)
class Camera:
    """A camera that looks at a point of the chair's frame."""

    axes: Doubles
    """Rows (3, 3): the unit vectors to the right, up, and towards the camera."""
    focus: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """What it looks at: the middle of the picture."""
    width: float | None = None
    """How much of the frame the narrower side of a picture shows at the focus; None: the whole cube fits."""
    distance: float | None = None
    """From the eye to the focus; None: orthographic."""

    @classmethod
    def looking(cls, azimuth: float = AZIMUTH, elevation: float = ELEVATION) -> Camera:
        """Return an orthographic camera that sees the whole cube from so many degrees aside and above."""
        return cls(view_axes(azimuth, elevation))

    def turned(self, degrees: float) -> Camera:
        """Return the camera that went around the upright axis: a chair on a turntable, seen from here."""
        cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        about_y = np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])
        x, y, z = about_y @ self.focus
        return replace(self, axes=self.axes @ about_y.T, focus=(float(x), float(y), float(z)))

    def upon(self, width: int, height: int) -> Projection:
        """Return how it projects onto a picture of so many pixels."""
        if self.width is not None:
            return Projection(self, min(width, height) / self.width, width, height)
        wide, high, _ = np.abs(self.axes).sum(axis=1)  # the cube's extent along the picture's directions
        zoom = (1 - 2 * _MARGIN) * min(width / wide, height / high)
        return Projection(self, float(zoom), width, height)


DEFAULT_CAMERA = Camera.looking()
"""From aside and above, as thumbnails are."""


@dataclass(frozen=True, eq=False)
class Projection:
    """A camera's way between the frame and the pixels of a picture."""

    camera: Camera
    zoom: float
    """Pixels per unit of the frame, at the focus."""
    width: int
    height: int

    @property
    def _middle(self) -> tuple[float, float]:
        return (self.width - 1) / 2, (self.height - 1) / 2

    def pixels(self, points: AnyFloats) -> Doubles:
        """Return points `(n, 3)` of the frame as column, row and depth, which is larger for nearer ones."""
        seen = (np.asarray(points, np.float64) - self.camera.focus) @ self.camera.axes.T
        nearer: AnyFloats | float = 1.0
        depth = seen[:, 2] * self.zoom
        if self.camera.distance is not None:
            left = self.camera.distance - seen[:, 2]
            nearer = self.camera.distance / np.maximum(left, _NEAREST * self.camera.distance)
            depth = nearer * self.zoom  # along a straight edge on screen this grows evenly, distance does not
        column = self._middle[0] + seen[:, 0] * self.zoom * nearer
        row = self._middle[1] - seen[:, 1] * self.zoom * nearer
        return np.stack([column, row, depth], axis=1)

    def rays(self, first: int, count: int) -> tuple[Doubles, Doubles]:
        """Return where the rays through some rows of pixels begin, and where they go, `(count, width, 3)`."""
        across = ((np.arange(self.width) - self._middle[0]) / self.zoom)[None, :, None]
        upward = ((self._middle[1] - np.arange(first, first + count)) / self.zoom)[:, None, None]
        right, up, towards = self.camera.axes
        plane = np.asarray(self.camera.focus) + across * right + upward * up
        if self.camera.distance is None:
            return plane + _FAR * towards, np.broadcast_to(-towards, plane.shape)
        eye = np.asarray(self.camera.focus) + self.camera.distance * towards
        return np.broadcast_to(eye, plane.shape), plane - eye
