"""Degradation: what cameras, programs and people do to pictures before anybody looks at them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from voxview.model.camera import Cameras
from voxview.training.pictures.draw import Draw, spread
from voxview.training.pictures.jpeg import damage

SHARP = 0.3
"""Standard deviation, in pixels, of a blur that changes next to nothing."""
BORDER_SAMPLES = 24
"""Places on each edge of a picture of which the median colour is taken."""


@dataclass(frozen=True)
class Degradation:
    """What happens to each picture."""

    blur: Tensor
    """`(n, 2)` standard deviations, in pixels, along y and x."""
    reduction: Tensor
    """`(n,)`: to which part of its side a picture is reduced before it is enlarged again; 1 of none."""
    automatic: Tensor
    """`(n,)`: how much of a picture's darkness or brightness the camera makes up for, 0 to 1."""
    gain: Tensor
    """`(n, 3)`: exposure and white balance."""
    gamma: Tensor
    """`(n,)`"""
    contrast: Tensor
    """`(n,)`"""
    grey: Tensor
    """`(n,)` bool: without colours."""
    noise: Tensor
    """`(n,)`: standard deviation of the sensor's noise."""
    quality: Tensor
    """`(n,)`: JPEG's, 1 to 99."""
    bands: Tensor
    """`(n, 2)`: how wide the bands above and below, and at the left and right, are; the picture is 2 wide."""


def random_degradation(cameras: Cameras, pristine: Tensor, draw: Draw) -> Degradation:
    """Return what happens to the pictures; those that are `pristine`, `(n,)` bool, keep their tones."""
    blurred = draw.some(0.45)[:, None] & draw.some(0.8, 2)
    reduced = draw.some(0.35)
    wild = ~pristine
    zeros = torch.zeros_like(cameras.scale)
    dim = torch.where(draw.some(0.12), draw.uniform(0.4, 0.8), draw.uniform(0.7, 1.25))
    balance = 1 + draw.normal(0.08, 3).clamp(-0.25, 0.25)
    return Degradation(
        blur=torch.where(blurred, draw.uniform(SHARP, 1.6, 2), SHARP),
        reduction=torch.where(reduced, draw.uniform(0.3, 0.9), 1.0),
        automatic=draw.uniform(0.2, 0.9) * wild,
        gain=torch.where(wild[:, None], dim[:, None] * balance, 1.0),
        gamma=torch.where(wild, torch.exp(draw.normal(0.18)).clamp(0.6, 1.7), 1.0),
        contrast=torch.where(wild, draw.uniform(0.75, 1.25), 1.0),
        grey=draw.some(0.05),
        noise=torch.where(draw.some(0.5) & wild, draw.uniform(0, 0.05), zeros),
        quality=torch.where(draw.some(0.6), draw.uniform(25, 95), zeros + 98),
        bands=_random_bands(cameras.box, draw),
    )


def _random_bands(box: Tensor, draw: Draw) -> Tensor:
    """Return bands along the sides where there is most room around the chairs, which they hardly touch."""
    room = torch.stack(
        [torch.minimum(box[:, 1] + 1, 1 - box[:, 3]), torch.minimum(box[:, 0] + 1, 1 - box[:, 2])], 1
    )
    wide = room * draw.uniform(0.3, 1.0)[:, None]
    here = (room >= room.amax(1, keepdim=True)) & (wide > 0.03) & draw.some(0.3)[:, None]
    return torch.where(here, wide, 0.0)


def resample(pictures: Tensor, degradation: Degradation, side: int) -> Tensor:
    """Return `(n, c, h, h)` pictures blurred, reduced and enlarged to `side`²: one matrix for each axis."""
    down, along = (
        _matrix(degradation.blur[:, axis], degradation.reduction, pictures.shape[-1], side)
        for axis in range(2)
    )
    return down[:, None] @ pictures @ along[:, None].transpose(2, 3)


def _matrix(blur: Tensor, reduction: Tensor, before: int, after: int) -> Tensor:
    """Return the matrices `(n, after, before)` that resample one axis."""
    device = blur.device
    old = (torch.arange(before, device=device) + 0.5) * (after / before)
    new = torch.arange(after, device=device) + 0.5
    # Pixels of the reduced picture, as many as of the result: those beyond the reduced picture's are unused.
    reduced = new / reduction[:, None]
    wide = torch.maximum(blur, torch.where(reduction < 1, 0.5 / reduction, 0.0))[:, None, None]
    down = torch.exp(-(((reduced[:, :, None] - old) / wide) ** 2) / 2) + 1e-12
    up = (1 - (new[:, None] * reduction[:, None, None] - new).abs()).clamp(min=0)
    up = torch.where((new[:, None] * reduction[:, None, None] < 0.5) & (new < 1), 1.0, up)
    matrix = up @ (down / down.sum(2, keepdim=True))
    return matrix / matrix.sum(2, keepdim=True)


def degrade(pictures: Tensor, degradation: Degradation, noise: Tensor) -> Tensor:
    """Return `(n, 3, side, side)` pictures in [0, 1], with tones, noise, bands and JPEG's blocks.

    `noise` is normal, as large as the pictures.
    """
    exposed = _exposed(pictures.clamp(0, 1), degradation.automatic)
    changed = exposed * degradation.gain[:, :, None, None]
    changed = changed + noise * degradation.noise[:, None, None, None] * (0.4 + changed)
    changed = (changed - 0.5) * degradation.contrast[:, None, None, None] + 0.5
    changed = changed.clamp(1e-4, 1) ** degradation.gamma[:, None, None, None]
    grey = changed.mean(1, keepdim=True).expand_as(changed)
    changed = torch.where(degradation.grey[:, None, None, None], grey, changed)
    return damage(_banded(changed, degradation.bands), degradation.quality)


def _exposed(pictures: Tensor, automatic: Tensor) -> Tensor:
    """Return the pictures brighter or darker, as cameras make those that are dark or bright all over."""
    mean = pictures.mean((1, 2, 3)).clamp(min=0.02)
    factor = ((0.45 / mean) ** automatic).clamp(0.7, 4)
    return (pictures * factor[:, None, None, None]).clamp(max=1)


def _banded(pictures: Tensor, bands: Tensor) -> Tensor:
    """Return the pictures with bands of the median colour of the border of what is between them."""
    side = pictures.shape[-1]
    edge = 1 - 1 / side  # the outermost pixels' centres
    places = torch.linspace(-1, 1, BORDER_SAMPLES, device=pictures.device)
    ones = torch.ones_like(places)
    border = torch.cat(
        [torch.stack(pair, 1) for pair in ((places, ones), (places, -ones), (ones, places), (-ones, places))]
    )
    inner = (edge - bands).flip(1)  # half of the picture that is left, x and y
    found = F.grid_sample(pictures, border[None, None] * inner[:, None, None], "nearest", "border", False)
    colour = found[:, :, 0].sort(2).values[..., found.shape[-1] // 2]
    pixels = (torch.arange(side, device=pictures.device) + 0.5) * (2 / side) - 1
    beyond = (pixels.abs()[:, None] > 1 - spread(bands[:, 0], 2)) | (
        pixels.abs() > 1 - spread(bands[:, 1], 2)
    )
    return torch.where(beyond[:, None], colour[:, :, None, None], pictures)
