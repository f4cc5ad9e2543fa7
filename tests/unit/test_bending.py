"""Bent chairs are curved, and symmetric and inside the cube as before."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.components import is_one_piece
from voxview.training import bending
from voxview.training.augmentation import augment
from voxview.training.bending import bend


@pytest.fixture(scope="module")
def grids() -> torch.Tensor:
    return torch.from_numpy(np.stack([chair.read() for chair in list(sample_catalog())[::8]]).repeat(4, 0))


def bent(grids: torch.Tensor, strength: float, seed: int = 1) -> torch.Tensor:
    return bend(grids, strength, torch.Generator().manual_seed(seed))


def test_a_bent_chair_is_nearly_as_large_mostly_whole_and_as_symmetric(grids: torch.Tensor) -> None:
    after = bent(grids, 2.0)
    assert (after != grids).any((1, 2, 3)).float().mean() > 0.9
    assert (after == after.flip(1)).all()
    assert int(after.sum()) == pytest.approx(int(grids.sum()), rel=0.05)
    assert np.mean([is_one_piece(grid) for grid in after.numpy()]) > 0.9


def test_layers_slide_as_far_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bending, "_offsets", lambda n, strength, mirrored, _: torch.full((n, 32), strength))
    block = torch.zeros(1, 32, 32, 32, dtype=torch.bool)
    block[0, 10:22, 4:20, 12:16] = True
    far = bent(block, 20.0)
    assert far.sum() == 12 * 16 * 4 + 20 * 16 * 4, "what slides apart in x is filled in the middle"
    assert far[0, :, 31].any() and far[0, :, :, 31].any() and far[0, 0].any() and far[0, 31].any()
    back = bent(block, -20.0)
    assert back[0, :, 0].any() and back[0, :, :, 0].any() and back[0, 15].any(), (
        "and what slides together is kept"
    )


def test_what_leaned_to_one_side_is_mirrored_and_bent_as_its_mirror_image_is(grids: torch.Tensor) -> None:
    lopsided = grids.clone()
    lopsided[:, :12] &= torch.rand(len(grids), 12, 32, 32, generator=torch.Generator().manual_seed(3)) < 0.5
    assert (bent(lopsided.flip(1), 2.0) == bent(lopsided, 2.0).flip(1)).all()


def test_chairs_are_bent_on_demand_alone_and_alike_for_a_seed(grids: torch.Tensor) -> None:
    plain, straight, curved, again = (
        augment(grids, 0.25, torch.Generator().manual_seed(2), *more) for more in ((), (0.0,), (2.0,), (2.0,))
    )
    assert (plain == straight).all() and (curved == again).all() and (curved != plain).any()
    assert all(np.ptp(np.argwhere(grid), axis=0).max() >= 29 for grid in curved.numpy())
    unwarped = augment(grids, 0.0, torch.Generator().manual_seed(2), 2.0)
    assert (unwarped != grids).any((1, 2, 3)).float().mean() > 0.7, "also where nothing is warped"
