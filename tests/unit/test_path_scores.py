"""Every blend of a pair's path is scored from what was decoded ahead, and nothing is decoded twice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from voxview.engine.engine import Engine
from voxview.engine.request import PATH_STEPS, BlendRequest
from voxview.engine.scores.path_scores import PathScores
from voxview.model.metrics import is_stable, largest_iou, lowest_layers, stands, symmetry
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.components import is_one_piece, largest_component

A, B = sample_catalog()[0], sample_catalog()[1]
REQUEST = BlendRequest(A, B, 0.5)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine("study", device="cpu")


@pytest.fixture(scope="module")
def scores(engine: Engine) -> PathScores:
    *_, last = engine.decode_ahead(REQUEST)
    assert last.scores is not None
    return last.scores


def scores_with(whole: list[float], standing: list[float]) -> PathScores:
    new = np.full(len(whole), 0.3, np.float32)
    one, none = np.ones_like(new), np.zeros_like(new)
    return PathScores(REQUEST, 1.0, *np.array([whole, standing, new, one, none, standing, one], np.float32))


@pytest.mark.parametrize("step", [0, 13, 37, 50, 80, 100])
def test_a_score_is_what_the_metrics_say_of_that_blend(engine: Engine, scores: PathScores, step: int) -> None:
    grid = engine.blend(replace(REQUEST, t=step / 100, live=True)).grid
    chairs = np.stack([A.read(), B.read()])
    floors = lowest_layers(chairs)
    floor = {0: floors[0], 100: floors[1]}.get(step, floors.max())
    assert scores.is_whole(step) == is_one_piece(grid)
    assert scores.is_standing(step) == stands(grid, int(floor))
    nearest = largest_iou(grid.reshape(1, -1), chairs.reshape(2, -1))[0]
    assert scores.novelty[step] == pytest.approx(1 - nearest, abs=1e-6)
    piece, sizes = largest_component(grid)
    assert scores.stable[step] == is_stable(piece, int(floor))
    assert scores.pieces[step] == len(sizes) and scores.loose[step] == sizes.sum() - sizes.max()
    assert scores.symmetry[step] == np.float32(symmetry(grid))
    assert scores.chairs_symmetry == min(symmetry(chair) for chair in chairs)


def test_at_the_ends_a_blend_is_as_new_as_its_chair_is_badly_held(engine: Engine, scores: PathScores) -> None:
    a, b = engine.load_pair(A, B)
    assert scores.novelty[[0, -1]] == pytest.approx([1 - a.iou, 1 - b.iou], abs=1e-6)


def test_scores_fill_as_the_path_is_decoded(engine: Engine) -> None:
    known = []
    fresh = engine.with_weights("study")
    for event in fresh.decode_ahead(replace(REQUEST, t=0.8)):
        if event.scores is not None:
            known.append(sum(map(event.scores.is_known, range(PATH_STEPS))))
            assert known[-1] <= event.done
    assert known[0] == 0 and known[-1] == PATH_STEPS and known == sorted(known)


def test_blends_are_counted_as_each_of_them_is_described() -> None:
    chances = np.random.default_rng(5)
    whole = chances.choice([0.5, 0.98, 0.99, 0.995, 1.0], PATH_STEPS)
    flags, pieces = chances.integers(0, 2, (2, PATH_STEPS)), chances.integers(1, 3, PATH_STEPS)
    symmetry, rest = chances.choice([0.6, 0.7, 0.8, 0.9], PATH_STEPS), np.zeros(PATH_STEPS)
    rows = np.array([whole, flags[0], rest, pieces, rest, flags[1], symmetry], np.float32)
    rows[:, ::7] = np.nan  # not scored yet
    scores = PathScores(REQUEST, float(np.float32(0.8)), *rows)
    known = [one for step in range(PATH_STEPS) if (one := scores.quality(step)) is not None]
    assert scores.counts() == (
        len(known),
        sum(one.in_one_piece for one in known),
        sum(one.pieces == 1 for one in known),
        sum(one.stands for one in known),
        sum(one.stands and not one.is_stable for one in known),
        sum(one.is_lopsided for one in known),
    )
    assert 0 < scores.counts().lopsided < len(known) == PATH_STEPS - 15


def test_nothing_is_decoded_for_the_scores(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh, decoded = engine.with_weights("study"), []
    pipeline = fresh.pipelines["cpu"]
    decode = pipeline.decode
    monkeypatch.setattr(pipeline, "decode", lambda a, b, t, on: decoded.extend(t) or decode(a, b, t, on))
    pipeline.shape = lambda *_: None  # type: ignore[method-assign]  # warming up is no part of the path
    for _ in fresh.decode_ahead(REQUEST):
        pass
    assert sorted(decoded) == pytest.approx(np.arange(PATH_STEPS) / 100)


def test_a_reversed_path_keeps_its_scores(engine: Engine, scores: PathScores) -> None:
    back = next(iter(engine.decode_ahead(BlendRequest(B, A, 0.5)))).scores
    assert back is not None and (back.request.a, back.request.b) == (B, A)
    for name in ("whole", "standing", "novelty", "pieces", "loose", "stable", "symmetry"):
        assert np.array_equal(getattr(back, name), getattr(scores, name)[::-1])
    assert back.chairs_symmetry == scores.chairs_symmetry


def test_the_nearest_good_blend_is_whole_and_stands() -> None:
    nan = float("nan")
    scores = scores_with([1.0, 0.5, 0.98, 1.0, nan], [1, 1, 1, 0, nan])
    assert [scores.is_known(step) for step in (3, 4)] == [True, False]
    assert [scores.is_good(step) for step in range(5)] == [True, False, False, False, False]
    assert scores.nearest_good(0.9) == 0.0
    assert scores_with([0.5, nan], [1, nan]).nearest_good(0.5) is None
