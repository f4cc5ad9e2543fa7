"""The points encoder: clouds of points → a latent of one autoencoder, and where the chair is in the cloud."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from voxview.errors import InputError
from voxview.model.autoencoder import choose_device, full_precision
from voxview.model.point_pose import Pose, likely_turns
from voxview.model.points_card import find_points_weights
from voxview.model.points_network import POINTS, PointsNetwork
from voxview.model.points_prediction import predict_turned
from voxview.model.points_weights import PointsWeights, read_points_weights
from voxview.model.shared_mlp import without_normalisations
from voxview.shapes.frame import Doubles, Floats, describe
from voxview.shapes.orient import UPS, rotation_matrix

LEAST_POINTS = 50
"""Points that a cloud has at least."""

LIKELY_UP = 0.15
"""Probability from which on an axis may be up."""
LIKELY_TURN = 0.12
"""Probability from which on a turn is tried; the most likely one is in any case."""
MOST_TRIED = 4
"""Turns that are tried of each axis that may be up."""


class Cloud(NamedTuple):
    """Some of a cloud's points as the network sees them, and the way back."""

    points: Floats
    """`(m, 3)`, with mean 0 and root mean square 1."""
    mean: Doubles
    """`(3,)`, in the cloud's own unit."""
    size: float


class Candidates(NamedTuple):
    """What the network says of one cloud in each of k orientations that it may have."""

    points: Tensor
    """The cloud with y up, `(k, m, 3)`."""
    latents: Tensor
    """`(k, 8, 8)`."""
    pose: Pose
    """Where the chair is in each."""
    ups: tuple[str, ...]
    """Which of the cloud's own axes is up in each."""
    probability: Doubles
    """How likely each is, as the network has it, `(k,)`; 1 where all is given."""


class PointsEncoder:
    """Encodes clouds of points, on one device."""

    def __init__(self, weights: PointsWeights, device: str) -> None:
        self.name = weights.name
        self.autoencoder = weights.autoencoder
        """Name of the autoencoder whose latents are predicted, such as `chairs`."""
        self.autoencoder_fingerprint = weights.autoencoder_fingerprint
        """`weight_fingerprint` of its tensors."""
        self.notes = weights.notes
        self.trained_on = weights.trained_on
        self.validated_on = weights.validated_on
        self.device = torch.device(device)
        self._odd = weights.odd
        self._network: PointsNetwork = without_normalisations(weights.network).to(self.device)

    @property
    def kind(self) -> str:
        """Which network is in front: a name in `points_network.ENCODERS`."""
        return self._network.encoder

    def candidates(self, cloud: Cloud, up: str = "auto", turn: float | None = None) -> Candidates:
        """Return what the network says of a cloud in the orientations that it may have.

        `up` is one of `UPS`, or `auto`; `turn` the degrees by which the cloud, with y up, has to be turned
        about the vertical as in `shapes.orient`, or None. What is left open is what the network says of it.
        """
        with torch.inference_mode(), full_precision():
            points = torch.from_numpy(cloud.points).to(self.device)[None]  # (1, m, 3)
            ups = {up: 1.0} if up != "auto" else self._likely_ups(points)
            clouds = torch.cat([_rotated(points, axis) for axis in ups])
            if turn is not None:
                angles = torch.full((len(ups), 1), -np.deg2rad(turn), device=self.device)
                mass = torch.ones_like(angles)
                tried = mass > 0
            else:
                angles, mass = likely_turns(self._network(clouds).turn, MOST_TRIED)
                tried = mass >= LIKELY_TURN
                tried[:, 0] = True
            which, number = tried.nonzero(as_tuple=True)
            angle, clouds = angles[which, number], clouds[which]
            latents, pose = predict_turned(self._network, clouds, angle, self._odd)
            if turn is not None:
                pose = pose._replace(angle=angle)
            axes = [list(ups)[i] for i in which.tolist()]
            likely = mass[which, number].cpu().double().numpy() * [ups[axis] for axis in axes]
            return Candidates(clouds, latents, pose, tuple(axes), likely)

    def _likely_ups(self, points: Tensor) -> dict[str, float]:
        """Return the axes that may be up with their probabilities, the most likely one first."""
        said = torch.softmax(self._network(points).up[0], 0).tolist()
        order = sorted(range(len(UPS)), key=lambda i: -said[i])
        return {UPS[i]: said[i] for i in order if i == order[0] or said[i] >= LIKELY_UP}


def load_points_encoder(name_or_path: str | Path | None = None, device: str | None = None) -> PointsEncoder:
    """Load a points encoder from a file, or a shipped one by name, `pointnet2` for None.

    `device` is as in `load_autoencoder`. Raises `VoxViewError` where the shipped weights are not installed or
    the device is not available, `InputError` for weights that cannot be used.
    """
    device = choose_device(device)
    return PointsEncoder(read_points_weights(find_points_weights(name_or_path)), device)


def make_cloud(points: Doubles) -> Cloud:
    """Return what the network sees of points `(n, 3)` float64: at most `POINTS` of them.

    They are the same ones each time, if the order does not depend on the file's: `shapes.points.clean`.
    """
    mean = points.mean(0)
    centred = points - mean
    size = max(float(np.sqrt(np.square(centred).sum(1).mean())), 1e-300)
    if len(points) > POINTS:
        centred = centred[np.sort(np.random.default_rng(0).permutation(len(points))[:POINTS])]
    scaled = centred / size
    # Once more, of the points that were drawn: what the network learns is exactly so.
    shift, root = scaled.mean(0), np.sqrt(np.square(scaled - scaled.mean(0)).sum(1).mean())
    return Cloud(((scaled - shift) / root).astype(np.float32), mean + size * shift, size * float(root))


def check_points(points: object) -> Doubles:
    """Return points as float64 if they are a float or integer array `(n, 3)`, else raise `InputError`."""
    if (
        not isinstance(points, np.ndarray)
        or points.ndim != 2
        or points.shape[1] != 3
        or points.dtype.kind not in "fiu"
    ):
        raise InputError(f"points are float (n, 3), but {describe(points)} came")
    return points.astype(np.float64)


def _rotated(points: Tensor, up: str) -> Tensor:
    """Return clouds `(1, m, 3)` with the axis `up` brought to +y."""
    rotation = torch.from_numpy(rotation_matrix(up)).to(points)
    return points @ rotation.T
