"""All pairs of a set: every blend is scored once, and matrices and choices are those of the scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from voxview.engine.all_pairs import MAX_CHAIRS, score_all_pairs
from voxview.engine.engine import Engine
from voxview.engine.fallback import CpuFallback
from voxview.engine.scores.cuda_scorer import parts_of_rows
from voxview.engine.scores.fallback_scorer import FallbackScorer
from voxview.engine.scores.pair_scores import PairScores
from voxview.engine.scores.scorer import CpuScorer
from voxview.engine.step import Step
from voxview.errors import InputError
from voxview.latent.interpolate import interpolate_all_pairs
from voxview.model.autoencoder import load_autoencoder
from voxview.model.metrics import intersection_over_union, lowest_layers, stands, symmetry
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.components import is_one_piece

CHAIRS = tuple(sample_catalog()[:5])
STEPS = 5


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine("study", device="cpu")


@pytest.fixture(scope="module")
def run(engine: Engine) -> tuple[list[Step], PairScores]:
    steps = score_all_pairs(engine, CHAIRS, STEPS, "numpy", "cpu")
    yielded = []
    while True:
        try:
            yielded.append(next(steps))
        except StopIteration as end:
            return yielded, end.value


@pytest.fixture(scope="module")
def scores(run: tuple[object, PairScores]) -> PairScores:
    return run[1]


def test_every_score_is_that_of_the_blend_decoded_alone(scores: PairScores) -> None:
    autoencoder = load_autoencoder("study", "cpu")
    grids = np.stack([chair.read() for chair in CHAIRS])
    floors = lowest_layers(grids)
    blends = interpolate_all_pairs(autoencoder.encode(grids), scores.t)
    decoded = autoencoder.decode(blends.reshape(-1, 8, 8)) > 0.5
    for place, blend in zip(np.ndindex(5, 5, STEPS), decoded, strict=True):
        most_alike = intersection_over_union(np.broadcast_to(blend, grids.shape), grids).max()
        # (j, i) at 1 − t rounds otherwise than (i, j) at t: a voxel at 0.5 may fall either way.
        assert scores.novelty[place] == pytest.approx(1 - most_alike, abs=3e-3)
        assert scores.symmetry[place] == pytest.approx(symmetry(blend), abs=3e-3)
        i, j, step = place
        parents = [i] if step == 0 else [j] if step == STEPS - 1 else [i, j]
        assert scores.standing[place] == stands(blend, floors[parents].max())
        assert (scores.whole[place] >= 0.99) == is_one_piece(blend) or abs(scores.whole[place] - 0.99) < 3e-3


def test_progress_counts_the_chairs_and_then_each_blend_once(run: tuple[list[Step], PairScores]) -> None:
    yielded, _ = run
    assert yielded[0] == Step(0, 5, None, "chairs", 0.0)
    blends = [step for step in yielded if step.unit == "blends"]
    assert yielded[-len(blends) :] == blends
    done, total = [step.done for step in blends], 5 + 10 * (STEPS - 2)
    assert done[-1] == total and done == sorted(set(done))
    assert {step.total for step in blends} == {total} and max(np.diff([0, *done])) <= 4
    shares = [step.share for step in yielded]
    assert shares == sorted(shares) and shares[-1] == 1  # type: ignore[type-var]
    first = next(step.value for step in blends if step.value is not None)
    assert np.isnan(first.whole[0, 1, 1]) and not np.isnan(first.whole[0, 1, 0])


def test_half_way_comes_first(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voxview.engine.all_pairs._SHOWN_EVERY", 0.0)
    for done, _, so_far, unit, _ in score_all_pairs(engine, CHAIRS, STEPS, "numpy", "cpu"):
        if unit == "blends" and done == 5 + 10:
            assert so_far is not None
            known = ~np.isnan(so_far.whole)
            assert known[:, :, STEPS // 2].all() and not known[0, 1, 1]
            return
    pytest.fail("there was no moment at which every pair had been looked at once")


def test_a_matrix_is_one_step_or_the_steps_between_the_ends(scores: PairScores) -> None:
    assert np.array_equal(scores.matrix("whole", 2), scores.whole[:, :, 2])
    assert np.allclose(scores.matrix("novelty", None), scores.novelty[:, :, 1:-1].mean(2))
    assert np.allclose(scores.matrix("symmetry", None), scores.symmetry[:, :, 1:-1].mean(2))
    assert np.array_equal(scores.matrix("good", None), scores.good[:, :, 1:-1].max(2))


def test_good_is_the_novelty_of_what_is_whole_and_stands(scores: PairScores) -> None:
    passes = (scores.whole >= 0.99) & (scores.standing == 1)
    assert passes.any() and not passes.all()
    assert np.array_equal(scores.good, np.where(passes, scores.novelty, 0))


def test_a_blend_is_compared_with_the_less_symmetric_of_its_two_chairs(scores: PairScores) -> None:
    assert scores.chairs_symmetry.tolist() == [np.float32(symmetry(chair.read())) for chair in CHAIRS]
    of_one = replace(scores, chairs_symmetry=np.array([0.9, 0.7, 1, 1, 1], np.float32))
    quality = of_one.quality(1, 3, 2)
    assert quality is not None and quality.chairs_symmetry == pytest.approx(0.7)
    assert quality.symmetry == scores.symmetry[1, 3, 2]


def test_a_surprise_is_a_good_and_new_blend_between_two_chairs(scores: PairScores) -> None:
    for seed in range(20):
        found = scores.surprise(np.random.default_rng(seed), among=3)
        assert found is not None
        i, j, step = found
        assert i < j and 0 < step < STEPS - 1
        upper = [scores.good[a, b, s] for a in range(5) for b in range(a + 1, 5) for s in range(1, STEPS - 1)]
        assert scores.good[i, j, step] >= sorted(upper)[-3] > 0


def test_no_surprise_where_nothing_is_good(scores: PairScores) -> None:
    fallen = replace(scores, standing=0 * scores.standing)
    assert fallen.surprise(np.random.default_rng(0)) is None
    i, j = 0, 1
    assert scores.whole[i, j, fallen.best_step(i, j)] == scores.whole[i, j, 1:-1].max()


def test_the_best_step_of_a_pair_is_its_newest_good_one(scores: PairScores) -> None:
    i, j = np.unravel_index(scores.matrix("good", None).argmax(), (5, 5))
    step = scores.best_step(int(i), int(j))
    assert scores.good[i, j, step] == scores.good[i, j, 1:-1].max()


def test_what_is_not_known_yet_stays_nan(scores: PairScores) -> None:
    whole = scores.whole.copy()
    whole[0, 1, 1:-1] = np.nan
    whole[0, 2, 1] = np.nan
    part = replace(scores, whole=whole)
    assert np.isnan(part.matrix("whole", None)[0, 1])
    assert part.matrix("whole", None)[0, 2] == pytest.approx(whole[0, 2, 2:-1].mean())
    assert part.best_step(0, 1) == STEPS // 2


@pytest.mark.parametrize(
    ("chairs", "steps", "said"),
    [
        (CHAIRS[:1], 5, f"2 to {MAX_CHAIRS} chairs, but 1"),
        (CHAIRS[:1] * 3, 5, "but 1 were chosen"),
        (tuple(sample_catalog()[: MAX_CHAIRS + 1]), 5, f"but {MAX_CHAIRS + 1}"),
        (CHAIRS, 2, "3 to 101 steps, but 2"),
        (CHAIRS, 102, "3 to 101 steps, but 102"),
    ],
)
def test_sets_that_make_no_matrix_are_refused(engine: Engine, chairs: tuple, steps: int, said: str) -> None:
    with pytest.raises(InputError, match=said):
        next(score_all_pairs(engine, chairs, steps, "numpy", "cpu"))


def test_a_device_that_is_not_there_leaves_it_to_the_cpu(engine: Engine) -> None:
    *_, last = score_all_pairs(engine, CHAIRS[:2], 3, "cuda-shared", "cuda")
    assert last.done == last.total == 3 and engine.scorer(CHAIRS[:2], "cuda-shared", "cuda").device == "cpu"


class Failing:
    """A GPU's scorer that scores as the CPU's does, until its third call fails."""

    device, notice, blends_at_once, encoding_cost = "cuda", None, 8, 1.0

    def __init__(self, inner: CpuScorer) -> None:
        self._inner, self._calls = inner, 0

    def encode(self) -> Iterator[float]:
        return self._inner.encode()

    def ends(self, some: slice) -> np.ndarray:
        return self._inner.ends(some)

    def between(self, pairs: np.ndarray, t: np.ndarray) -> np.ndarray:
        self._calls += 1
        if self._calls == 3:  # the CPU encodes the set from then on, before it scores
            raise RuntimeError("CUDA error: unspecified launch failure")
        return self._inner.between(pairs, t)


class Counting:
    """A GPU's scorer that knows no scores, and counts the blends of each call."""

    device, notice, blends_at_once, encoding_cost = "cuda", None, 512, 1.0

    def __init__(self) -> None:
        self.batches: list[int] = []

    def encode(self) -> Iterator[float]:
        yield 1.0

    def ends(self, some: slice) -> np.ndarray:
        return np.zeros((7, len(range(50)[some])), np.float32)

    def between(self, pairs: np.ndarray, t: np.ndarray) -> np.ndarray:
        self.batches.append(len(pairs) * len(t))
        return np.zeros((7, len(pairs), len(t)), np.float32)


def test_batches_of_blends_are_full_wherever_a_row_of_the_matrix_ends(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting, report = Counting(), replace(engine.report, cuda="Test GPU")
    fallback = CpuFallback(report, ("cpu", "cuda"), lambda: None)
    monkeypatch.setattr(
        engine,
        "scorer",
        lambda *_, **__: FallbackScorer(lambda _: counting, "cuda", fallback),  # type: ignore[arg-type,return-value]
    )
    *_, last = score_all_pairs(engine, sample_catalog()[:50], 11, "cuda-shared", "cuda")
    *full, rest = counting.batches
    assert set(full) == {504} and rest <= 504, "56 pairs at 9 t's each"
    assert last.done == 50 + sum(counting.batches) == 11_075


def test_a_list_of_pairs_is_cut_where_a_row_ends_or_a_column_is_left_out() -> None:
    pairs = np.array([[0, 3], [0, 4], [1, 2], [1, 4], [1, 5], [2, 6]])
    parts = list(parts_of_rows(pairs))
    assert [(i, others.start, others.stop) for _, i, others in parts] == [
        (0, 3, 5), (1, 2, 3), (1, 4, 6), (2, 6, 7),
    ]  # fmt: skip
    for part, i, others in parts:
        assert pairs[part].tolist() == [[i, j] for j in range(others.start, others.stop)]
    assert not list(parts_of_rows(pairs[:0]))


def test_a_gpu_that_fails_in_the_middle_leaves_the_rest_to_the_cpu_and_says_so(
    engine: Engine, scores: PairScores, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[str] = []
    report = replace(engine.report, cuda="Test GPU", cuda_problem=None, kernel_problem=None)
    fallback = CpuFallback(report, ("cpu", "cuda"), lambda: left.append("cuda"))

    def scorer(chairs: tuple, backend: str, device: str, **_: object) -> FallbackScorer:
        def build(device: str) -> CpuScorer | Failing:
            inner = CpuScorer(load_autoencoder("study", "cpu"), np.stack([chair.read() for chair in chairs]))
            return inner if device == "cpu" else Failing(inner)

        return FallbackScorer(build, "cuda", fallback)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "scorer", scorer)
    steps = score_all_pairs(engine, CHAIRS, STEPS, "cuda-shared", "cuda")
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found = end.value
            break
    assert (
        left == ["cuda"]
        and fallback.devices == ("cpu",)
        and found.device == "cpu"
        and "unspecified" in found.notice
    )
    assert np.array_equal(found.whole, scores.whole) and np.array_equal(found.novelty, scores.novelty)


def test_an_error_that_is_no_gpu_failure_is_not_hidden_by_the_cpu(engine: Engine) -> None:
    def broken(device: str) -> CpuScorer:
        raise InputError("a broken chair of cuda")

    fallback = CpuFallback(engine.report, ("cpu", "cuda"), lambda: None)
    with pytest.raises(InputError, match="a broken chair"):
        FallbackScorer(broken, "cuda", fallback)  # type: ignore[arg-type]
    assert fallback.devices == ("cpu", "cuda")


def test_encoding_goes_on_in_steps_of_a_part_of_two_chairs() -> None:
    autoencoder = load_autoencoder(device="cpu")
    grids = np.stack([chair.read() for chair in CHAIRS[:3]])
    scorer = CpuScorer(autoencoder, grids)
    done = list(scorer.encode())
    assert done[-1] == 3 and max(np.diff([0, *done])) < 0.35, "a step refines more than a part of two chairs"
    alone = CpuScorer(autoencoder, grids[2:])
    list(alone.encode())
    assert np.allclose(alone.ends(slice(0, 1)), scorer.ends(slice(2, 3)), atol=0.02)
