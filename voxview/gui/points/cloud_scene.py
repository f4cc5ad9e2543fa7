"""What is to be seen of a cloud: in its own axes before there is a chair, and over the chair after it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from voxview.gui.points.colours import distance_colours
from voxview.gui.points.reading import Loaded, Made
from voxview.model.point_distance import distance_field
from voxview.shapes.frame import Doubles
from voxview.shapes.orient import rotation_matrix
from voxview.shapes.points.crop import Box
from voxview.surface.extract import extract_surface
from voxview.surface.surface import Surface

_WHOLE = 0.72
"""Radius that is seen of a chair's cube: half of its diagonal is 0.87, but few chairs fill its corners."""
_MOST = (0.5, 99.5)
"""Percentiles between which points are no strays."""
_STRETCHED = 2.0
"""How many times larger than most of the points their box is when strays have made it so."""


@dataclass(frozen=True, eq=False)
class CloudScene:
    """A cloud with or without a surface, in one space with y up."""

    to_view: Doubles
    """From the file's own axes and unit to that space, `(4, 4)`."""
    points: Doubles
    """Those that count, `(n, 3)`."""
    colours: NDArray[np.uint8] | None
    """sRGB, `(n, 3)`; None: one colour of all."""
    muted: Doubles
    """Those that were left out and those beside the box, `(m, 3)`."""
    surface: Surface | None
    centre: tuple[float, float, float]
    """What the camera looks at."""
    radius: float
    """How much of the space around it is to be seen."""

    def corners(self, box: Box) -> Doubles:
        """Return a box's corners in this space, `(8, 3)`, in the order of `Box.corners`."""
        return transformed(self.to_view, box.corners)


@dataclass(frozen=True, eq=False)
class Distances:
    """How far the points that were used are from the surface."""

    each: Doubles
    """In shares of the longest side, `(n,)`."""
    unit: float
    """The longest side in the file's own unit."""

    @property
    def largest(self) -> float:
        """The largest one, as a share of the longest side."""
        return float(self.each.max())


def distances_of(made: Made) -> Distances:
    """Return the distances of the points that were used from the surface of the chair that came out."""
    result = made.result
    away, _ = distance_field(result.grid).at(result.in_frame(result.cloud.points))
    return Distances(np.abs(away), 1.0 / float(np.cbrt(np.linalg.det(result.found.to_frame[:3, :3]))))


def scene_before(loaded: Loaded, box: Box | None, up: str) -> CloudScene:
    """Return a cloud as the file has it, turned so that an axis is up: what is outside of a box is muted."""
    middle = np.median(loaded.sample, axis=0)
    size = max(float(np.ptp(np.percentile(loaded.sample, _MOST, axis=0), axis=0).max()), 1e-12)
    to_view = np.eye(4)
    to_view[:3, :3] = rotation_matrix(up) / size
    to_view[:3, 3] = -to_view[:3, :3] @ middle
    at = transformed(to_view, loaded.sample)
    inside = np.ones(len(at), bool) if box is None else box.contains(loaded.sample)
    scene = CloudScene(to_view, at[inside], None, at[~inside], None, (0.0, 0.0, 0.0), 0.0)
    return with_all_in_view(scene, loaded.box)


def scene_of(made: Made, loaded: Loaded, distances: Distances) -> CloudScene:
    """Return the cloud over the chair, coloured by its distances, in the chair's frame."""
    result = made.result
    points = result.in_frame(result.cloud.points)
    box = made.request.box
    outside = loaded.sample[:0] if box is None else loaded.sample[~box.contains(loaded.sample)]
    muted = result.in_frame(np.concatenate([result.cloud.left_out, outside]))
    surface = extract_surface(result.field)
    colours = distance_colours(distances.each)
    return CloudScene(result.found.to_frame, points, colours, muted, surface, (0.0, 0.0, 0.0), _WHOLE)


def with_all_in_view(scene: CloudScene, box: Box) -> CloudScene:
    """Return a scene that shows all points, and the box around them unless strays make it large."""
    low, high = np.percentile(np.concatenate([scene.points, scene.muted]), _MOST, axis=0)
    corners = scene.corners(box)
    if np.ptp(corners, axis=0).max() < _STRETCHED * (high - low).max():
        low, high = corners.min(0), corners.max(0)
    x, y, z = ((low + high) / 2).tolist()
    radius = float(np.linalg.norm(high - low)) / 2  # whatever is turned to the front
    return replace(scene, centre=(x, y, z), radius=max(radius, scene.radius))


def transformed(matrix: Doubles, points: Doubles) -> Doubles:
    """Return points `(n, 3)` after a similarity `(4, 4)`."""
    return np.asarray(points @ matrix[:3, :3].T + matrix[:3, 3])
