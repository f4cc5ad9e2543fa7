"""Crumbs go, chairs stay."""

from __future__ import annotations

import numpy as np
import pytest

from voxview.errors import InputError
from voxview.shapes.crumbs import without_crumbs


def chair_and_crumbs() -> np.ndarray:
    """A block of 1,000 voxels, a crumb of 8 and one of 27 that do not touch it."""
    grid = np.zeros((32, 32, 32), bool)
    grid[:10, :10, :10] = grid[20:22, 20:22, 20:22] = grid[26:29, 26:29, 26:29] = True
    return grid


def test_only_pieces_below_the_share_go() -> None:
    grid = chair_and_crumbs()
    left = without_crumbs(grid, 0.01)  # of 1,035 voxels: pieces of at most 10 go
    assert left.sum() == 1027 and not left[20:22, 20:22, 20:22].any() and left[27, 27, 27]
    assert without_crumbs(grid, 0.1).sum() == 1000
    assert grid.sum() == 1035, "what came is not changed"


def test_a_share_of_nothing_removes_nothing() -> None:
    assert (without_crumbs(chair_and_crumbs(), 0) == chair_and_crumbs()).all()


def test_never_everything_goes() -> None:
    dust = np.zeros((32, 32, 32), bool)
    dust[::4, ::4, ::4] = True  # 512 pieces of one voxel
    assert (without_crumbs(dust, 1.0) == dust).all()
    assert without_crumbs(chair_and_crumbs(), 1.0).sum() == 1000


def test_corners_hold_a_piece_together() -> None:
    grid = np.zeros((32, 32, 32), bool)
    grid[:10, :10, :10] = grid[10, 10, 10] = True
    assert without_crumbs(grid, 0.5)[10, 10, 10]


def test_an_empty_grid_stays_empty() -> None:
    assert not without_crumbs(np.zeros((32, 32, 32), bool)).any()


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_is_between_nothing_and_everything(share: float) -> None:
    with pytest.raises(InputError, match="0 to 1"):
        without_crumbs(chair_and_crumbs(), share)
