"""Pieces are found as SciPy finds them, and what mends a blend is the way that is missing."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from voxview.model.mending import mending_loss, what_is_wrong
from voxview.model.metrics import is_one_piece
from voxview.model.pieces import label_pieces, largest_piece_of_each


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.02, 0.6))
def test_pieces_are_those_that_scipy_finds(seed: int, density: float) -> None:
    occupied = np.random.default_rng(seed).random((2, 1, 12, 12, 12)) < density
    ours = label_pieces(torch.from_numpy(occupied)).numpy()
    for got, grid in zip(ours[:, 0], occupied[:, 0], strict=True):
        labels, count = ndimage.label(grid, np.ones((3, 3, 3)))
        assert len(np.unique(got[grid])) == count
        pairs = np.unique(np.stack([got[grid], labels[grid]]), axis=1)
        assert pairs.shape[1] == count


def seat_and_leg(gap: float) -> torch.Tensor:
    """A seat and, below it, a leg; between them three voxels of the probability `gap`."""
    p = torch.full((1, 1, 32, 32, 32), 0.001)
    p[..., 8:24, 14:17, 8:24] = 0.9
    p[..., 10, 0:11, 10] = 0.9
    p[..., 10, 11:14, 10] = gap
    return p


def test_the_way_between_two_pieces_is_asked_for() -> None:
    p = seat_and_leg(0.2)
    way, lost = what_is_wrong(p)
    assert way[0, 0, 10, 11:14, 10].all() and way.sum() <= 6 and not lost.any()
    mended = ((p > 0.5) | way)[0, 0].numpy()
    assert is_one_piece(mended) and not is_one_piece((p > 0.5)[0, 0].numpy())


def test_a_crumb_that_nothing_leads_to_is_asked_to_go() -> None:
    way, lost = what_is_wrong(seat_and_leg(0.001))
    assert not way.any() and lost.sum() == 11 and lost[0, 0, 10, 0:11, 10].all()


def test_a_part_of_the_chair_is_never_asked_to_go() -> None:
    p = seat_and_leg(0.001)
    p[..., 8:16, 0:8, 8:16] = 0.9
    way, lost = what_is_wrong(p)
    assert not way.any() and not lost.any()


def test_what_is_whole_is_left_alone() -> None:
    assert not any(part.any() for part in what_is_wrong(seat_and_leg(0.7)))
    assert mending_loss(torch.logit(seat_and_leg(0.7))) == 0


def test_following_the_loss_joins_the_pieces() -> None:
    logits = torch.logit(seat_and_leg(0.2)).requires_grad_()
    optimiser = torch.optim.SGD([logits], lr=300)
    for _ in range(20):
        optimiser.zero_grad()
        mending_loss(logits).backward()
        optimiser.step()
    assert is_one_piece((logits > 0)[0, 0].detach().numpy())


def test_the_largest_piece_is_kept_of_each() -> None:
    p = seat_and_leg(0.001).repeat(2, 1, 1, 1, 1)
    p[1] = 0
    kept = largest_piece_of_each(p > 0.5)
    assert kept[0].sum() == 16 * 3 * 16 and kept[1].sum() == 0
