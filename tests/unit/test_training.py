"""The training loop, its loss and its validation, on a handful of chairs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from voxview.errors import InputError
from voxview.model.autoencoder import load_autoencoder
from voxview.model.metrics import intersection_over_union, stands
from voxview.model.weights import ARCHITECTURES, find_weights, read_weights
from voxview.shapes.bits import fingerprint, pack_bytes
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.components import is_one_piece
from voxview.training.autoencoder_task import train
from voxview.training.checkpoint import Checkpoint, read_checkpoint
from voxview.training.config import TrainConfig
from voxview.training.config_check import check_config
from voxview.training.data import TrainingData
from voxview.training.loop import StoppedError
from voxview.training.objective import Objective
from voxview.training.optimisers import make_optimisers
from voxview.training.preview import make_preview, render_preview
from voxview.training.running_mean import RunningMean
from voxview.training.schedule import rate_share

NONE = np.empty((0, 32, 32, 32), bool)


@pytest.fixture(scope="module")
def grids() -> np.ndarray:
    return np.stack([chair.read() for chair in sample_catalog()[:8]])


def chairs(real: np.ndarray, procedural: np.ndarray, **held_out: np.ndarray) -> TrainingData:
    return TrainingData(pack_bytes(real), pack_bytes(procedural), held_out)


# The curvature of two chairs is quick: what it is good for is tested on the shipped weights. Whole morphs are
# eleven decodings each: one test has them.
Config = partial(TrainConfig, device="cpu", curvature_chairs=2, evenness=0.0)


def test_a_few_steps_lower_the_loss_and_write_weights_that_load(grids: np.ndarray, tmp_path: Path) -> None:
    # Without the blends' volume: of random weights it jumps from step to step.
    config = Config("study", steps=8, batch=4, critic=0.0, blends=0.0, average=0.5, evaluate_every=4)
    out = tmp_path / "few.safetensors"
    steps = list(train(config, chairs(NONE, grids, same=grids), out, {}))
    assert steps[-1].loss < steps[0].loss
    assert set(steps[-1].held_out) == {"same"}
    assert load_autoencoder(out, device="cpu").architecture == "study"


def test_the_terms_in_the_log_add_up_to_the_loss(grids: np.ndarray, tmp_path: Path) -> None:
    config = Config("study", steps=2, batch=4, evenness=0.1)
    for step in train(config, chairs(NONE, grids), tmp_path / "w.safetensors", {}):
        assert sum(step.terms.values()) == pytest.approx(step.loss, rel=1e-5)


def test_a_running_mean_is_of_each_scalar_over_the_steps_since_it_was_made() -> None:
    means = RunningMean()
    for value in (1.0, 2.0, 6.0):
        means.add({"loss": torch.tensor(value), "volume": torch.tensor(-value)})
    assert means.result() == {"loss": 3.0, "volume": -3.0}


def test_starting_weights_are_interpolated_with_only_where_there_are_some() -> None:
    for wrong in (
        TrainConfig(interpolate_start=0.5),
        TrainConfig(start_from="chairs", interpolate_start=1.0),
    ):
        with pytest.raises(InputError, match="interpolate-start cannot be"):
            check_config(wrong)


def test_the_same_seed_gives_the_same_weights(grids: np.ndarray, tmp_path: Path) -> None:
    config = Config("study", steps=2, batch=4, evaluate_every=2)
    for name in ("one", "two"):
        list(train(config, chairs(NONE, grids), tmp_path / f"{name}.safetensors", {}))
    one, two = (read_weights(tmp_path / f"{name}.safetensors").tensors for name in ("one", "two"))
    assert one.keys() == two.keys() and all(torch.equal(one[key], two[key]) for key in one)


def test_weights_remember_the_real_chairs_they_were_trained_on(grids: np.ndarray, tmp_path: Path) -> None:
    out = tmp_path / "w.safetensors"
    config = Config("study", steps=1, batch=4)
    list(train(config, chairs(grids[:3], grids[3:]), out, {}))
    assert load_autoencoder(out, "cpu").trained_on == {fingerprint(grid) for grid in grids[:3]}


def test_a_run_that_starts_from_weights_goes_on_from_them_and_remembers_their_chairs(
    grids: np.ndarray, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    config = Config("study", steps=12, batch=4, average=0.5, critic=0.0, evaluate_every=12)
    random, *_ = train(config, chairs(grids[:3], NONE), first, {})
    config = replace(config, start_from=str(first), steps=2, learning_rate=1e-5, evaluate_every=1)
    after = next(train(config, chairs(grids[3:6], NONE), second, {}))
    assert after.loss < random.loss / 2  # other chairs, but far from random weights
    assert load_autoencoder(second, "cpu").trained_on == {fingerprint(grid) for grid in grids[:6]}


def test_written_weights_are_interpolated_with_the_starting_ones(grids: np.ndarray, tmp_path: Path) -> None:
    def trained(share: float) -> dict[str, torch.Tensor]:
        out = tmp_path / f"{share}.safetensors"
        config = Config(
            "study", start_from="study", interpolate_start=share, steps=2, batch=4, evaluate_every=2
        )
        list(train(config, chairs(grids, NONE), out, {}))
        return dict(read_weights(out).tensors)

    first, none, half = read_weights(find_weights("study")).tensors, trained(0.0), trained(0.5)
    for key, tensor in first.items():
        mean = (tensor.float() + none[key].float()) / 2
        torch.testing.assert_close(half[key].float(), mean, rtol=2e-3, atol=1e-5)
    assert any(not torch.equal(first[key], none[key]) for key in first)


def test_a_run_cannot_start_from_weights_of_another_architecture(grids: np.ndarray, tmp_path: Path) -> None:
    config = Config("voxview", start_from="study")
    with pytest.raises(InputError, match="--architecture study"):
        list(train(config, chairs(NONE, grids), tmp_path / "w.safetensors", {}))


def test_training_on_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing to train on"):
        list(train(Config(), chairs(NONE, NONE), tmp_path / "w.safetensors", {}))


@pytest.mark.parametrize("architecture", ["study", "symmetric"])
def test_a_run_that_was_stopped_and_resumed_gives_the_same_weights_bit_for_bit(
    architecture: str, grids: np.ndarray, tmp_path: Path
) -> None:
    # What critics keep, and blends draw, is seen with the small network.
    without = dict.fromkeys(("critic", "connectivity", "blends", "symmetry"), 0.0)
    config = Config(
        architecture, steps=3, batch=4, evaluate_every=3, **({} if architecture == "study" else without)
    )
    data, out = chairs(grids[:4], grids[4:]), tmp_path / "w.safetensors"

    def until(last: int, name: str, resumed: Checkpoint | None = None) -> Checkpoint:
        """Return the checkpoint after that step: in full precision, with the critic and the optimisers."""
        saved = tmp_path / name
        steps = iter(range(resumed.step + 1 if resumed else 1, 99))
        with pytest.raises(StoppedError, match=f"after step {last} of 3"):
            list(
                train(
                    config, data, out, {}, checkpoint=saved, resumed=resumed, stop=lambda: next(steps) == last
                )
            )
        return read_checkpoint(saved)

    whole = until(2, "whole.safetensors")
    broken = until(2, "broken.safetensors", until(1, "broken.safetensors"))
    assert broken.step == whole.step == 2
    assert broken.tensors.keys() == whole.tensors.keys()
    assert all(torch.equal(whole.tensors[key], broken.tensors[key]) for key in whole.tensors)
    saved = tmp_path / "broken.safetensors"
    list(train(config, data, out, {}, checkpoint=saved, resumed=broken))
    assert not saved.exists()  # the run has finished
    assert load_autoencoder(out, device="cpu").architecture == architecture


def test_a_checkpoint_is_written_before_a_validation_that_takes_long(
    grids: np.ndarray, tmp_path: Path
) -> None:
    config = Config("study", steps=4, batch=4, critic=0.0, blends=0.0, connectivity=0.0, evaluate_every=2)
    saved = tmp_path / "long.checkpoint.safetensors"
    steps = train(
        config, chairs(NONE, grids, same=grids), tmp_path / "long.safetensors", {}, checkpoint=saved
    )
    before = [read_checkpoint(saved).step for step in steps if step.held_out]
    assert before == [1, 3], "who kills the run in its validation loses one step"


def test_the_critics_are_none_of_what_the_network_learns(grids: np.ndarray) -> None:
    objective = Objective(ARCHITECTURES["study"](), Config("study", latent_critic=0.1))
    ours = {id(p) for p in objective.parameters()}
    theirs = [p for adversary in objective.adversaries.values() for p in adversary.critic.parameters()]
    assert len(objective.adversaries) == 2 and not ours & {id(p) for p in theirs}
    x = torch.from_numpy(grids)[:, None].float()
    objective(x, torch.ones(()), torch.Generator().manual_seed(1))[0].backward()
    assert all(p.grad is not None for p in objective.parameters())
    assert all(p.grad is None for p in theirs)


def test_biases_and_norms_do_not_decay() -> None:
    network = ARCHITECTURES["voxview"]()
    decays, rests = make_optimisers(network, Config(optimiser="adamw"))["optimiser"].param_groups
    assert decays["weight_decay"] > 0 and rests["weight_decay"] == 0
    norms = [m for m in network.modules() if isinstance(m, torch.nn.BatchNorm3d)]
    assert {id(p) for norm in norms for p in norm.parameters()} <= {id(p) for p in rests["params"]}
    assert len(decays["params"]) + len(rests["params"]) == len(list(network.parameters()))


def test_the_learning_rate_rises_then_falls_to_a_hundredth() -> None:
    config = TrainConfig(steps=1000, warm_up=100)
    rates = [rate_share(step, config) for step in range(1, 1001)]
    assert rates[0] == pytest.approx(0.01) and max(rates) == rates[99] == 1
    assert rates[-1] == pytest.approx(0.01) and rates[99:] == sorted(rates[99:], reverse=True)


def test_a_preview_has_three_rows_of_seven(grids: np.ndarray) -> None:
    network = ARCHITECTURES["study"]().eval()
    for count in (1, 8):
        preview = make_preview(network, grids[:count], "cpu")
        assert len(preview.morph) == 7 and len(preview.chairs) == min(count, 7)
        assert np.allclose(preview.morph[0], preview.reconstructions[0], atol=1e-5)
        assert render_preview(preview).shape[1] == 7 * 150


def test_evaluation_of_a_perfect_match_is_one_and_of_nothing_in_common_zero() -> None:
    a, b = np.zeros((2, 32, 32, 32), bool), np.zeros((2, 32, 32, 32), bool)
    a[0, :4], b[0, :4] = True, True
    a[1, :4], b[1, 8:] = True, True
    assert intersection_over_union(a, b).tolist() == [1.0, 0.0]


def test_one_piece_and_standing_are_as_defined() -> None:
    grid = np.zeros((32, 32, 32), bool)
    assert not is_one_piece(grid) and not stands(grid)
    grid[10:20, 3:20, 10:20] = True
    assert is_one_piece(grid) and not stands(grid)
    grid[20, 20, 20] = True  # touches only at a corner: 26-connected
    grid[15, 0:3, 15] = True
    assert is_one_piece(grid) and stands(grid)
    grid[0, 0:24, 0] = True
    assert not is_one_piece(grid)
