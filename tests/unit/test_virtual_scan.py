"""Virtual scans lie on the chair that they are of, and show what their viewpoint sees."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from voxview.shapes.catalogs.samples import sample_catalog
from voxview.training.points.scan_config import CLEAN, ScanConfig
from voxview.training.points.virtual_scan import Scans, scan

COUNT = 300
WHOLE = replace(CLEAN, whole=1.0, voxels=1.0)
ONE_VIEW = replace(CLEAN, whole=0.0, views=(1.0, 0.0, 0.0), voxels=1.0)


@pytest.fixture(scope="module")
def chairs() -> torch.Tensor:
    return torch.from_numpy(np.stack([chair.read() for chair in list(sample_catalog())[:6]]))


def scanned(chairs: torch.Tensor, config: ScanConfig, seed: int = 1) -> Scans:
    return scan(chairs, COUNT, config, torch.Generator().manual_seed(seed))


def occupied(chairs: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
    cell = torch.floor((points + 0.5) * 32).long()
    inside = ((cell >= 0) & (cell < 32)).all(-1)
    x, y, z = cell.clamp(0, 31).unbind(-1)
    which = torch.arange(len(chairs)).reshape(-1, *[1] * (points.dim() - 2))
    return chairs[which, x, y, z] & inside


def test_a_clean_cloud_of_the_whole_surface_lies_on_faces_of_voxels(chairs: torch.Tensor) -> None:
    points, viewpoints = scanned(chairs, WHOLE)
    assert points.shape == (6, COUNT, 3) and points.dtype == torch.float32
    assert viewpoints.isnan().all(), "a whole surface was seen from nowhere"
    to_face = ((points + 0.5) * 32 - ((points + 0.5) * 32).round()).abs().amin(-1)
    assert to_face.max() < 1e-3
    for chair, cloud in zip(chairs, points, strict=True):
        assert len(cloud.unique(dim=0)) == COUNT
        filled = chair.nonzero().float() / 32 - 0.5
        assert (cloud.amin(0) - filled.amin(0)).abs().max() < 0.05, "all sides have points"


def test_a_smooth_cloud_lies_within_a_voxel_of_the_steps(chairs: torch.Tensor) -> None:
    points = scanned(chairs, replace(WHOLE, voxels=0.0)).points
    places = (points + 0.5) * 32
    assert ((places - places.round()).abs().amin(-1) > 0.02).float().mean() > 0.5, "not on the steps"
    centres = [(chair.nonzero().float() + 0.5) / 32 - 0.5 for chair in chairs]
    far = [torch.cdist(cloud, filled).amin(1).max() for cloud, filled in zip(points, centres, strict=True)]
    assert max(far) < 1.3 / 32


def test_nothing_lies_between_a_point_and_its_viewpoint(chairs: torch.Tensor) -> None:
    points, viewpoints = scanned(chairs, ONE_VIEW)
    assert viewpoints.isfinite().all()
    assert all(len(views.unique(dim=0)) == 1 for views in viewpoints)
    away = (viewpoints - points) / (viewpoints - points).norm(dim=-1, keepdim=True)
    along = torch.arange(0.8, 30, 0.5) / 32
    ray = points[:, :, None] + along[:, None] * away[:, :, None]
    assert occupied(chairs, ray).any(-1).float().mean() < 0.03, "a ray may cut an edge between two samples"


def test_one_view_hides_the_other_side(chairs: torch.Tensor) -> None:
    block = torch.zeros(1, 32, 32, 32, dtype=torch.bool)
    block[:, 4:28, 4:28, 4:28] = True
    points, viewpoints = scanned(block, ONE_VIEW)
    eye = viewpoints[0, 0]
    for axis in range(3):
        if eye[axis].abs() > 0.375:  # of two opposite faces only the one towards the viewpoint
            assert (points[0, :, axis] * -eye[axis].sign()).max() < 0.3749


def test_defects_keep_the_count_and_are_finite(chairs: torch.Tensor) -> None:
    config = ScanConfig(whole=0.0, noise=0.05, outliers=0.3, floor=0.5, gaps=3, cut=1.0)
    points, viewpoints = scanned(chairs, config)
    assert points.shape == (6, COUNT, 3) and points.isfinite().all()
    assert viewpoints.isnan().any() and viewpoints.isfinite().any(), "strays were seen from nowhere"


def test_a_seed_gives_one_scan(chairs: torch.Tensor) -> None:
    first, again, other = (scanned(chairs, ScanConfig(), seed).points for seed in (1, 1, 2))
    assert torch.equal(first, again) and not torch.equal(first, other)


def test_an_empty_grid_gives_finite_points() -> None:
    assert scanned(torch.zeros(1, 32, 32, 32, dtype=torch.bool), ScanConfig()).points.isfinite().all()
