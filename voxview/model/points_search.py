"""A chair from points: each orientation that the cloud may have is decoded, and the best one refined.

As `orientation.py` does for grids, what decides is how well the unrefined chair fits: refinement would fit a
latent to whatever there is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch

from voxview.conventions import LEVEL, RESOLUTION
from voxview.model.autoencoder import Autoencoder, full_precision
from voxview.model.point_cover import WHOLE, covered_share, distances, pose_by_box
from voxview.model.point_distance import (
    DistanceField,
    FramePose,
    distance_field,
    fit_pose,
    mean_distance,
)
from voxview.model.point_refine import STEPS, STEPS_OF_WHOLE, looked_through, refine_with_points
from voxview.model.points_encoder import Candidates, Cloud, PointsEncoder
from voxview.shapes.frame import Doubles, Field, Floats
from voxview.shapes.orient import rotation_matrix


@dataclass(frozen=True, eq=False)
class FoundChair:
    """The chair that fits a cloud best."""

    latent: Floats
    """`(8, 8)`."""
    field: Field
    """Decoded from it, `(32, 32, 32)`."""
    unrefined: Field
    """Decoded from the encoder's own latent, `(32, 32, 32)`."""
    to_frame: Doubles
    """The similarity `(4, 4)` that brings the cloud's own points into the chair's frame."""
    up: str
    """Which of the cloud's axes is up."""
    turn: float
    """Degrees by which the cloud, with y up, has to be turned about the vertical; see `shapes.orient`."""
    distance: float
    """Of the points to the surface in the mean, in edges of the cube."""


_TRUST = 0.004
"""Distance, in edges of the cube, that one orientation has to be nearer by where another is e times as likely
by the network: an eighth of a voxel. Seen from one side, chairs of other orientations fit nearly as well."""


@dataclass(frozen=True, eq=False)
class _Tried:
    """One orientation of a cloud with what was decoded."""

    points: Floats
    latent: Floats
    field: Field
    pose: FramePose
    up: str
    distance: float

    def fits(self) -> DistanceField | None:
        """Return the distances to the surface; None where there is none."""
        grid = self.field > LEVEL
        return distance_field(grid) if grid.any() else None


def find_chair(
    encoder: PointsEncoder,
    autoencoder: Autoencoder,
    cloud: Cloud,
    up: str = "auto",
    turn: float | None = None,
    *,
    steps: int = STEPS,
    viewpoint: Doubles | None = None,
) -> FoundChair:
    """Return the chair in a cloud; `up` and `turn` as in `PointsEncoder.candidates`.

    `steps` is how many steps of refinement there are; 0: none. `viewpoint` `(3,)` is from where all was seen,
    in the cloud's own axes and unit: between it and the points is nothing. Where the points cover the whole
    surface there are three times as many, and its box says where the chair is.
    """
    candidates = encoder.candidates(cloud, up, turn)
    tried = [_fitted(one) for one in _decoded(candidates, autoencoder)]
    costs = [one.distance for one in tried] - _TRUST * np.log(candidates.probability)
    first = best = tried[int(np.argmin(costs))]
    if autoencoder.metric is not None:
        is_whole = covered_share(best.field > LEVEL, best.pose.to_frame(best.points)) >= WHOLE
        best = _in_box(best) if is_whole else best
        steps = steps * STEPS_OF_WHOLE // STEPS if is_whole else steps
        half = steps // 2
        for part in (steps - half, half):
            if part:
                best = _refined(best, autoencoder, part, cloud, viewpoint, is_whole)
    return _found(best, first.field, cloud)


def _decoded(candidates: Candidates, autoencoder: Autoencoder) -> list[_Tried]:
    fields = autoencoder.decode_tensor(candidates.latents).cpu().numpy()
    centre, log_scale, angle = (part.cpu().double().numpy() for part in candidates.pose)
    points, latents = candidates.points.cpu().numpy(), candidates.latents.cpu().numpy()
    return [
        _Tried(points[i], latents[i], fields[i], FramePose(centre[i], log_scale[i], angle[i]), up, np.inf)
        for i, up in enumerate(candidates.ups)
    ]


def _fitted(tried: _Tried) -> _Tried:
    """Return the same in the pose that fits best, with its distance."""
    distances = tried.fits()
    if distances is None:
        return tried
    pose = fit_pose(tried.points, distances, tried.pose)
    distance = mean_distance(tried.points, distances, pose)
    return _Tried(tried.points, tried.latent, tried.field, pose, tried.up, distance)


def _in_box(tried: _Tried) -> _Tried:
    """Return a chair of a whole cloud where the cloud's box has it."""
    distances = tried.fits()
    if distances is None:
        return tried
    pose = pose_by_box(tried.points, tried.pose)
    return replace(tried, pose=pose, distance=mean_distance(tried.points, distances, pose))


def _refined(
    tried: _Tried,
    autoencoder: Autoencoder,
    steps: int,
    cloud: Cloud,
    viewpoint: Doubles | None,
    is_whole: bool,
) -> _Tried:
    """Return the chair refined against the points, and fitted again."""
    assert autoencoder.metric is not None
    device = autoencoder.device

    def upload(points: Doubles) -> torch.Tensor:
        return torch.from_numpy(points.astype(np.float32)).to(device)[None]

    points = tried.pose.to_frame(tried.points)
    inside, empty, distance = upload(points), None, None
    if is_whole:
        distance = upload(RESOLUTION * distances(points))[None]
    if viewpoint is not None:
        seen_from = (rotation_matrix(tried.up) @ (viewpoint - cloud.mean) / cloud.size)[None]
        empty = looked_through(inside, upload(tried.pose.to_frame(seen_from))[:, 0])
    with torch.inference_mode(False), full_precision():
        z = torch.from_numpy(tried.latent).to(device)[None]
        network = autoencoder.network_of_few
        latent = refine_with_points(network, z, inside, autoencoder.metric, steps, empty, distance)
    field = autoencoder.decode_tensor(latent)[0].cpu().numpy()
    fitted = _fitted(_Tried(tried.points, latent[0].cpu().numpy(), field, tried.pose, tried.up, np.inf))
    return _in_box(fitted) if is_whole else fitted


def _found(tried: _Tried, unrefined: Field, cloud: Cloud) -> FoundChair:
    normalise = np.eye(4)
    normalise[:3, :3] /= cloud.size
    normalise[:3, 3] = -cloud.mean / cloud.size
    upright = np.eye(4)
    upright[:3, :3] = rotation_matrix(tried.up)
    degrees = float(np.rad2deg(-tried.pose.angle) % 360)
    to_frame = tried.pose.matrix() @ upright @ normalise
    return FoundChair(tried.latent, tried.field, unrefined, to_frame, tried.up, degrees, tried.distance)
