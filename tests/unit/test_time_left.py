"""The time left that is told is within a factor of 1.5 of the true one, from the first tenth on."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import numpy as np
import pytest

from voxview.engine.all_pairs import score_all_pairs
from voxview.engine.engine import Engine
from voxview.engine.scores.pair_scores import ENCODING_COST, blends_of
from voxview.engine.time_left import TimeLeft
from voxview.shapes.catalogs.samples import sample_catalog


class Clock:
    """A clock that a test moves on."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def worst_ratio(steps: Iterable[tuple[float, float]], first: float = 0.1) -> float:
    """Return by which factor the worst estimate was wrong after the first tenth, and before the last one.

    `steps` are (seconds that it took, the share of the cost that is done then).
    """
    steps = list(steps)
    clock, whole = Clock(), sum(seconds for seconds, _ in steps)
    left, end, worst = TimeLeft(clock), clock.now + whole, 1.0
    for seconds, share in steps:
        clock.now += seconds
        left.note(share)
        true, told = end - clock.now, left.seconds()
        if first * whole <= whole - true <= 0.9 * whole:
            assert told is not None
            worst = max(worst, told / true, true / told)
    return worst


def steady(count: int, seconds: float) -> list[tuple[float, float]]:
    return [(seconds, (i + 1) / count) for i in range(count)]


def two_stages(n: int, steps: int, a_chair: float, a_blend: float) -> list[tuple[float, float]]:
    """Steps of all pairs: a chair takes `a_chair` seconds, a blend `a_blend`."""
    blends = blends_of(n, steps)
    cost = n * ENCODING_COST + blends
    chairs = [(a_chair, (i + 1) * ENCODING_COST / cost) for i in range(n)]
    return [*chairs, *((a_blend, (n * ENCODING_COST + i + 1) / cost) for i in range(blends))]


def test_steady_work_is_told_exactly() -> None:
    assert worst_ratio(steady(200, 0.1)) == pytest.approx(1)


def test_steps_that_vary_at_random_are_told_within_the_factor() -> None:
    rng = np.random.default_rng(1)
    assert worst_ratio((float(rng.exponential(0.1)), (i + 1) / 1000) for i in range(1000)) < 1.5


@pytest.mark.parametrize("chair_in_blends", [13, 18], ids=["samples", "real chairs"])
@pytest.mark.parametrize(("n", "steps"), [(50, 11), (20, 11), (100, 5)])
def test_chairs_and_blends_are_weighed_by_what_they_take(n: int, steps: int, chair_in_blends: int) -> None:
    """Measured: a sample chair takes as long as 13 blends, a real one as long as 18."""
    assert worst_ratio(two_stages(n, steps, 0.01 * chair_in_blends, 0.01)) < 1.5


def test_a_chair_that_counts_as_four_blends_would_be_told_wrong() -> None:
    timed = two_stages(50, 3, 0.28, 0.01)
    counted = np.cumsum([4] * 50 + [1] * blends_of(50, 3))
    shares = counted / counted[-1]
    assert worst_ratio((seconds, share) for (seconds, _), share in zip(timed, shares, strict=True)) > 2


def test_a_machine_that_becomes_busy_is_taken_into_account() -> None:
    slower = [(0.1 if i < 100 else 0.2, (i + 1) / 400) for i in range(400)]
    clock = Clock()
    left = TimeLeft(clock)
    for seconds, share in slower[:250]:
        clock.now += seconds
        left.note(share)
    assert left.seconds() == pytest.approx(150 * 0.2, rel=0.1)


def test_there_is_no_estimate_before_anything_is_known() -> None:
    clock = Clock()
    left = TimeLeft(clock)
    assert left.seconds() is None
    clock.now += 0.5
    left.note(0.5)
    assert left.seconds() is None, "half a second is no basis"
    clock.now += 10
    left.note(1.0)
    assert left.seconds() == 0


def test_a_step_that_takes_long_lets_the_time_go_on() -> None:
    clock = Clock()
    left = TimeLeft(clock)
    for seconds, share in steady(10, 1.0)[:5]:
        clock.now += seconds
        left.note(share)
    clock.now += 2
    assert left.seconds() == pytest.approx(3)
    clock.now += 100
    assert left.seconds() == 0


def test_a_next_round_begins_anew() -> None:
    clock = Clock()
    left = TimeLeft(clock)
    for seconds, share in itertools.chain(steady(10, 1.0), steady(10, 3.0)[:5]):
        clock.now += seconds
        left.note(share)
    assert left.seconds() == pytest.approx(15, rel=0.1)


def test_what_all_pairs_yield_is_in_proportion_to_their_cost() -> None:
    engine = Engine(device="cpu")
    chairs = tuple(sample_catalog()[:3])
    *_, encoded, _ = (
        step for step in score_all_pairs(engine, chairs, 5, "numpy", "cpu") if step.unit == "chairs"
    )
    blends = blends_of(3, 5)
    assert encoded.share is not None and encoded.done == 2
    assert encoded.share == pytest.approx(2.95 * ENCODING_COST / (3 * ENCODING_COST + blends), rel=0.05)
