"""Validation of a picture encoder: rendered pictures of chairs that it does not learn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from voxview.conventions import LEVEL
from voxview.model.network import Network
from voxview.model.picture_metrics import azimuth_errors, iou, nearest_chairs
from voxview.model.picture_network import PictureNetwork, view_angles
from voxview.shapes.frame import Floats, Grids
from voxview.training.batches import unpack
from voxview.training.pictures.batch import PictureRenderer
from voxview.training.targets import Targets
from voxview.training.validation import number

BATCH = {"cuda": 256, "cpu": 16}
"""Pictures that are rendered and encoded at a time, by device."""
MOST_CHAIRS = {"cuda": 1024, "cpu": 12}
"""Of each set, by device: on two cores a picture takes seconds. `voxview evaluate` measures them all."""
SEED = 14
"""Of the held-out pictures: the same ones in every validation of every run."""
WITHIN = 30.0
"""Degrees of azimuth that a view may be off to count as right."""


@dataclass(frozen=True)
class RenderedSet:
    """Rendered pictures of some chairs, on the device, and their chairs."""

    grids: Tensor
    """`(n, 32, 32, 32)` bool."""
    pixels: Tensor
    """`(n, 3, 227, 227)` uint8."""
    azimuth: Tensor
    elevation: Tensor
    """`(n,)` degrees."""


@dataclass(frozen=True)
class PictureMetrics:
    """The metrics of a picture encoder on one set of held-out chairs."""

    iou: float
    """Mean IoU of each chair and what the picture's latent decodes to."""
    nearest: float
    """The same of the training chair whose latent is nearest to the picture's."""
    mean_chair: float
    """The same of the mean training chair."""
    within: float
    """The share of azimuths that are at most `WITHIN` degrees off."""

    @property
    def cells(self) -> Mapping[str, str]:
        """See `task.SetMetrics`, as the next two."""
        values = (self.iou, self.nearest, self.mean_chair, self.within)
        return {name: number(value, 5) for name, value in zip(COLUMNS, values, strict=True)}

    @property
    def notes(self) -> Mapping[str, str]:
        """The figures for the header of the weights."""
        return {
            "held-out IoU": number(self.iou, 4),
            "nearest training chair's IoU": number(self.nearest, 4),
            "mean chair's IoU": number(self.mean_chair, 4),
        }

    @property
    def words(self) -> Mapping[str, str]:
        """The figures for a line."""
        return {
            "held-out IoU": f"{self.iou:.4f}",
            "nearest training chair": f"{self.nearest:.4f}",
            f"azimuth within {WITHIN:.0f}°": f"{self.within:.0%}",
        }


COLUMNS = ("IoU", "nearest training chair's IoU", "mean chair's IoU", "azimuth within 30°")
"""The columns of the log."""


def render_set(
    renderer: PictureRenderer,
    grids: Grids | Tensor,
    device: str,
    seed: int = SEED,
    most: int | None = None,
) -> RenderedSet:
    """Return one picture of each of the first chairs `(n, 32, 32, 32)` bool, the same for a seed.

    `most` is how many at most; None: `MOST_CHAIRS`.
    """
    kind = torch.device(device).type
    generator = torch.Generator(device).manual_seed(seed)
    uploaded = torch.as_tensor(grids[: most or MOST_CHAIRS[kind]]).to(device)
    pixels, azimuth, elevation = [], [], []
    for part in uploaded.split(BATCH[kind]):
        rendered = renderer.render(part.float(), generator)
        pixels.append((rendered.pixels.clamp(0, 1) * 255).round().to(torch.uint8))
        azimuth.append(rendered.azimuth)
        elevation.append(rendered.elevation)
    return RenderedSet(uploaded, torch.cat(pixels), torch.cat(azimuth), torch.cat(elevation))


@dataclass(frozen=True)
class Predicted:
    """What a network says of a rendered set."""

    latents: Tensor
    """`(n, 8, 8)`."""
    fields: Tensor
    """`(n, 32, 32, 32)`, as the frozen decoder has them."""
    azimuth: Tensor
    """`(n,)` degrees."""
    view: Tensor
    """`(n, 3)`; see `picture_network.view_numbers`."""
    features: Tensor
    """`(n, hidden)`."""


@torch.no_grad()
def predict(network: PictureNetwork, decoder: Network, pictures: Tensor) -> Predicted:
    """Return what a network in evaluation mode says of pictures `(n, 3, 227, 227)` uint8."""
    parts = []
    for part in pictures.split(BATCH[pictures.device.type]):
        output = network(part.float() / 255)
        latents = network.latents(output.standardised)
        fields = torch.sigmoid(decoder.decode(latents).float())[:, 0]
        azimuth, _ = view_angles(output.view)
        parts.append((latents, fields, azimuth, output.view, output.features.float()))
    return Predicted(*(torch.cat(tensors) for tensors in zip(*parts, strict=True)))


@torch.no_grad()
def features_and_views(network: PictureNetwork, pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Return hidden features `(n, hidden)` and view numbers `(n, 3)` of pictures `(n, 3, 227, 227)` uint8."""
    outputs = [network(part.float() / 255) for part in pictures.split(BATCH[pictures.device.type])]
    return torch.cat([o.features.float() for o in outputs]), torch.cat([o.view for o in outputs])


def measure_pictures(
    predicted: Predicted, rendered: RenderedSet, targets: Targets, metric: Tensor, mean: Tensor
) -> PictureMetrics:
    """Return the metrics of what was predicted for a set, beside its baselines.

    `metric` is `targets.learnt_metric`'s, `mean` the mean chair `(32, 32, 32)` bool.
    """
    near = nearest_chairs(predicted.latents, targets.latents[targets.chairs], metric)
    nearest = unpack(targets.packed[targets.chairs][near])
    errors = azimuth_errors(predicted.azimuth, rendered.azimuth)
    return PictureMetrics(
        float(iou(predicted.fields > LEVEL, rendered.grids).mean()),
        float(iou(nearest, rendered.grids).mean()),
        float(iou(mean.expand_as(rendered.grids), rendered.grids).mean()),
        float((errors <= WITHIN).float().mean()),
    )


def to_host(fields: Tensor) -> Floats:
    """Return fields as an array."""
    return np.asarray(fields.float().cpu())
