"""A batch of pictures with what is known of their chairs, and its augmentation as AlexNet's paper has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from voxview.model.layout import LATENT_SHAPE, LATENT_SIZE
from voxview.model.symmetric import negate_odd
from voxview.training.picture_config import PictureConfig
from voxview.training.pictures.random_filters import filter_some


class RenderedPictures(Protocol):
    """What a renderer returns; see `renderer.Rendered`."""

    @property
    def pixels(self) -> Tensor:
        """`(n, 3, 227, 227)` float in [0, 1]."""

    @property
    def azimuth(self) -> Tensor:
        """`(n,)` degrees, as in `View`."""

    @property
    def elevation(self) -> Tensor:
        """`(n,)` degrees."""


class PictureRenderer(Protocol):
    """What makes pictures of chairs, such as `renderer.Renderer`."""

    def render(self, fields: Tensor, generator: torch.Generator) -> RenderedPictures:
        """Return random pictures of fields `(n, 32, 32, 32)` float in [0, 1], on their device."""


@dataclass(frozen=True)
class PictureBatch:
    """Pictures and their chairs, on one device."""

    pixels: Tensor
    """`(n, 3, 227, 227)` float in [0, 1]."""
    latents: Tensor
    """`(n, 8, 8)`."""
    occupancy: Tensor
    """`(n, 1, 32, 32, 32)` float, 0 or 1."""
    azimuth: Tensor
    """`(n,)` degrees."""
    elevation: Tensor
    """`(n,)` degrees."""

    def __getitem__(self, rows: slice) -> PictureBatch:
        """Return some of the pictures."""
        fields = (self.pixels, self.latents, self.occupancy, self.azimuth, self.elevation)
        return PictureBatch(*(t[rows] for t in fields))

    def repeated(self, times: int) -> PictureBatch:
        """Return the batch with each picture as many times (batch augmentation, Hoffer et al. 2020)."""
        fields = (self.pixels, self.latents, self.occupancy, self.azimuth, self.elevation)
        if times == 1:
            return self
        return PictureBatch(*(t[:, None].expand(-1, times, *t.shape[1:]).flatten(0, 1) for t in fields))


def augment_pictures(
    batch: PictureBatch, colours: Tensor, config: PictureConfig, odd: int, generator: torch.Generator
) -> PictureBatch:
    """Return the batch cropped, mirrored, filtered and coloured at random.

    A random crop of a larger picture is a random scale and shift of this one, whose border goes on outside.
    A mirrored picture shows the mirrored chair from the mirrored view: the last `odd` numbers of its latent
    and its azimuth change their signs; where `odd` is 0 nothing is mirrored. `colours` is what
    `colour_components` returned.
    """
    n, device = len(batch.pixels), batch.pixels.device
    random = torch.rand(n, 4, device=device, generator=generator)
    mirrored = random[:, 0] < (0.5 if config.mirror and odd > 0 else 0.0)
    # Numbers that are made here would be copied to the device, and the host would wait for it.
    zoom, *shifts = (2 * random[:, 1:] - 1).unbind(1)
    spread = torch.stack([config.zoom * zoom, *(2 * config.shift * by for by in shifts)], 1)  # of −1 to 1
    pixels = filter_some(_cropped(batch.pixels, mirrored, spread), config.filtered, generator)
    noise = torch.randn(n, 3, device=device, generator=generator) * config.colour_noise
    pixels = (pixels + (noise @ colours)[:, :, None, None]).clamp(0, 1)
    turned = negate_odd(batch.latents.reshape(n, LATENT_SIZE), odd).reshape(n, *LATENT_SHAPE)
    sign = 1 - 2 * mirrored.float()
    return PictureBatch(
        pixels,
        torch.where(mirrored[:, None, None], turned, batch.latents),
        torch.where(mirrored[:, None, None, None, None], batch.occupancy.flip(2), batch.occupancy),
        batch.azimuth * sign,
        batch.elevation,
    )


def _cropped(pixels: Tensor, mirrored: Tensor, spread: Tensor) -> Tensor:
    """Return pictures scaled by 1 + `spread[:, 0]` and shifted by the rest, `(n, 3)`; some mirrored."""
    zoom, right, down = spread.unbind(1)
    scale = 1 + zoom
    zero = torch.zeros_like(scale)
    across = torch.stack([scale * (1 - 2 * mirrored.float()), zero, right], 1)
    upright = torch.stack([zero, scale, down], 1)
    where = F.affine_grid(torch.stack([across, upright], 1), list(pixels.shape), align_corners=False)
    return F.grid_sample(pixels, where, mode="bilinear", padding_mode="border", align_corners=False)


def colour_components(pixels: Tensor) -> Tensor:
    """Return the principal components of the colours in `(n, 3, h, w)`, times their variances: `(3, 3)`.

    A row for each component. AlexNet's paper adds them to every pixel of a picture, each times a number of
    standard deviation 0.1: the light's colour and brightness change, the chair does not.
    """
    flat = pixels.float().movedim(1, 0).reshape(3, -1)
    centred = flat - flat.mean(1, keepdim=True)
    values, vectors = torch.linalg.eigh((centred @ centred.T / centred.shape[1]).double().cpu())
    return (vectors * values).T.float().to(pixels.device)
