"""Refinement of latents against points: these lie on the surface, and what was looked through is empty.

The steps are those of `refine.py`, with another loss, and are pulled to the encoder's latent in the same way,
which is all that is known of the side that nobody saw. No normals are needed: at a point of the surface, the
probability between the voxels' centres is a half, which it is neither where a chair is too thick nor where it
is too thin. Where points cover all of the surface, there is none far from them (`point_cover.py`).

Chosen by virtual scans of the 229 validation chairs, on a GPU: the mean IoU of whole surfaces rose from 0.807
to 0.850. The loss of before, the largest and the smallest of seven log-odds around each point, was as low for
chairs one voxel too thick. Cross-entropy, corrected distances and the area as a whole were worse.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from voxview.conventions import LATENT_SHAPE, RESOLUTION
from voxview.model.network import Network
from voxview.model.refine import Descent, Metric

STEPS = 8
"""Default number of steps, in two halves: between them the pose is fitted again."""

STEPS_OF_WHOLE = 24
"""The same of clouds that cover all of the surface: nothing is hidden, and more steps gain more."""

_VOXELS = 300.0
"""Weight of the surface's loss, in voxels. With more, the hidden side of one-sided scans got worse."""

_VOXELS_OF_WHOLE = 1200.0
"""The same of clouds that cover all of the surface."""

_VOXELS_LOOKED_THROUGH = 150.0
"""Weight of the loss of what was looked through, in voxels."""

_MOST = 3.0
"""Loss at which a place that was looked through no longer counts for more: a point may be a stray one."""

_COVERED, _UNCOVERED = 1.0, 4.0
"""Distances from the nearest point, in voxels: up to the first, surface is as good as anywhere; from the
second on, a face counts as a wrong voxel. Of 1,024 points, one place of the surface in twenty is 2 away."""


class PointDescent(Descent):
    """The refinement of n latents against as many clouds, see `refine.Descent`."""

    def __init__(
        self,
        network: Network,
        z: Tensor,
        points: Tensor,
        metric: Metric,
        empty: Tensor | None = None,
        distance: Tensor | None = None,
    ) -> None:
        """Begin at latents `(n, 8, 8)`; `points` `(n, m, 3)` lie on the surface, in the chairs' frames.

        `empty` are points `(n, k, 3)` that were looked through. Where the points cover the whole surface,
        `distance` has how far each voxel's centre is from the nearest, `(n, 1, 32, 32, 32)` in voxels.
        """
        self._empty, self._distance = empty, distance
        super().__init__(network, z, points, metric)

    def _losses(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        """Return the mean loss of the points, and all in voxels: `(n,)` each."""
        p = torch.sigmoid(logits)
        loss = surface_loss(p, self._target)
        voxels = (_VOXELS if self._distance is None else _VOXELS_OF_WHOLE) * loss
        if self._distance is not None:
            voxels = voxels + uncovered_surface(p, self._distance)
        if self._empty is not None:
            through = F.softplus(sample(logits, self._empty)).clamp(max=_MOST).mean(1)
            voxels = voxels + _VOXELS_LOOKED_THROUGH * through
        return loss.detach(), voxels


def refine_with_points(
    network: Network,
    z: Tensor,
    points: Tensor,
    metric: Metric,
    steps: int = STEPS,
    empty: Tensor | None = None,
    distance: Tensor | None = None,
) -> Tensor:
    """Return latents `(n, 8, 8)` whose surfaces lie nearer to points `(n, m, 3)`; see `PointDescent`."""
    descent = PointDescent(network, z, points, metric, empty, distance)
    for _ in range(steps - 1):
        descent.step()
    descent.end()
    return descent.best.reshape(-1, *LATENT_SHAPE).clone()


def surface_loss(p: Tensor, points: Tensor) -> Tensor:
    """Return how far from a half probabilities `(n, 1, 32, 32, 32)` are at points `(n, m, 3)`: `(n,)`.

    It is the mean of (2p − 1)²: 0 where all points lie on faces between full and empty voxels, 1 where all
    are inside or outside. A stray point costs no more than that.
    """
    return (2 * sample(p, points) - 1).square().mean(1)


def uncovered_surface(p: Tensor, distance: Tensor) -> Tensor:
    """Return how much surface of probabilities `(n, 1, 32, 32, 32)` lies far from all points: `(n,)`.

    It is the number of faces between full and empty voxels, each weighted by how far its middle is from the
    nearest point; `distance` is that of the voxels' centres, in voxels.
    """
    total = torch.zeros(len(p), device=p.device)
    for axis in (2, 3, 4):
        before, after = (distance.narrow(axis, start, RESOLUTION - 1) for start in (0, 1))
        weight = (((before + after) / 2 - _COVERED) / (_UNCOVERED - _COVERED)).clamp(0, 1)
        total = total + (p.diff(dim=axis).abs() * weight).sum((1, 2, 3, 4))
    return total


def sample(values: Tensor, points: Tensor) -> Tensor:
    """Return the trilinear interpolation of values `(n, 1, 32, 32, 32)` at points `(n, m, 3)`: `(n, m)`."""
    # grid_sample has the last axis first, and −1 to 1 from face to face of the cube.
    where = 2 * points.flip(2)[:, :, None, None]
    return F.grid_sample(values, where, padding_mode="border", align_corners=False)[:, 0, :, 0, 0]


def looked_through(points: Tensor, viewpoint: Tensor, count: int = 4) -> Tensor:
    """Return points `(n, m · count, 3)` between points `(n, m, 3)` and their viewpoints `(n, 3)`.

    They lie up to one edge of the cube before each point, and not nearer than two voxels.
    """
    away = F.normalize(viewpoint[:, None] - points, dim=2)
    start = 2 / RESOLUTION
    along = torch.linspace(start, 1, count, device=points.device)
    places = points[:, :, None] + along[:, None] * away[:, :, None]
    return places.flatten(1, 2)
