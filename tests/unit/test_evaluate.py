"""An evaluation measures what it says, on chairs that nothing was fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from voxview.errors import InputError
from voxview.evaluation import reference as evaluation_reference
from voxview.evaluation.baselines import NetworkMethod, VoxelBlend
from voxview.evaluation.catalog import CatalogEvaluation, evaluate_on_catalog
from voxview.evaluation.estimates import mean_of, percentile_of, rate_of
from voxview.evaluation.evaluate import evaluate, random_pairs
from voxview.evaluation.report.record import morph_figures
from voxview.evaluation.results import Morphs, Plan
from voxview.evaluation.shape_metrics import measure_shapes
from voxview.model.arc_length import EVEN_PACE
from voxview.model.autoencoder import load_autoencoder
from voxview.model.metrics import intersection_over_union, path_steps, symmetry
from voxview.shapes.bits import fingerprint, pack_bytes
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.chair import Chair
from voxview.shapes.components import is_one_piece
from voxview.to_end import run_to_end as last
from voxview.training.autoencoder_task import train
from voxview.training.config import TrainConfig
from voxview.training.data import VALIDATION, TrainingData

PLAN = Plan(pairs=6, morphs=4)
ONE_MORPH = Plan(pairs=6, morphs=1)
HARDLY = TrainConfig(
    "study", steps=1, batch=4, critic=0.0, blends=0.0, connectivity=0.0, symmetry=0.0, evenness=0.0,
    curvature_chairs=2, device="cpu",
)  # fmt: skip


@pytest.fixture(scope="module")
def grids() -> np.ndarray:
    return np.stack([chair.read() for chair in sample_catalog()[::20]])  # 12


def catalog_of(grids: Sequence[np.ndarray]) -> Catalog:
    return Catalog("some", "some", [Chair(f"c{i}", "c", "some", lambda g=g: g) for i, g in enumerate(grids)])


@pytest.fixture(scope="module")
def weights(grids: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trained, hardly, on the first five chairs."""
    path = tmp_path_factory.mktemp("weights") / "mine.safetensors"
    list(train(HARDLY, TrainingData(pack_bytes(grids[:5]), pack_bytes(grids[:0])), path, {}))
    return path


def evaluated(weights: object, grids: Sequence[np.ndarray], **options: object) -> CatalogEvaluation:
    return last(evaluate_on_catalog(str(weights), catalog_of(grids), "cpu", plan=ONE_MORPH, **options))


def test_the_figures_are_those_of_the_metrics(grids: np.ndarray) -> None:
    study = load_autoencoder("study", "cpu")
    ids = [f"c{i}" for i in range(6)]
    evaluation = last(evaluate([NetworkMethod(study, "study"), VoxelBlend()], grids[:6], ids, plan=PLAN))
    z = study.encode(grids[:6])
    again = study.decode(z) > 0.5
    iou = intersection_over_union(grids[:6], again)
    assert np.array_equal(evaluation.reconstruction("study").iou, iou)
    assert evaluation.worst[0] == iou.argmin() and len(evaluation.worst) == 6
    assert np.array_equal(evaluation.worst_reconstructed[0], again[iou.argmin()])
    blends = evaluation.blends("study", 0.25)
    a, b = evaluation.pairs.T
    expected = study.decode(np.float32(0.75) * z[a] + np.float32(0.25) * z[b]) > 0.5
    assert blends.metrics.one_piece.tolist() == [is_one_piece(grid) for grid in expected]
    morphs = evaluation.morphs[0]
    assert morphs.examples.shape == (3, 11, 32, 32, 32) and len(morphs.largest_over_path) == 4
    assert np.array_equal(morphs.examples[0, 0], again[a[0]]) and np.array_equal(
        morphs.examples[0, -1], again[b[0]]
    )
    steps = path_steps(morphs.examples[0])
    assert morphs.largest_over_mean[0] == pytest.approx(steps.max() / steps.mean())
    assert evaluation.even_pace.shape == (4,) and (evaluation.even_pace <= EVEN_PACE).all()
    assert (evaluation.even_pace < morphs.largest_over_mean).all()


def test_what_hovers_does_not_stand_and_may_stand_like_its_chairs() -> None:
    hovering = np.zeros((2, 32, 32, 32), bool)
    hovering[0, 8:24, 5:20, 8:24] = hovering[1, 8:24, 2:20, 8:24] = True
    itself = measure_shapes(hovering)
    assert itself.stands.tolist() == [False, True] and itself.stands_like_its_chairs.all()
    lower = measure_shapes(hovering[:1], np.array([2], np.int32))
    assert not lower.stands_like_its_chairs[0] and not lower.stands[0]


def test_the_symmetry_of_a_shape_is_the_windows(grids: np.ndarray) -> None:
    uneven = grids[:4].copy()
    uneven[:, :12] = False
    assert measure_shapes(uneven).symmetry.tolist() == [symmetry(grid) for grid in uneven]
    beside = np.zeros((1, 32, 32, 32), bool)
    beside[0, 8:23] = True
    assert measure_shapes(beside).symmetry[0] == 1, "its middle lies in a layer of voxels"


def test_a_morph_is_even_where_no_step_is_above_twice_the_mean() -> None:
    over_mean = np.array([1.0, 2.0, 2.0 + 1e-12, 2.01, 3.0, 10.0])
    figures = morph_figures(Morphs("some", over_mean / 10, np.empty((0, 11, 32, 32, 32), bool)))
    assert figures["even"]["value"] == 3 / 6 and figures["within_3"]["value"] == 5 / 6


def test_voxel_blends_have_the_chairs_at_their_ends_and_no_reconstructions(grids: np.ndarray) -> None:
    methods = [NetworkMethod(load_autoencoder("study", "cpu"), "s"), VoxelBlend()]
    evaluation = last(evaluate(methods, grids[:5], "abcde", plan=ONE_MORPH))
    assert [r.method for r in evaluation.reconstructions] == ["s"]
    voxel = evaluation.morphs[1].examples[0]
    assert np.array_equal(voxel[0], grids[evaluation.pairs[0, 0]])
    assert np.array_equal(voxel[-1], grids[evaluation.pairs[0, 1]])


def test_pairs_are_of_two_different_chairs_and_the_seeds() -> None:
    pairs = random_pairs(3, Plan(pairs=200, seed=5))
    assert pairs.shape == (200, 2) and (pairs[:, 0] != pairs[:, 1]).all() and pairs.max() == 2
    assert np.array_equal(pairs, random_pairs(3, Plan(pairs=200, seed=5)))
    assert not np.array_equal(pairs, random_pairs(3, Plan(pairs=200, seed=6)))


def test_a_single_chair_has_reconstructions_and_no_pairs(grids: np.ndarray) -> None:
    evaluation = last(evaluate([NetworkMethod(load_autoencoder("study", "cpu"), "s")], grids[:1], ["one"]))
    assert len(evaluation.pairs) == 0 and evaluation.in_betweens == [] and evaluation.morphs == []
    assert len(evaluation.reconstruction("s").iou) == 1


def test_baselines_are_fitted_on_the_training_chairs_and_never_on_an_evaluated_one(
    grids: np.ndarray, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted: list[np.ndarray] = []
    real = evaluation_reference.find_reference

    def spy(training, evaluated, *, everything):
        reference = yield from real(training, evaluated, everything=everything)
        fitted.append(reference.fitted_on)
        return reference

    monkeypatch.setattr(evaluation_reference, "MIN_TRAINING_CHAIRS", 5)
    monkeypatch.setattr("voxview.evaluation.catalog.find_reference", spy)
    result = evaluated(weights, grids)
    assert {fingerprint(g) for g in fitted[0]} == {fingerprint(g) for g in grids[:5]}
    assert result.setting.left_out == 5 and len(result.evaluation.grids) == 7
    assert not {fingerprint(g) for g in result.evaluation.grids} & {fingerprint(g) for g in fitted[0]}
    assert {r.method for r in result.evaluation.reconstructions} == {
        "mine", "PCA-4", "study", "nearest neighbour",
    }  # fmt: skip
    assert "5 chairs of this catalog" in " ".join(result.setting.remarks)


def test_without_training_chairs_the_baselines_come_from_the_generator_and_it_says_so(
    grids: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation_reference, "GENERATED", 70)
    result = evaluated("study", grids[:6])
    remarks = " ".join(result.setting.remarks)
    assert "70 chairs drawn from VoxView's own generator" in remarks and "other chairs" in remarks
    assert "PCA-64" in [r.method for r in result.evaluation.reconstructions]
    a, b = result.evaluation.pairs[0]
    others = np.delete(np.arange(6), [a, b])
    blend = result.evaluation.grids[
        a
    ]  # a voxel blend at t = 0.25 is chair A: new against all but its parents
    expected = 1 - max(
        intersection_over_union(blend[None], result.evaluation.grids[i : i + 1])[0] for i in others
    )
    assert result.evaluation.blends("voxel blend", 0.25).novelty[0] == pytest.approx(expected, abs=1e-6)


def test_everything_is_measured_with_a_warning_and_nothing_fitted(grids: np.ndarray, weights: Path) -> None:
    result = evaluated(weights, grids, everything=True)
    assert result.setting.left_out == 0 and result.setting.trained_on_among_evaluated == 5
    assert result.setting.remarks[0].startswith("The weights were trained on 5 of the 12")
    assert {r.method for r in result.evaluation.reconstructions} == {"mine", "study"}


def test_weights_that_have_seen_every_chair_are_not_measured_on_them(
    grids: np.ndarray, weights: Path
) -> None:
    with pytest.raises(InputError, match="--all"):
        evaluated(weights, grids[:5])


def test_the_validation_split_is_measured_on_request_and_never_with_the_test_split(
    grids: np.ndarray, tmp_path: Path
) -> None:
    file = tmp_path / "mine.safetensors"
    data = TrainingData(pack_bytes(grids[:4]), pack_bytes(grids[:0]), {VALIDATION: grids[4:6]})
    list(train(HARDLY, data, file, {}))
    test = evaluated(file, grids[:8], baselines=False)
    assert np.array_equal(test.evaluation.grids, grids[6:8])
    validation = evaluated(file, grids[:8], baselines=False, split="validation")
    assert np.array_equal(validation.evaluation.grids, grids[4:6])
    assert validation.setting.split == "validation" and "test split" in validation.setting.remarks[0]
    with pytest.raises(InputError, match="no chair of the catalog is in the validation split"):
        evaluated("study", grids[:4], split="validation")


def test_copies_are_measured_once_and_counted(grids: np.ndarray) -> None:
    result = evaluated("study", [grids[0], grids[1], grids[0]], baselines=False)
    assert result.setting.duplicates == 1 and len(result.evaluation.grids) == 2
    assert {b.method for b in result.evaluation.in_betweens} == {"study", "voxel blend"}


def test_small_components_are_removed_on_request_and_only_then(grids: np.ndarray) -> None:
    plain = evaluated("study", grids[:4], baselines=False).evaluation
    plan = Plan(pairs=6, morphs=1, small_components=0.5)
    result = last(evaluate_on_catalog("study", catalog_of(grids[:4]), "cpu", baselines=False, plan=plan))
    assert "50.00 %" in result.setting.remarks[-1]
    assert "--small-components" in result.setting.remarks[-1]
    for t in (0.25, 0.5, 0.75):
        before, after = plain.blends("study", t), result.evaluation.blends("study", t)
        assert (after.metrics.one_piece >= before.metrics.one_piece).all()


@pytest.mark.parametrize(
    "options", [{"pairs": 0}, {"seed": -1}, {"small_components": 1.0}, {"small_components": float("nan")}]
)
def test_a_plan_that_makes_no_sense_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(InputError):
        Plan(**options)  # type: ignore[arg-type]


def test_an_interval_holds_the_figure_and_shrinks_with_more_of_them() -> None:
    rng = np.random.default_rng(0)
    few, many = mean_of(rng.normal(size=50)), mean_of(rng.normal(size=5000))
    for estimate in (few, many, percentile_of(rng.normal(size=200), 5)):
        assert estimate.low < estimate.value < estimate.high
    assert many.high - many.low < 0.2 * (few.high - few.low)
    assert mean_of(np.ones(9)).low == mean_of(np.ones(9)).high == 1


def test_a_rate_of_everything_is_not_certain() -> None:
    every = rate_of(np.ones(300, bool))
    assert every.value == every.high == 1 and 0.98 < every.low < 0.99
    none = rate_of(np.zeros(300, bool))
    assert none.value == none.low == 0 and 0.01 < none.high < 0.02
    half = rate_of(np.arange(100) < 50)
    assert (half.low, half.high) == (pytest.approx(0.4038, abs=1e-4), pytest.approx(0.5962, abs=1e-4))
