"""Warped chairs are still chairs: whole, centred, as large as before, and symmetric if they were."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.components import is_one_piece
from voxview.training.augmentation import augment


@pytest.fixture(scope="module")
def grids() -> np.ndarray:
    return np.stack([chair.read() for chair in list(sample_catalog())[::12]])


def warped(grids: np.ndarray, strength: float, seed: int = 1) -> np.ndarray:
    return augment(torch.from_numpy(grids), strength, torch.Generator().manual_seed(seed)).numpy()


def extents(grid: np.ndarray) -> list[int]:
    return [int(np.ptp(np.nonzero(grid.any(axis=a))[0])) + 1 for a in ((1, 2), (0, 2), (0, 1))]


def test_a_warped_chair_is_in_as_many_pieces_and_as_long_as_before(grids: np.ndarray) -> None:
    for before, after in zip(grids, warped(grids, 0.3), strict=True):
        assert is_one_piece(after) or not is_one_piece(before)
        assert max(extents(after)) == pytest.approx(max(extents(before)), abs=1)


def test_most_chairs_change_and_a_strength_of_nothing_only_mirrors(grids: np.ndarray) -> None:
    changed = (warped(grids, 0.3) != grids).any((1, 2, 3))
    assert changed.mean() > 0.6
    for before, after in zip(grids, warped(grids, 0.0), strict=True):
        assert (after == before).all() or (after == before[::-1]).all()


def test_most_symmetric_chairs_stay_so_and_some_are_moved_or_warped_on_one_side(grids: np.ndarray) -> None:
    after = warped(np.concatenate([grids | grids[:, ::-1]] * 20), 0.3)
    same = (after == after[:, ::-1]).all((1, 2, 3))
    left = (after[:, 1:] == after[:, :0:-1]).all((1, 2, 3))
    right = (after[:, :-1] == after[:, -2::-1]).all((1, 2, 3))
    assert 0.6 < same.mean() < 0.85  # a cell's centre may fall on an edge
    assert 0.02 < left.mean() < 0.15 and 0.02 < right.mean() < 0.15, "half a voxel to either side"
    assert (~same & ~left & ~right).mean() > 0.04


def test_a_leg_of_one_voxel_never_vanishes() -> None:
    grid = np.zeros((64, 32, 32, 32), bool)
    grid[:, 4:28, 12:14, 4:28] = True
    grid[:, 8, 0:12, 8] = grid[:, 23, 0:12, 8] = True
    for after in warped(grid, 0.4):
        lowest = after[:, int(after.any((0, 2)).argmax())]
        assert is_one_piece(after) and 2 <= lowest.sum() <= 8


def test_the_same_seed_warps_alike_and_another_does_not(grids: np.ndarray) -> None:
    assert (warped(grids, 0.3, 5) == warped(grids, 0.3, 5)).all()
    assert (warped(grids, 0.3, 5) != warped(grids, 0.3, 6)).any()
