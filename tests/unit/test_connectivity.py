"""Connected components are those of SciPy, and the connectivity loss joins them along the missing path."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from voxview.shapes.components import is_one_piece
from voxview.training.components import dilate, label_components, largest_component_of_each
from voxview.training.connectivity import connectivity_loss, connectivity_targets


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.02, 0.6))
def test_connected_components_are_those_that_scipy_finds(seed: int, density: float) -> None:
    occupied = np.random.default_rng(seed).random((2, 1, 12, 12, 12)) < density
    ours = label_components(torch.from_numpy(occupied)).numpy()
    for got, grid in zip(ours[:, 0], occupied[:, 0], strict=True):
        labels, count = ndimage.label(grid, np.ones((3, 3, 3)))
        assert len(np.unique(got[grid])) == count
        pairs = np.unique(np.stack([got[grid], labels[grid]]), axis=1)
        assert pairs.shape[1] == count


def test_each_voxel_learns_the_largest_value_around_it() -> None:
    x = torch.randn(2, 1, 5, 6, 7, generator=torch.Generator().manual_seed(0))
    assert torch.equal(dilate(x), F.max_pool3d(x, 3, 1, 1))
    assert dilate(x.to("meta")).shape == x.shape  # by the operations of a GPU


def seat_and_leg(gap: float) -> torch.Tensor:
    """Return a seat and, below it, a leg; between them three voxels of the probability `gap`."""
    p = torch.full((1, 1, 32, 32, 32), 0.001)
    p[..., 8:24, 14:17, 8:24] = 0.9
    p[..., 10, 0:11, 10] = 0.9
    p[..., 10, 11:14, 10] = gap
    return p


def test_the_path_between_two_components_is_to_be_added() -> None:
    p = seat_and_leg(0.2)
    path, removed = connectivity_targets(p)
    assert path[0, 0, 10, 11:14, 10].all() and path.sum() <= 6 and not removed.any()
    joined = ((p > 0.5) | path)[0, 0].numpy()
    assert is_one_piece(joined) and not is_one_piece((p > 0.5)[0, 0].numpy())


def test_a_small_component_without_a_path_is_to_be_removed() -> None:
    path, removed = connectivity_targets(seat_and_leg(0.001))
    assert not path.any() and removed.sum() == 11 and removed[0, 0, 10, 0:11, 10].all()


def test_a_part_of_the_chair_is_never_to_be_removed() -> None:
    p = seat_and_leg(0.001)
    p[..., 8:16, 0:8, 8:16] = 0.9
    path, removed = connectivity_targets(p)
    assert not path.any() and not removed.any()


def test_a_blend_in_one_piece_has_no_connectivity_loss() -> None:
    assert not any(part.any() for part in connectivity_targets(seat_and_leg(0.7)))
    assert connectivity_loss(torch.logit(seat_and_leg(0.7))) == 0


def test_descending_the_loss_joins_the_components() -> None:
    logits = torch.logit(seat_and_leg(0.2)).requires_grad_()
    optimiser = torch.optim.SGD([logits], lr=300)
    for _ in range(20):
        optimiser.zero_grad()
        connectivity_loss(logits).backward()
        optimiser.step()
    assert is_one_piece((logits > 0)[0, 0].detach().numpy())


def test_the_largest_component_of_each_is_kept() -> None:
    p = seat_and_leg(0.001).repeat(2, 1, 1, 1, 1)
    p[1] = 0
    kept = largest_component_of_each(p > 0.5)
    assert kept[0].sum() == 16 * 3 * 16 and kept[1].sum() == 0
