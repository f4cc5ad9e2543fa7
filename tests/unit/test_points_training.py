"""Training a points encoder: batches, poses, losses, runs and what is written, with quick scans."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from voxview.errors import InputError
from voxview.model.autoencoder import load_autoencoder
from voxview.model.point_pose import Pose, normalise, turn, turn_targets
from voxview.model.points_network import ENCODERS, PointsNetwork, PointsOutput
from voxview.model.points_weights import read_points_weights
from voxview.model.weight_fingerprint import weight_fingerprint
from voxview.model.weights import find_weights, read_weights
from voxview.shapes.bits import fingerprint, pack_bytes
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.training.checkpoint import read_checkpoint
from voxview.training.config import explanations
from voxview.training.config_file import read_config, read_network, write_config
from voxview.training.data import TrainingData
from voxview.training.loop import StoppedError, TrainingStep, run_loop
from voxview.training.points.batch import Scanner, make_batch, upward_rotations
from voxview.training.points.config_check import check_points_config, resolve_points_config
from voxview.training.points.objective import points_losses
from voxview.training.points.scanners import SCANS, scanner
from voxview.training.points.task import PointsTask
from voxview.training.points_config import PartsConfig, PointsConfig
from voxview.training.process_group import ProcessGroup
from voxview.training.targets import learnt_metric

ODD = 4
CPU = ProcessGroup()
Quick = partial(
    PointsConfig, device="cpu", autoencoder="study", width=8, points=64, steps=2, batch=4, copies=0, refine=0,
    evaluate_every=2,
)  # fmt: skip


def centres(grids: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """Stand in for virtual scans: centres of random voxels."""
    keys = torch.rand(len(grids), 32**3, generator=generator) * grids.flatten(1)
    numbers = keys.topk(count, 1).indices
    places = torch.stack([numbers // 1024, numbers // 32 % 32, numbers % 32], 2)
    return (places + 0.5) / 32 - 0.5


def quick_scanner(name: str) -> Scanner:
    assert name in SCANS
    return centres


@pytest.fixture(scope="module")
def grids() -> np.ndarray:
    return np.stack([chair.read() for chair in sample_catalog()[:8]])


def train(
    config: PointsConfig, data: TrainingData, out: Path, terms: str = "none", **options: object
) -> list[TrainingStep]:
    config = resolve_points_config(config, CPU)
    task = PointsTask(config, data, CPU, None, out, {"terms": terms}, quick_scanner)
    return list(run_loop(config, task, CPU, data.identity, **options))  # type: ignore[arg-type]


# ---- a run ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoder", ENCODERS)
def test_a_run_lowers_the_loss_and_says_whose_latents_it_predicts(
    encoder: str, grids: np.ndarray, tmp_path: Path
) -> None:
    out = tmp_path / "small.safetensors"
    data = TrainingData(pack_bytes(grids[:4]), pack_bytes(grids[:0]), {"validation split": grids[4:6]})
    easy = {"voxels": 0.0, "turned": 0.0, "lying": 0.0, "mirror": False, "dropout": 0.0}
    config = Quick(encoder=encoder, steps=12, evaluate_every=12, learning_rate=1e-2, **easy)
    steps = train(config, data, out)
    assert np.mean([s.loss for s in steps[-3:]]) < 0.9 * np.mean([s.loss for s in steps[:3]])
    for step in steps:
        assert sum(step.terms.values()) == pytest.approx(step.loss, rel=1e-5)
    assert ("orthogonality" in steps[0].terms) == (encoder == "pointnet")
    cells = steps[-1].held_out["validation split"].cells
    assert list(cells)[:2] == ["IoU, whole surface", "IoU, one view"]
    assert all(0 <= float(text) <= 1 for text in cells.values())
    assert steps[-1].preview is not None and steps[-1].preview.render().shape[1] == 2 * 150
    written, study = read_points_weights(out), read_weights(find_weights("study"))
    assert (written.autoencoder, written.odd, written.network.encoder) == ("study", 0, encoder)
    assert written.autoencoder_fingerprint == weight_fingerprint(study.tensors)
    assert written.trained_on == study.trained_on | {fingerprint(grid) for grid in grids[:4]}
    assert written.validated_on == study.validated_on | {fingerprint(grid) for grid in grids[4:6]}
    assert written.notes["terms"] == "none" and "points" in written.notes


def test_a_run_that_was_stopped_and_resumed_gives_the_same_weights_bit_for_bit(
    grids: np.ndarray, tmp_path: Path
) -> None:
    data = TrainingData(pack_bytes(grids[:2]), pack_bytes(grids[2:3]))
    whole, parts, saved = (tmp_path / f"{name}.safetensors" for name in ("whole", "parts", "saved"))
    train(Quick(), data, whole)
    with pytest.raises(StoppedError, match="after step 1 of 2"):
        train(Quick(), data, parts, checkpoint=saved, stop=lambda: True)
    train(Quick(), data, parts, checkpoint=saved, resumed=read_checkpoint(saved))
    one, other = (read_points_weights(path).network.state_dict() for path in (whole, parts))
    assert all(torch.equal(one[key], other[key]) for key in one)


def test_a_run_that_starts_from_weights_begins_with_what_they_say(grids: np.ndarray, tmp_path: Path) -> None:
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    data = TrainingData(pack_bytes(grids[:2]), pack_bytes(grids[:0]))
    train(Quick(steps=2), data, first, terms="research only")
    config = Quick(start_from=str(first), steps=1, learning_rate=1e-9, average=0.0)
    train(config, replace(data, real=pack_bytes(grids[2:4])), second)
    before, after = read_points_weights(first), read_points_weights(second)
    for name, weights in before.network.named_parameters():
        assert torch.allclose(weights, after.network.get_parameter(name), atol=1e-3), name
    assert before.trained_on < after.trained_on
    assert after.notes["terms"] == "none; those of the weights 'first': research only"
    with pytest.raises(
        InputError, match=r"is a 'pointnet\+\+' of width 8: give --encoder pointnet\+\+ --width 8"
    ):
        train(Quick(start_from=str(first), encoder="pointnet"), data, second)
    with pytest.raises(InputError, match="predicts latents of 'study', not of 'chairs'"):
        train(replace(config, autoencoder="chairs"), data, second)


# ---- batches ----------------------------------------------------------------------------------------


def batch_of(grids: np.ndarray, seed: int = 0, **options: object):  # type: ignore[no-untyped-def]
    generator = torch.Generator().manual_seed(seed)
    tensor = torch.from_numpy(grids)
    points, latents = centres(tensor, 64, generator), torch.randn(len(grids), 8, 8, generator=generator)
    config = Quick(**options)
    made = make_batch(points, latents, tensor, config, ODD, upward_rotations("cpu"), generator)
    return made, points, latents


def test_a_pose_brings_a_cloud_back_into_its_chair(grids: np.ndarray) -> None:
    batch, _, _ = batch_of(grids, lying=0.0)
    inside = ((batch.pose.to_frame(batch.points) + 0.5) * 32).floor().long().clamp(0, 31)
    for cloud, occupancy in zip(inside, batch.occupancy[:, 0], strict=True):
        assert bool(occupancy[tuple(cloud.T)].all())


def test_mirrored_clouds_are_of_mirrored_chairs(grids: np.ndarray) -> None:
    batch, _, latents = batch_of(np.repeat(grids, 4, 0), lying=0.0)
    mirrored = [not torch.equal(a, b) for a, b in zip(latents, batch.latents, strict=True)]
    assert 0 < sum(mirrored) < len(mirrored)
    for i, is_mirrored in enumerate(mirrored):
        sign = -1 if is_mirrored else 1
        z, before = batch.latents[i].flatten(), latents[i].flatten()
        assert torch.equal(z[:-ODD], before[:-ODD]) and torch.equal(z[-ODD:], sign * before[-ODD:])


def test_lying_clouds_stand_last_and_say_which_axis_is_up(grids: np.ndarray) -> None:
    batch, points, _ = batch_of(grids, lying=0.5, mirror=False, turned=0.0)
    assert batch.upright == 4 and batch.up[:4].tolist() == [0] * 4 and 0 not in batch.up[4:].tolist()
    assert len(batch.latents) == len(batch.occupancy) == len(batch.pose.angle) == 4
    rotations = upward_rotations("cpu")
    straight = torch.stack([c @ rotations[up].T for c, up in zip(batch.points, batch.up, strict=True)])
    heights = normalise(points)[0][..., 1]
    torch.testing.assert_close(straight[..., 1], heights, atol=1e-5, rtol=1e-4)


def test_some_clouds_are_turned_by_any_angle_and_the_others_by_some_degrees(grids: np.ndarray) -> None:
    batch, _, _ = batch_of(np.repeat(grids, 8, 0), lying=0.0, turned=0.5)
    degrees = torch.rad2deg((batch.pose.angle + math.pi).remainder(2 * math.pi) - math.pi).abs()
    assert 0.3 < float((degrees > 30).float().mean()) < 0.6
    still, _, _ = batch_of(grids, lying=0.0, turned=0.0)
    assert float(torch.rad2deg(still.pose.angle).abs().max()) < 40


@pytest.mark.parametrize("name", SCANS)
def test_virtual_scans_lie_on_their_chairs(name: str, grids: np.ndarray) -> None:
    tensor = torch.from_numpy(grids[:4])
    clouds = scanner(name)(tensor, 128, torch.Generator().manual_seed(0))
    near = torch.nn.functional.max_pool3d(tensor.float()[:, None], 5, 1, 2)[:, 0] > 0
    voxels = ((clouds + 0.5) * 32).floor().long().clamp(0, 31)
    hits = [float(g[tuple(v.T)].float().mean()) for g, v in zip(near, voxels, strict=True)]
    assert clouds.shape == (4, 128, 3) and min(hits) > 0.85


# ---- the loss ---------------------------------------------------------------------------------------


def test_what_is_true_costs_next_to_nothing(grids: np.ndarray) -> None:
    autoencoder = load_autoencoder("study", "cpu")
    latents = torch.from_numpy(autoencoder.encode(grids))
    network = PointsNetwork("pointnet++", 8)
    network.set_latent_statistics(latents, 0)
    metric = learnt_metric(autoencoder, latents, network.latent_mean, False)
    config, generator = Quick(lying=0.25, mirror=False), torch.Generator().manual_seed(0)
    tensor = torch.from_numpy(grids)
    points = centres(tensor, 64, generator)
    batch = make_batch(points, latents, tensor, config, 0, upward_rotations("cpu"), generator)

    def terms(change: Callable[[PointsOutput], PointsOutput]) -> dict[str, float]:
        pose = batch.pose
        rest = (torch.zeros(2, *shape) for shape in ((64,), (3,), (), (24,)))
        standardised, centre, log_scale, turns = (
            torch.cat([part, more])
            for part, more in zip(
                (network.standardise(batch.latents), pose.centre, pose.log_scale,
                 turn_targets(pose.angle).clamp(min=1e-9).log()), rest, strict=True,
            )
        )  # fmt: skip
        up = 30 * torch.nn.functional.one_hot(batch.up, 6).float()
        output = change(PointsOutput(standardised, centre, log_scale, turns, up, None))
        losses = points_losses(output, batch, network, autoencoder.network, metric, config, 2)
        return {name: float(value) for name, value in losses.items()}

    true = terms(lambda output: output)
    assert true["latent"] == pytest.approx(0, abs=1e-6) and true["place"] == pytest.approx(0, abs=1e-6)
    assert true["up"] < 1e-3 and true["turn"] < 0.2 * 0.7  # at most the entropy of two turns
    wrong = terms(lambda o: o._replace(centre=o.centre + 1, turn=o.turn.roll(6, 1), up=o.up.roll(1, 1)))
    for name in ("place", "turn", "up"):
        assert wrong[name] > true[name] + 0.5
    assert wrong["latent"] == true["latent"]


# ---- options ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [PointsConfig, PartsConfig])
def test_configs_are_written_read_and_explained(kind: type, tmp_path: Path) -> None:
    config, file = kind(steps=7, width=32, device="cpu"), tmp_path / "c.toml"
    write_config(file, config)
    network = "points" if kind is PointsConfig else "parts"
    assert read_network(file) == network and kind(**read_config(file, network)) == config
    assert set(explanations(kind)) == {field.name for field in fields(kind)}


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"encoder": "pointnet3"}, "encoder cannot be pointnet3"),
        ({"width": 9}, "width cannot be 9"),
        ({"lying": 1.0}, "lying cannot be 1.0"),
        ({"latent": 0.0, "voxels": 0.0}, "there is no loss on the chair"),
    ],
)
def test_a_config_that_cannot_be_trained_with_is_refused(given: dict[str, object], text: str) -> None:
    with pytest.raises(InputError, match=text):
        check_points_config(Quick(**given))


def test_a_pose_turns_as_batches_do() -> None:
    points, angle = torch.randn(2, 5, 3), torch.tensor([0.4, -2.0])
    pose = Pose(torch.zeros(2, 3), torch.zeros(2), angle)
    torch.testing.assert_close(pose.from_frame(points), turn(points, angle))
