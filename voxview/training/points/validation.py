"""Validation of a points encoder: virtual scans of chairs that it does not learn from."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from voxview.conventions import LEVEL
from voxview.model.network import Network
from voxview.model.picture_metrics import iou, nearest_chairs
from voxview.model.point_pose import normalise, turn
from voxview.model.points_network import PointsNetwork
from voxview.model.points_prediction import PointsPrediction, predict_in_parts
from voxview.shapes.frame import Grids
from voxview.training.batches import unpack
from voxview.training.points.batch import Scanner
from voxview.training.points.scanners import ONE_VIEW, WHOLE
from voxview.training.targets import Targets
from voxview.training.validation import number

BATCH = {"cuda": 256, "cpu": 8}
"""Clouds that are encoded at a time, by device."""
MOST_CHAIRS = {"cuda": 1024, "cpu": 12}
"""Of each set, by device. `voxview evaluate` measures them all."""
SEED = 15
"""Of the held-out scans: the same ones in every validation of every run."""
WITHIN = 15.0
"""Degrees that a turn may be off to count as right."""
TURNED = "one view, turned"

COLUMNS = (
    f"IoU, {WHOLE}",
    f"IoU, {ONE_VIEW}",
    f"IoU, {TURNED}",
    "nearest training chair's IoU",
    "turn within 15°",
)
"""The columns of the log."""


@dataclass(frozen=True)
class ScannedSet:
    """Virtual scans of some chairs, on the device, and their chairs."""

    grids: Tensor
    """`(n, 32, 32, 32)` bool."""
    clouds: Mapping[str, Tensor]
    """By what was scanned, `(n, m, 3)`: in the chairs' frames, but for those of `TURNED`."""
    angle: Tensor
    """By how much the latter are turned, `(n,)` radians."""


@dataclass(frozen=True)
class PointsMetrics:
    """The metrics of a points encoder on one set of held-out chairs, without refinement."""

    ious: Mapping[str, float]
    """Mean IoU of each chair and what the cloud's latent decodes to, by what was scanned."""
    nearest: float
    """The same of the training chair whose latent is nearest to that of one view."""
    within: float
    """The share of turns that are at most `WITHIN` degrees off."""

    @property
    def cells(self) -> Mapping[str, str]:
        """See `task.SetMetrics`, as the next two."""
        values = (*self.ious.values(), self.nearest, self.within)
        return {name: number(value, 5) for name, value in zip(COLUMNS, values, strict=True)}

    @property
    def notes(self) -> Mapping[str, str]:
        """The figures for the header of the weights."""
        return {
            **{f"held-out IoU of {name}": number(value, 4) for name, value in self.ious.items()},
            "nearest training chair's IoU": number(self.nearest, 4),
        }

    @property
    def words(self) -> Mapping[str, str]:
        """The figures for a line."""
        return {
            **{f"IoU of {name}": f"{value:.4f}" for name, value in self.ious.items()},
            f"turn within {WITHIN:.0f}°": f"{self.within:.0%}",
        }


def scan_set(scanners: Callable[[str], Scanner], grids: Grids, count: int, device: str) -> ScannedSet:
    """Return scans of `count` points of the first chairs `(n, 32, 32, 32)` bool, the same each time."""
    kind = torch.device(device).type
    generator = torch.Generator(device).manual_seed(SEED)
    uploaded = torch.from_numpy(grids[: MOST_CHAIRS[kind]]).to(device)
    clouds = {}
    for name in (WHOLE, ONE_VIEW):
        parts = uploaded.split(BATCH[kind])
        clouds[name] = torch.cat([scanners(name)(part, count, generator) for part in parts])
    angle = 2 * math.pi * torch.rand(len(uploaded), device=device, generator=generator)
    clouds[TURNED] = turn(clouds[ONE_VIEW], angle)
    return ScannedSet(uploaded, clouds, angle)


@dataclass(frozen=True)
class Predicted:
    """What a network says of the clouds of one kind."""

    prediction: PointsPrediction
    fields: Tensor
    """`(n, 32, 32, 32)`, as the frozen decoder has them."""


@torch.no_grad()
def predict_set(network: PointsNetwork, decoder: Network, scanned: ScannedSet) -> dict[str, Predicted]:
    """Return what a network in evaluation mode says of a set, by what was scanned."""
    predicted = {}
    at_once = BATCH[scanned.grids.device.type]
    for name, clouds in scanned.clouds.items():
        prediction = predict_in_parts(network, normalise(clouds)[0], at_once)
        logits = [decoder.decode(part).float()[:, 0] for part in prediction.latents.split(at_once)]
        predicted[name] = Predicted(prediction, torch.sigmoid(torch.cat(logits)))
    return predicted


def measure_points(
    predicted: Mapping[str, Predicted], scanned: ScannedSet, targets: Targets, metric: Tensor
) -> PointsMetrics:
    """Return the metrics of what was predicted for a set; `metric` is `targets.learnt_metric`'s."""
    latents = predicted[ONE_VIEW].prediction.latents
    near = nearest_chairs(latents, targets.latents[targets.chairs], metric)
    nearest = unpack(targets.packed[targets.chairs][near])
    off = predicted[TURNED].prediction.pose.angle - scanned.angle
    degrees = torch.rad2deg((off + math.pi).remainder(2 * math.pi) - math.pi).abs()
    return PointsMetrics(
        {name: float(iou(one.fields > LEVEL, scanned.grids).mean()) for name, one in predicted.items()},
        float(iou(nearest, scanned.grids).mean()),
        float((degrees <= WITHIN).float().mean()),
    )
