"""A good in-between is found without all pairs, and what is found gets better."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from voxview.engine import surprise
from voxview.engine.engine import Engine
from voxview.engine.surprise import Surprise, find_surprise
from voxview.errors import InputError
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Grid
from voxview.to_end import run_to_end


@pytest.fixture(scope="module")
def engine() -> Engine:
    """Return an engine whose weights decode quickly and refine nothing."""
    return Engine("study", "cpu")


def _gone() -> Grid:
    raise InputError("the file is gone")


def _finds(engine: Engine, chairs: list[Chair], known: tuple[frozenset[Chair], ...] = ()) -> list[Surprise]:
    search = find_surprise(engine, chairs, "numpy", "cpu", np.random.default_rng(1), known)
    return [step.value for step in search if isinstance(step.value, Surprise)]


@pytest.fixture(autouse=True)
def few_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at fewer pairs than the program does."""
    monkeypatch.setattr(surprise, "PAIRS", 4)
    monkeypatch.setattr(surprise, "_CLOSER_A_ROUND", 2)
    monkeypatch.setattr(surprise, "_CHAIRS_A_ROUND", 4)
    monkeypatch.setattr(surprise, "_PAIRS_A_ROUND", 6)


def test_each_find_is_good_and_newer_than_the_one_before(engine: Engine) -> None:
    finds = _finds(engine, list(sample_catalog())[:20])
    assert finds
    assert all(one.quality.is_good and 0 < one.t < 1 and one.a != one.b for one in finds)
    worths = [one.worth for one in finds]
    assert all(after > before + surprise.BETTER for before, after in pairwise(worths))


def test_the_first_find_comes_before_any_pair_is_refined(engine: Engine) -> None:
    chairs = list(sample_catalog())[:20]
    search = find_surprise(engine, chairs, "numpy", "cpu", np.random.default_rng(1))
    first = next(step for step in search if isinstance(step.value, Surprise))
    assert first.done == 0 and first.value.t == 0.5 and first.value.quality.is_good


def test_the_novelty_is_what_the_engine_shows_at_that_t(engine: Engine) -> None:
    chairs = list(sample_catalog())[:5]
    found = _finds(engine, chairs)[-1]
    request = surprise.BlendRequest(found.a, found.b, found.t, "numpy", "cpu")
    grid = engine.blend(request).field > 0.5
    ious = [(grid & other).sum() / (grid | other).sum() for other in map(engine.grid, chairs)]
    assert found.quality.novelty == pytest.approx(1 - max(ious), abs=1e-3)


def test_pairs_that_were_found_before_are_left_out(engine: Engine) -> None:
    three = list(sample_catalog())[:3]
    pairs = [frozenset(pair) for pair in ((three[0], three[1]), (three[0], three[2]), (three[1], three[2]))]
    assert _finds(engine, three), "there is something to find"
    looked = _finds(engine, three, tuple(pairs[:2]))
    assert {frozenset((one.a, one.b)) for one in looked} <= {pairs[2]}
    assert _finds(engine, three, tuple(pairs)) == []


def test_what_cannot_be_read_is_passed_over_and_all_of_it_is_an_error(engine: Engine) -> None:
    chairs = list(sample_catalog())[:4]
    broken = [replace(chair, id=f"gone {chair.id}", read=_gone) for chair in chairs]
    search = find_surprise(engine, [*broken, *chairs], "numpy", "cpu", np.random.default_rng(0))
    found = run_to_end(search)
    assert found is None or not {found.a, found.b} & set(broken)
    with pytest.raises(InputError, match="fewer than two of the listed chairs can be read"):
        run_to_end(find_surprise(engine, broken, "numpy", "cpu", np.random.default_rng(0)))


def test_a_blend_that_would_fall_over_counts_for_less_and_one_in_pieces_for_nothing() -> None:
    good = surprise.ShapeQuality(1.0, 1, 0, True, True, 0.9, 0.4, 0.9)
    chair = sample_catalog()[0]
    worth = {
        name: Surprise(chair, chair, 0.5, quality).worth
        for name, quality in (
            ("good", good),
            ("falls", replace(good, is_stable=False)),
            ("pieces", replace(good, largest_share=0.5)),
            ("strange", replace(good, novelty=0.7)),
            ("stranger", replace(good, novelty=0.9)),
        )
    }
    assert worth == pytest.approx({"good": 0.4, "falls": 0.1, "pieces": 0, "strange": 0.2, "stranger": 0})
