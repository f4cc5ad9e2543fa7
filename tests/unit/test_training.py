"""Training and evaluation, on a handful of chairs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from voxview.errors import InputError
from voxview.model.autoencoder import load_autoencoder
from voxview.model.config import TrainConfig
from voxview.model.data import augment, distinct_grids, fingerprint, generate_chairs, is_held_out, read_split
from voxview.model.evaluate import evaluate
from voxview.model.metrics import intersection_over_union, is_one_piece, stands
from voxview.model.train import train
from voxview.resources import asset
from voxview.shapes.catalog import Catalog
from voxview.shapes.chair import Chair
from voxview.shapes.samples import sample_catalog

NONE = np.empty((0, 32, 32, 32), bool)


def last(steps):
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@pytest.fixture(scope="module")
def grids() -> np.ndarray:
    return np.stack([chair.read() for chair in sample_catalog()[:8]])


@pytest.mark.parametrize("architecture", ["study", "voxview"])
def test_a_few_steps_lower_the_loss_and_write_weights_that_load(
    architecture: str, grids: np.ndarray, tmp_path: Path
) -> None:
    config = TrainConfig(architecture, steps=12, batch=8, warm_up=2, critic=0.0, average=0.5, device="cpu")
    out = tmp_path / "few.safetensors"
    steps = list(train(config, NONE, grids, {"same": grids}, out, {}))
    assert steps[-1].loss < steps[0].loss
    assert set(steps[-1].iou) == {"same"}
    assert load_autoencoder(out, device="cpu").architecture == architecture


def test_the_same_seed_gives_the_same_weights(grids: np.ndarray, tmp_path: Path) -> None:
    config = TrainConfig("study", steps=3, batch=4, device="cpu")
    for name in ("one", "two"):
        list(train(config, NONE, grids, {}, tmp_path / f"{name}.safetensors", {}))
    z = [load_autoencoder(tmp_path / f"{n}.safetensors", "cpu").encode(grids) for n in ("one", "two")]
    assert np.array_equal(z[0], z[1])


def test_weights_remember_the_real_chairs_they_were_trained_on(grids: np.ndarray, tmp_path: Path) -> None:
    out = tmp_path / "w.safetensors"
    list(train(TrainConfig("study", steps=1, batch=4, device="cpu"), grids[:3], grids[3:], {}, out, {}))
    assert load_autoencoder(out, "cpu").trained_on == {fingerprint(grid) for grid in grids[:3]}


def test_training_on_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing to train on"):
        list(train(TrainConfig(device="cpu"), NONE, NONE, {}, tmp_path / "w.safetensors", {}))


def test_generated_chairs_depend_on_the_seed_alone() -> None:
    one = np.concatenate(list(generate_chairs(260, seed=5, processes=1)))
    two = np.concatenate(list(generate_chairs(260, seed=5, processes=2)))
    assert len(one) == 260 and np.array_equal(one, two)
    assert not np.array_equal(one[:250], np.concatenate(list(generate_chairs(250, seed=6, processes=1))))


def test_no_sample_chair_is_among_the_first_training_chairs() -> None:
    samples = {fingerprint(chair.read()) for chair in sample_catalog()}
    drawn = {fingerprint(grid) for block in generate_chairs(1000, TrainConfig().seed) for grid in block}
    assert not samples & drawn


def catalog_of(pairs: list[tuple[str, np.ndarray]]) -> Catalog:
    return Catalog("test", "test", [Chair(i, i, "test", lambda g=g: g) for i, g in pairs])


def test_an_exact_copy_is_never_on_both_sides_of_the_split(grids: np.ndarray) -> None:
    held = next(str(i) for i in range(1000) if is_held_out(str(i)))
    kept = next(str(i) for i in range(1000) if not is_held_out(str(i)))
    split = last(read_split(catalog_of([(held, grids[0]), (kept, grids[0]), (held + "x", grids[1])])))
    both = {fingerprint(g) for g in split.training} & {fingerprint(g) for g in split.held_out}
    assert not both and fingerprint(grids[0]) in {fingerprint(g) for g in split.training}


def test_a_tenth_of_ids_is_held_out() -> None:
    assert 0.08 < np.mean([is_held_out(f"chair-{i}") for i in range(5000)]) < 0.12


def test_the_published_ids_are_the_held_out_ones(real_data: Path) -> None:
    from voxview.shapes.open import open_catalog

    published = asset("weights", "held-out-chairs.txt").read_text().split()
    catalog = open_catalog(real_data / "ShapeNetVox32")
    assert tuple(published) == last(read_split(catalog)).held_out_ids
    seen = load_autoencoder(device="cpu").trained_on
    assert not {fingerprint(catalog.find(i).read()) for i in published} & seen


def test_a_broken_chair_is_left_out_and_named(grids: np.ndarray, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> np.ndarray:
        raise InputError("x.binvox is cut short")

    catalog = Catalog("t", "t", [Chair("a", "a", "t", broken), Chair("b", "b", "t", lambda: grids[0])])
    assert len(last(distinct_grids(catalog))) == 1
    assert "x.binvox is cut short" in caplog.text


def test_augmented_chairs_stay_in_the_cube_and_lose_nothing(grids: np.ndarray) -> None:
    tensor = torch.from_numpy(grids)
    stretched = augment(tensor, 0.3, torch.Generator().manual_seed(1)).numpy()
    for before, after in zip(grids, stretched, strict=True):
        assert after.sum() >= before.sum()
        extents = [np.ptp(np.nonzero(after.any(axis=a))[0]) + 1 for a in ((1, 2), (0, 2), (0, 1))]
        assert max(extents) == 32
        assert is_one_piece(after) == is_one_piece(before)


def test_evaluation_of_a_perfect_match_is_one_and_of_nothing_in_common_zero() -> None:
    a, b = np.zeros((2, 32, 32, 32), bool), np.zeros((2, 32, 32, 32), bool)
    a[0, :4], b[0, :4] = True, True
    a[1, :4], b[1, 8:] = True, True
    assert intersection_over_union(a, b).tolist() == [1.0, 0.0]


def test_one_piece_and_standing_mean_what_they_say() -> None:
    grid = np.zeros((32, 32, 32), bool)
    assert not is_one_piece(grid) and not stands(grid)
    grid[10:20, 3:20, 10:20] = True
    assert is_one_piece(grid) and not stands(grid)
    grid[20, 20, 20] = True  # touches only at a corner: 26-connected
    grid[15, 0:3, 15] = True
    assert is_one_piece(grid) and stands(grid)
    grid[0, 0:24, 0] = True
    assert not is_one_piece(grid)


def test_figures_of_the_shipped_weights_are_shares(grids: np.ndarray) -> None:
    figures = last(evaluate(load_autoencoder("study", "cpu"), grids))
    assert figures.chairs == 8 and figures.pairs == 300
    assert 0.5 < figures.iou_p5 <= figures.iou_median <= 1
    assert 0 <= figures.blends_in_one_piece <= 1
