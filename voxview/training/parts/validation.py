"""Validation of a parts network: procedural chairs that it does not learn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from voxview.model.part_metrics import part_ious
from voxview.model.parts_network import PartsNetwork
from voxview.training.parts.batch import surface_points, voxel_centres
from voxview.training.points.batch import Scanner
from voxview.training.validation import number

BATCH = {"cuda": 64, "cpu": 4}
"""Clouds that are labelled at a time, by device."""
MOST_CHAIRS = {"cuda": 512, "cpu": 8}
"""Of each set, by device."""
SEED = 16
"""Of the held-out clouds: the same ones in every validation of every run."""
SURFACE, VOXELS = "surface", "voxels"
COLUMNS = (f"IoU of parts, {SURFACE}", f"IoU of parts, {VOXELS}")
"""The columns of the log."""


@dataclass(frozen=True)
class PartsMetrics:
    """Mean IoU over the parts that a chair has, mean over chairs, by what the points are."""

    ious: Mapping[str, float]

    @property
    def cells(self) -> Mapping[str, str]:
        """See `task.SetMetrics`, as the next two."""
        return {name: number(value, 5) for name, value in zip(COLUMNS, self.ious.values(), strict=True)}

    @property
    def notes(self) -> Mapping[str, str]:
        """The figures for the header of the weights."""
        return {f"held-out IoU of parts, {name}": number(value, 4) for name, value in self.ious.items()}

    @property
    def words(self) -> Mapping[str, str]:
        """The figures for a line."""
        return {f"IoU of parts, {name}": f"{value:.4f}" for name, value in self.ious.items()}


LabelledClouds = Mapping[str, tuple[Tensor, Tensor]]
"""Points `(n, m, 3)` and their parts `(n, m)` int64, by what the points are."""


def held_out_clouds(labels: Tensor, count: int, scan: Scanner) -> LabelledClouds:
    """Return `count` points of the first labelled grids `(n, 32, 32, 32)` uint8, the same each time."""
    kind = labels.device.type
    generator = torch.Generator(labels.device).manual_seed(SEED)
    some = labels[: MOST_CHAIRS[kind]]
    parts = some.split(BATCH[kind])
    surfaces = [surface_points(part, count, scan, generator) for part in parts]
    points, of = (torch.cat(both) for both in zip(*surfaces, strict=True))
    return {SURFACE: (points, of), VOXELS: voxel_centres(some, count, generator)}


@torch.no_grad()
def measure_parts(network: PartsNetwork, clouds: LabelledClouds) -> PartsMetrics:
    """Return the metrics of a network in evaluation mode."""
    ious = {}
    for name, (points, labels) in clouds.items():
        at_once = BATCH[points.device.type]
        said = torch.cat([network(part).argmax(1) for part in points.split(at_once)])
        ious[name] = float(part_ious(said, labels).mean())
    return PartsMetrics(ious)
