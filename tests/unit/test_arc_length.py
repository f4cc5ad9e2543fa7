"""Arc length along a morph, and steps that change the shape equally."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from voxview.model.arc_length import EVEN_PACE, ArcLength, Placement, place_evenly
from voxview.model.metrics import largest_over_mean, path_steps
from voxview.shapes.frame import Doubles

Volume = Callable[[Doubles], Doubles]
"""How many voxels are occupied at each t."""


def measured(volume: Volume, t: Doubles) -> Doubles:
    """Return the steps of a path on which a block of voxels grows, a voxel after the other."""
    in_order = np.arange(32**3).reshape(1, 32, 32, 32)
    return path_steps(in_order < volume(t).round()[:, None, None, None])


def placed(volume: Volume, count: int = 11) -> Placement:
    """Return what the search for even steps finds on such a path."""
    search = place_evenly(count)
    t = next(search)
    while True:
        try:
            t = search.send(measured(volume, t))
        except StopIteration as end:
            placement: Placement = end.value
            return placement


def fast_in_the_middle(t: Doubles) -> Doubles:
    return 8000 + 16000 / (1 + np.exp(-40 * (t - 0.6)))


def jumping(t: Doubles) -> Doubles:
    return 8000 + 2000 * t + np.where(t > 0.537, 8000, 0)


def still(t: Doubles) -> Doubles:
    return np.full(len(t), 9000.0)


def test_the_share_rises_from_exactly_0_to_exactly_1_and_back_again() -> None:
    t = np.linspace(0, 1, 101)
    arc = ArcLength.of(t, np.where((t[1:] > 0.3) & (t[1:] < 0.5), 0.0, 0.02))
    shares = [arc.share_at(one) for one in t]
    assert shares[0] == 0.0 and shares[-1] == 1.0 and np.all(np.diff(shares) > 0)
    assert (arc.t_at(0.0), arc.t_at(1.0)) == (0.0, 1.0)
    assert [arc.t_at(share) for share in shares] == pytest.approx(t)
    back = arc.reversed()
    assert [back.share_at(1 - one) for one in t] == pytest.approx([1 - share for share in shares])


def test_positions_are_dense_where_the_shape_changes_fast() -> None:
    t = np.linspace(0, 1, 101)
    arc = ArcLength.of(t, np.where(t[1:] <= 0.5, 0.03, 0.01))
    assert arc.positions(5) == pytest.approx([0, 1 / 6, 1 / 3, 0.5, 1], abs=1e-5)


@pytest.mark.parametrize("count", [2, 5, 11, 40])
def test_a_morph_that_changes_in_its_middle_gets_even_steps(count: int) -> None:
    assert largest_over_mean(measured(fast_in_the_middle, np.linspace(0, 1, 11))) > 4
    morph = placed(fast_in_the_middle, count)
    assert morph.t[0] == 0.0 and morph.t[-1] == 1.0 and len(morph.t) == count
    assert np.all(np.diff(morph.t) > 0)
    assert morph.is_even and morph.largest_over_mean < 1.1
    assert np.array_equal(morph.steps, measured(fast_in_the_middle, morph.t))


def test_a_jump_cannot_be_made_even_and_it_is_said_where_it_is() -> None:
    morph = placed(jumping)
    assert not morph.is_even and morph.largest_over_mean > EVEN_PACE
    before, after = morph.largest
    assert before <= 0.537 < after
    linear = Placement(np.linspace(0, 1, 11), measured(jumping, np.linspace(0, 1, 11)))
    assert morph.largest_over_mean <= linear.largest_over_mean
    assert morph.t[0] == 0.0 and morph.t[-1] == 1.0 and np.all(np.diff(morph.t) >= 0)


def test_two_chairs_that_are_the_same_are_linear() -> None:
    morph = placed(still)
    assert morph.t == pytest.approx(np.linspace(0, 1, 11))
    assert morph.is_even and morph.largest_over_mean == 1.0


def test_what_was_measured_corrects_the_arc_length_and_keeps_its_course_in_between() -> None:
    t = np.linspace(0, 1, 101)
    arc = ArcLength.of(t, np.where(t[1:] <= 0.25, 0.03, 0.01))
    corrected = arc.corrected(np.array([0, 0.5, 1]), np.array([0.1, 0.3]))
    assert corrected.share_at(0.5) == pytest.approx(0.25, abs=1e-5)
    assert corrected.share_at(0.25) / corrected.share_at(0.5) == pytest.approx(0.75, abs=1e-5)
