"""Refinement against silhouettes: latents whose chairs cover what is chair in their pictures.

Where a picture's background was removed, it is known which pixels show the chair. A latent's field is seen
through a pinhole camera; what each ray finds at most of the chair is the silhouette (as in Yan et al. 2016,
"Perspective Transformer Nets"), and it can be differentiated. Some steps of Adam (Kingma and Ba 2015) fit
camera and latent to the picture, pulled towards what the encoder said.

1 − Π(1 − p) along a ray was tried as well: where the decoder is unsure over many voxels, which is usual here,
the product is near 1 though no voxel is occupied, and the refinement helped half as much. So was the spread
of the encoder's latents in place of the decoder's curvature: plain pictures got worse.

Weights with a mean IoU of 0.39 gained 0.02 to 0.03; those with 0.50 gain 0.015 on the validation split, by
which the numbers below were chosen, and 0.005 ± 0.005 on 59 held-out chairs, for ten times the time of
reading a picture. So the program does not do it; `voxview evaluate --network picture` measures it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from voxview.conventions import LATENT_SHAPE, LATENT_SIZE, LEVEL
from voxview.model.autoencoder import Autoencoder, full_precision
from voxview.model.camera import Cameras, bounds, look, rays
from voxview.model.network import Network
from voxview.model.picture_encoder import PictureEncoding
from voxview.model.refine import Metric

SIDE = 40
"""Pixels along each side of the silhouettes: about one a voxel of a chair that fills them."""
SAMPLES = 28
"""Places along each ray at which the field is looked up."""
CAMERA_STEPS = 4
"""Steps in which the camera alone is fitted, which need no decoder."""
STEPS = 6
"""Steps in which camera and latent are fitted. Each takes as long as three decodings."""
RATE = 0.3
BETAS = 0.8, 0.95
"""Rate and decay of Adam: so few steps need a short memory."""
EPSILON = 1e-8
PULL = 0.01
"""Weight of the squared distance from what the encoder said, in units of `SPREAD` and `UNITS`."""
SPREAD = 30.0
"""Twice what the objective of `refine` grows by over one unit of a latent's move: about as many voxels."""
UNITS = (20.0, 10.0, 0.3, 0.1, 0.1, 0.1)
"""A unit of the camera's move: degrees of azimuth and elevation, logarithms of the distance and of the crop's
size, the crop's place in halves of the picture."""
CAMERA_PULL = 2.0
"""How much more a unit of the camera costs than one of the latent."""
CROSS_ENTROPY = 0.2
"""Weight of the cross-entropy of the pixels beside the soft IoU loss."""
DISTANCE = 3.0
"""Of the camera at first, in edges of the cube; `training.pictures.camera` draws 1.8 to 9."""

BATCH = {"cuda": 64, "cpu": 8}


def refine_to_silhouettes(
    autoencoder: Autoencoder, encoding: PictureEncoding, silhouettes: NDArray[np.float32]
) -> PictureEncoding:
    """Return an encoding whose chairs cover the silhouettes better; the views are the encoder's still.

    `silhouettes` `(n, h, h)` in [0, 1] say where the chairs are in the squares that were encoded. Each
    picture is refined independently of the rest. Autoencoders without a curvature, such as the study's, have
    no measure to pull by: theirs are returned as they are.
    """
    metric = autoencoder.metric
    if metric is None:
        return encoding
    latents = encoding.latents.copy()
    for start in range(0, len(latents), BATCH[autoencoder.device.type]):
        part = slice(start, start + BATCH[autoencoder.device.type])
        angles = [(view.azimuth, view.elevation) for view in encoding.views[part]]
        with torch.inference_mode(False), full_precision():
            z, seen, masks = (
                torch.tensor(values, dtype=torch.float32, device=autoencoder.device)
                for values in (latents[part], angles, silhouettes[part])
            )
            few = len(z) <= BATCH["cpu"]
            network = autoencoder.network_of_few if few else autoencoder.network_of_many
            latents[part] = fit(network, z, seen, masks, metric).cpu().numpy()
    return replace(encoding, latents=latents)


def fit(network: Network, z: Tensor, angles: Tensor, masks: Tensor, metric: Metric) -> Tensor:
    """Return latents `(n, 8, 8)` whose silhouettes fit masks `(n, h, h)` in [0, 1] better than those of `z`.

    `angles` `(n, 2)` are azimuth and elevation in degrees, to begin with. The best of each path is returned.
    """
    masks = F.interpolate(masks[:, None], (SIDE, SIDE), mode="area")[:, 0].clamp(
        0, 1
    )  # rounding goes beyond 1
    factor = torch.linalg.cholesky(torch.linalg.inv(metric.damped.cpu())).to(z.device) * SPREAD**0.5
    with torch.no_grad():
        fields = torch.sigmoid(network.decode(z))[:, 0]
    crops = _Crops.around(fields, angles, masks)
    place = torch.zeros(len(z), LATENT_SIZE + len(UNITS), device=z.device)  # the latent's move, the camera's
    adam = _Adam(place)
    least, best = torch.full_like(place[:, 0], torch.inf), place[:, :LATENT_SIZE].clone()
    for step in range(CAMERA_STEPS + STEPS + 1):
        with torch.enable_grad():
            place.requires_grad_()
            move, turn = place.split([LATENT_SIZE, len(UNITS)], 1)
            if step >= CAMERA_STEPS:
                moved = z + (move @ factor.T).reshape(-1, *LATENT_SHAPE)
                fields = torch.sigmoid(network.decode(moved))[:, 0]
            loss = silhouette_loss(silhouettes_of(fields, crops.cameras(angles, turn), SIDE), masks)
            loss = loss + PULL / 2 * (move.square().sum(1) + CAMERA_PULL * turn.square().sum(1))
        better = loss.detach() < least
        least = torch.where(better, loss.detach(), least)
        best = torch.where(better[:, None], move.detach(), best)
        if step < CAMERA_STEPS + STEPS:
            (slope,) = torch.autograd.grad(loss.sum(), place)
            place = place.detach() - adam.step(slope)
    return z + (best @ factor.T).reshape(-1, *LATENT_SHAPE)


class _Adam:
    """Adam's steps. PyTorch's own imports its compiler with the first of them, which takes seconds."""

    def __init__(self, place: Tensor) -> None:
        self._mean, self._square, self._count = torch.zeros_like(place), torch.zeros_like(place), 0

    def step(self, slope: Tensor) -> Tensor:
        """Return what is to be taken off, for a gradient (algorithm 1 of the paper)."""
        self._count += 1
        first, second = BETAS
        self._mean = first * self._mean + (1 - first) * slope
        self._square = second * self._square + (1 - second) * slope.square()
        mean = self._mean / (1 - first**self._count)
        return RATE * mean / ((self._square / (1 - second**self._count)).sqrt() + EPSILON)


def silhouettes_of(fields: Tensor, cameras: Cameras, side: int) -> Tensor:
    """Return the silhouettes `(n, side, side)` of fields `(n, 32, 32, 32)`: the most that each ray finds."""
    ray = rays(cameras, side)  # (n, side, side, 3)
    origin = cameras.position[:, None, None]
    slope = torch.where(ray.abs() < 1e-6, 1e6, 1 / ray)
    a, b = (-0.5 - origin) * slope, (0.5 - origin) * slope
    enter, leave = torch.minimum(a, b).amax(-1), torch.maximum(a, b).amin(-1)
    length = (leave - enter).clamp(min=0)
    at = (torch.arange(SAMPLES, device=ray.device) + 0.5) / SAMPLES
    along = enter[:, None] + at.reshape(1, -1, 1, 1) * length[:, None]  # (n, samples, side, side)
    places = 2 * (origin[:, None] + along[..., None] * ray[:, None])  # −1 to 1 in the cube
    turned = fields.permute(0, 3, 2, 1)[:, None]  # [z, y, x], so that places are (x, y, z)
    found = F.grid_sample(turned, places, "bilinear", "zeros", align_corners=False)[:, 0]
    return found.amax(1) * (length > 0)


def silhouette_loss(silhouettes: Tensor, masks: Tensor) -> Tensor:
    """Return the soft IoU loss of silhouettes and masks `(n, h, h)`, with some cross-entropy: `(n,)`."""
    overlap = (silhouettes * masks).sum((1, 2))
    union = silhouettes.sum((1, 2)) + masks.sum((1, 2)) - overlap
    entropy = F.binary_cross_entropy(silhouettes.clamp(1e-3, 1 - 1e-3), masks, reduction="none")
    return 1 - overlap / union.clamp(min=1) + CROSS_ENTROPY * entropy.mean((1, 2))


@dataclass(frozen=True)
class _Crops:
    """Which part of its camera's picture each mask is: nobody knows how a photograph was cropped."""

    size: Tensor
    """`(n,)`: half of the mask's side, in halves of the uncropped picture's."""
    centre: Tensor
    """`(n, 2)`: its centre there, to the right and down."""

    @classmethod
    def around(cls, fields: Tensor, angles: Tensor, masks: Tensor) -> _Crops:
        """Return the crops in which the chairs are as large as in the masks, and in the same place."""
        distance, roll = _distance_and_roll(angles)
        cameras = look(angles[:, 0], angles[:, 1], distance, roll)
        low, high = bounds(cameras, fields > LEVEL)
        left, right = _mask_bounds(masks)
        size = (high - low).amax(1) / (right - left).amax(1)
        return cls(size, (low + high) / 2 - size[:, None] * (left + right) / 2)

    def cameras(self, angles: Tensor, turn: Tensor) -> Cameras:
        """Return the cameras at angles `(n, 2)` after they were moved by `turn` `(n, 6)`, in `UNITS`."""
        by = turn * turn.new_tensor(UNITS)
        distance, roll = _distance_and_roll(angles)
        azimuth, elevation = angles[:, 0] + by[:, 0], (angles[:, 1] + by[:, 1]).clamp(-89, 89)
        cameras = look(azimuth, elevation, distance * by[:, 2].exp(), roll)
        up = turn.new_tensor([1.0, -1.0])  # a camera's centre counts up, a picture's down
        centre = cameras.centre + (self.centre + by[:, 4:]) * up * cameras.scale[:, None]
        return replace(cameras, scale=cameras.scale * self.size * by[:, 3].exp(), centre=centre)


def _distance_and_roll(angles: Tensor) -> tuple[Tensor, Tensor]:
    return torch.full_like(angles[:, 0], DISTANCE), torch.zeros_like(angles[:, 0])


def _mask_bounds(masks: Tensor) -> tuple[Tensor, Tensor]:
    """Return the corners of what masks `(n, h, h)` show, twice `(n, 2)`; of an empty one, the square's."""
    shown = masks > LEVEL
    shown = shown | ~shown.any(2, keepdim=True).any(1, keepdim=True)
    lines = torch.stack([shown.any(1), shown.any(2)], 1).float()  # (n, 2, h): columns, rows
    side = masks.shape[1]
    low, high = lines.argmax(2).float(), side - lines.flip(2).argmax(2).float()
    return low * 2 / side - 1, high * 2 / side - 1
