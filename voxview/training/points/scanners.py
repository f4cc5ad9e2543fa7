"""The virtual scans that networks of points learn from, and those that they are measured on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor

from voxview.training.points.batch import Scanner
from voxview.training.points.scan_config import CLEAN, ScanConfig
from voxview.training.points.virtual_scan import scan

TRAINING, PARTS_TRAINING, WHOLE, ONE_VIEW = "training", "parts", "whole surface", "one view"

SCANS: Mapping[str, ScanConfig] = {
    TRAINING: ScanConfig(),
    PARTS_TRAINING: ScanConfig(whole=0.8, outliers=0.01, floor=0.02),
    WHOLE: replace(CLEAN, whole=1.0, voxels=1.0),
    ONE_VIEW: replace(CLEAN, whole=0.0, views=(1.0, 0.0, 0.0), voxels=1.0, noise=0.005),
}
"""What is scanned by its name. Held-out chairs are their voxels, as those of an evaluation are."""


def scanner(name: str) -> Scanner:
    """Return what makes the scans of a name in `SCANS`."""
    config = SCANS[name]

    def clouds(grids: Tensor, count: int, generator: torch.Generator) -> Tensor:
        return scan(grids, count, config, generator).points

    return clouds
