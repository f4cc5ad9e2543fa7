"""Small components are removed, the chair itself never is."""

from __future__ import annotations

import numpy as np
import pytest

from voxview.errors import InputError
from voxview.shapes.components import without_small_components


def chair_and_small_components() -> np.ndarray:
    """Return a block of 1,000 voxels, and components of 8 and of 27 voxels that do not touch it."""
    grid = np.zeros((32, 32, 32), bool)
    grid[:10, :10, :10] = grid[20:22, 20:22, 20:22] = grid[26:29, 26:29, 26:29] = True
    return grid


def test_only_components_below_the_share_are_removed() -> None:
    grid = chair_and_small_components()
    left = without_small_components(grid, 0.01)  # of 1,035 voxels: components of at most 10 are removed
    assert left.sum() == 1027 and not left[20:22, 20:22, 20:22].any() and left[27, 27, 27]
    assert without_small_components(grid, 0.1).sum() == 1000
    assert grid.sum() == 1035, "the input is not changed"


def test_a_share_of_zero_removes_nothing() -> None:
    assert (without_small_components(chair_and_small_components(), 0) == chair_and_small_components()).all()


def test_the_largest_components_are_never_removed() -> None:
    dust = np.zeros((32, 32, 32), bool)
    dust[::4, ::4, ::4] = True  # 512 components of one voxel
    assert (without_small_components(dust, 1.0) == dust).all()
    assert without_small_components(chair_and_small_components(), 1.0).sum() == 1000


def test_voxels_that_share_a_corner_are_one_component() -> None:
    grid = np.zeros((32, 32, 32), bool)
    grid[:10, :10, :10] = grid[10, 10, 10] = True
    assert without_small_components(grid, 0.5)[10, 10, 10]


def test_an_empty_grid_stays_empty() -> None:
    assert not without_small_components(np.zeros((32, 32, 32), bool)).any()


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_outside_zero_to_one_is_refused(share: float) -> None:
    with pytest.raises(InputError, match="0 to 1"):
        without_small_components(chair_and_small_components(), share)
