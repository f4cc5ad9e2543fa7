"""Distances from points to a decoded surface, and the pose in which a cloud fits it best.

The pose is found by weighted least squares of the distances (Gauss-Newton steps, as in iterative closest
point with distances to a surface; Fitzgibbon 2003, "Robust registration of 2D and 3D point sets"). On the
CPU: 1,000 points and 32³ voxels are too few for a GPU.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.ndimage import distance_transform_edt, map_coordinates

from voxview.conventions import RESOLUTION
from voxview.shapes.frame import AnyFloats, Doubles, Floats, Grid

FAR = 4 / RESOLUTION
"""Distance from which on a point counts as no further away: it may be a stray one."""

CLOSE = 1 / RESOLUTION
"""Distance up to which a point's square counts; further ones count linearly (Huber)."""

STEPS = 6

_NOISE = 0.5 / RESOLUTION
"""Standard deviation of a distance that is expected."""

_COUNTED = 60.0
"""How many independent measurements a cloud counts as: neighbours are off together."""

_UNSURE = np.array([0.15, 0.06, 0.06, 0.06, 0.08])
"""Standard deviation of what the network says: angle (radians), centre (edges), logarithm of the size."""


class FramePose(NamedTuple):
    """The similarity x = e^log_scale · R(angle) f + centre, as `point_pose.Pose`, of one cloud."""

    centre: Doubles
    """`(3,)`."""
    log_scale: float
    angle: float

    def to_frame(self, points: AnyFloats) -> Doubles:
        """Return points `(m, 3)` of the cloud in the chair's frame."""
        return (points - self.centre) @ turn_matrix(self.angle) / np.exp(self.log_scale)

    def matrix(self) -> Doubles:
        """Return `to_frame` as a matrix `(4, 4)`."""
        linear = turn_matrix(self.angle).T / np.exp(self.log_scale)
        return np.block([[linear, -(linear @ self.centre)[:, None]], [np.zeros((1, 3)), 1.0]])


class DistanceField(NamedTuple):
    """Signed distances to a grid's surface at the voxels' centres, and their gradient."""

    distance: Doubles
    """`(32, 32, 32)` in edges of the cube, positive outside."""
    gradient: Doubles
    """`(3, 32, 32, 32)`."""

    def at(self, points: Doubles) -> tuple[Doubles, Doubles]:
        """Return distances `(m,)` and gradients `(m, 3)` at points `(m, 3)` of the frame.

        Outside the cube, the way to the cube is added.
        """
        inside = np.clip(points, -0.5 + 0.5 / RESOLUTION, 0.5 - 0.5 / RESOLUTION)
        where = ((inside + 0.5) * RESOLUTION - 0.5).T
        distance = map_coordinates(self.distance, where, order=1, mode="nearest")
        slopes = [map_coordinates(axis, where, order=1, mode="nearest") for axis in self.gradient]
        gradient = np.stack(slopes, 1)
        out = points - inside
        return distance + np.linalg.norm(out, axis=1), gradient + np.sign(out)


def turn_matrix(angle: float) -> Doubles:
    """Return the turn about y by an angle, `(3, 3)`, as `point_pose.turn` does it."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, 0.0, sin], [0.0, 1.0, 0.0], [-sin, 0.0, cos]])


def distance_field(grid: Grid) -> DistanceField:
    """Return the distances to the surface of a grid `(32, 32, 32)`, which is not empty."""
    padded = np.pad(grid, 1)
    outside = distance_transform_edt(~padded)[1:-1, 1:-1, 1:-1]
    inside = distance_transform_edt(padded)[1:-1, 1:-1, 1:-1]
    # A voxel's centre is half a voxel from its face.
    distance = np.where(grid, 0.5 - inside, outside - 0.5) / RESOLUTION
    gradient = np.stack(np.gradient(distance, 1 / RESOLUTION))
    return DistanceField(distance, gradient)


def fit_pose(points: Floats, field: DistanceField, start: FramePose) -> FramePose:
    """Return the pose near `start` in which points `(m, 3)` lie on the surface best."""
    before = np.array([start.angle, *start.centre, start.log_scale])
    edge = np.exp(start.log_scale)
    unsure = _UNSURE * [1, edge, edge, edge, 1]
    now = before.copy()
    for _ in range(STEPS):
        pose = FramePose(now[1:4], float(now[4]), float(now[0]))
        inside = pose.to_frame(points)
        distance, gradient = field.at(inside)
        weight = np.minimum(1, CLOSE / np.maximum(np.abs(distance), 1e-9)) * (np.abs(distance) < 2 * FAR)
        by_angle = gradient[:, 2] * inside[:, 0] - gradient[:, 0] * inside[:, 2]
        by_centre = -(gradient @ turn_matrix(pose.angle).T) / np.exp(pose.log_scale)
        by_scale = -(gradient * inside).sum(1)
        slope = np.column_stack([by_angle, by_centre, by_scale])
        scale = _COUNTED / (max(float(weight.sum()), 1e-9) * _NOISE**2)
        normal = scale * (slope * weight[:, None]).T @ slope + np.diag(unsure**-2.0)
        right = -scale * slope.T @ (weight * distance) - (now - before) / unsure**2
        now = now + np.linalg.solve(normal, right)
    return FramePose(now[1:4], float(now[4]), float(now[0]))


def mean_distance(points: Floats, field: DistanceField, pose: FramePose) -> float:
    """Return how far points `(m, 3)` are from the surface in the mean, `FAR` at most each."""
    return float(np.minimum(np.abs(field.at(pose.to_frame(points))[0]), FAR).mean())
