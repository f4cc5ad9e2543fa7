"""Virtual scans for `voxview evaluate --network points`: of held-out chairs, the same ones each time."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import torch
from torch.nn import functional as F

from voxview.model.point_pose import turn
from voxview.shapes.frame import Floats, Grids
from voxview.training.points.scan_config import CLEAN
from voxview.training.points.validation import SEED
from voxview.training.points.virtual_scan import scan


@dataclass(frozen=True)
class HeldOutScan:
    """What one kind of scans is like."""

    points: int
    views: tuple[float, ...] = ()
    """Shares of one, two and three views; empty: the whole surface."""
    noise: float = 0.0
    """Standard deviation along the rays, as a share of the longest side."""
    turned: bool = False
    """Whether each is turned about the vertical by any angle."""


SCANS: Mapping[str, HeldOutScan] = {
    "whole surface, 1,024 points": HeldOutScan(1024),
    "three views, 512 points, noise 1 %": HeldOutScan(512, (0.0, 0.0, 1.0), 0.01),
    "one view, 2,048 points, noise 0.5 %": HeldOutScan(2048, (1.0, 0.0, 0.0), 0.005),
    "one view, 2,048 points, noise 0.5 %, turned": HeldOutScan(2048, (1.0, 0.0, 0.0), 0.005, True),
}

Scan = Callable[[Grids], Floats]


def held_out_scanners() -> dict[str, Callable[[str], Scan]]:
    """Return what makes each of `SCANS` on a device."""

    def on_device(kind: HeldOutScan) -> Callable[[str], Scan]:
        return lambda device: _scanner(kind, device)

    return {name: on_device(kind) for name, kind in SCANS.items()}


def _scanner(kind: HeldOutScan, device: str) -> Scan:
    generator = torch.Generator(device).manual_seed(SEED)
    config = replace(CLEAN, voxels=1.0, whole=0.0 if kind.views else 1.0, views=kind.views or CLEAN.views)

    def clouds(grids: Grids) -> Floats:
        points, viewpoints = scan(torch.from_numpy(grids).to(device), kind.points, config, generator)
        if kind.noise:
            far = torch.randn(points.shape[:2], device=device, generator=generator)[..., None]
            points = points + kind.noise * far * F.normalize(viewpoints - points, dim=2)
        angle = 2 * math.pi * torch.rand(len(points), device=device, generator=generator)
        return (turn(points, angle) if kind.turned else points).float().cpu().numpy()

    return clouds
