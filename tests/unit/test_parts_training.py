"""Training a parts network: labelled clouds, their metric, a run and what is written, with quick scans."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from voxview.errors import InputError
from voxview.model.part_metrics import part_ious
from voxview.model.points_weights import read_parts_weights
from voxview.shapes.bits import PACKED_SIZE, pack_labels
from voxview.shapes.parts import NO_PART, SEAT
from voxview.training.checkpoint import read_checkpoint
from voxview.training.data import TrainingData
from voxview.training.loop import StoppedError, TrainingStep, run_loop
from voxview.training.parts.batch import (
    in_frame,
    make_batch,
    nearest_labels,
    surface_points,
    unpack_labels,
    voxel_centres,
)
from voxview.training.parts.config_check import check_parts_config, resolve_parts_config
from voxview.training.parts.task import PartsTask, TrainedParts
from voxview.training.points.batch import Scanner
from voxview.training.points.scanners import WHOLE, scanner
from voxview.training.points_config import PartsConfig
from voxview.training.procedural import generate_labelled_chairs
from voxview.training.process_group import ProcessGroup

CPU = ProcessGroup()
Quick = partial(PartsConfig, device="cpu", width=8, points=128, steps=2, batch=4, evaluate_every=2)


def centres(grids: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """Stand in for virtual scans: centres of random voxels."""
    return voxel_centres(torch.where(grids, SEAT, NO_PART).to(torch.uint8), count, generator)[0]


def quick_scanner(name: str) -> Scanner:
    return centres


@pytest.fixture(scope="module")
def packed() -> np.ndarray:
    return np.concatenate(list(generate_labelled_chairs(8, 3, unusual=0.2))).reshape(8, -1)


@pytest.fixture
def labels(packed: np.ndarray) -> Tensor:
    return unpack_labels(torch.from_numpy(packed))


def train(config: PartsConfig, packed: np.ndarray, out: Path, **options: object) -> list[TrainingStep]:
    config = resolve_parts_config(config, CPU)
    held_out = {"held out": unpack_labels(torch.from_numpy(packed[:2])).numpy()}
    data = TrainingData(np.empty((0, PACKED_SIZE), np.uint8), packed, held_out)
    task = PartsTask(config, data, CPU, None, out, {"terms": "none"}, quick_scanner)
    return list(run_loop(config, task, CPU, data.identity, **options))  # type: ignore[arg-type]


# ---- a run ------------------------------------------------------------------------------------------


def test_a_run_lowers_the_loss_and_writes_a_network_that_labels(packed: np.ndarray, tmp_path: Path) -> None:
    out = tmp_path / "parts.safetensors"
    steps = train(Quick(steps=16, evaluate_every=16, learning_rate=2e-2), packed, out)
    assert np.mean([s.loss for s in steps[-3:]]) < 0.8 * np.mean([s.loss for s in steps[:3]])
    cells = steps[-1].held_out["held out"].cells
    assert list(cells) == ["IoU of parts, surface", "IoU of parts, voxels"]
    assert all(0.1 < float(text) <= 1 for text in cells.values())
    written = read_parts_weights(out)
    assert written.notes["terms"] == "none" and written.network.width == 8
    assert written.network(torch.rand(1, 60, 3) - 0.5).shape == (1, 4, 60)


def test_a_run_that_was_stopped_and_resumed_gives_the_same_weights_bit_for_bit(
    packed: np.ndarray, tmp_path: Path
) -> None:
    whole, parts, saved = (tmp_path / f"{name}.safetensors" for name in ("whole", "parts", "saved"))
    train(Quick(), packed, whole)
    with pytest.raises(StoppedError, match="after step 1 of 2"):
        train(Quick(), packed, parts, checkpoint=saved, stop=lambda: True)
    train(Quick(), packed, parts, checkpoint=saved, resumed=read_checkpoint(saved))
    one, other = (read_parts_weights(path).network.state_dict() for path in (whole, parts))
    assert all(torch.equal(one[key], other[key]) for key in one)


def test_real_chairs_are_refused_for_nobody_has_labelled_them(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="leave --data out"):
        next(TrainedParts().gather(Quick(samples=4), tmp_path, None))
    with pytest.raises(InputError, match="samples cannot be 0"):
        check_parts_config(Quick(samples=0))


# ---- labelled clouds --------------------------------------------------------------------------------


def test_packed_labels_come_back(labels: Tensor) -> None:
    again = unpack_labels(torch.from_numpy(pack_labels(labels.numpy()).reshape(len(labels), -1)))
    assert torch.equal(again, labels) and bool((labels == NO_PART).any()) and bool((labels < 4).any())


def test_voxel_centres_have_the_labels_of_their_voxels_and_stand_twice_only_where_few_are(
    labels: Tensor,
) -> None:
    few = torch.full_like(labels[:1], NO_PART)
    few[0, 3, 4, 5], few[0, 3, 4, 6] = 1, 2
    points, parts = voxel_centres(torch.cat([labels[:1], few]), 100, torch.Generator().manual_seed(0))
    voxels = ((points + 0.5) * 32).floor().long()
    assert torch.equal(labels[0][tuple(voxels[0].T)].long(), parts[0])
    assert len(voxels[0].unique(dim=0)) == 100 and len(voxels[1].unique(dim=0)) == 2
    assert sorted(parts[1].unique().tolist()) == [1, 2]


def test_a_point_has_the_part_of_the_nearest_voxel_and_a_stray_one_none(labels: Tensor) -> None:
    one = torch.full_like(labels[:1], NO_PART)
    one[0, 3, 4, 5], one[0, 5, 4, 5] = 1, 2
    voxels = torch.tensor([[[3.5, 4.5, 5.5], [4.4, 4.5, 5.5], [4.6, 4.9, 5.5], [9, 9, 9], [-3, 4, 5]]])
    found = nearest_labels(voxels / 32 - 0.5, one)
    assert found.tolist() == [[1, 1, 2, NO_PART, NO_PART]]


def test_surface_points_are_labelled_nearly_all(labels: Tensor) -> None:
    points, parts = surface_points(labels, 200, scanner(WHOLE), torch.Generator().manual_seed(0))
    assert points.shape == (8, 200, 3) and float((parts == NO_PART).float().mean()) < 0.02
    seat = points[..., 1][parts == 0].mean()
    assert float(points[..., 1][parts == 2].mean()) < float(seat) < float(points[..., 1][parts == 1].mean())


def test_clouds_of_a_batch_fill_the_frame_and_keep_their_labels(labels: Tensor) -> None:
    batch = make_batch(labels, Quick(inside=0.5), centres, torch.Generator().manual_seed(0))
    size = batch.points.amax(1) - batch.points.amin(1)
    torch.testing.assert_close(size.amax(1), torch.ones(8))
    legs, backs = (batch.points[..., 1][batch.labels == part].mean() for part in (2, 1))
    assert float(legs) < float(backs) and batch.labels.shape == (8, 128)


def test_stray_points_do_not_move_a_cloud_in_its_frame() -> None:
    points = torch.tensor([[[0.0, 0, 0], [2, 1, 0], [9, 9, 9]]])
    moved = in_frame(points, torch.tensor([[True, True, False]]))
    torch.testing.assert_close(moved[0, :2], torch.tensor([[-0.5, -0.25, 0], [0.5, 0.25, 0]]))


# ---- the metric -------------------------------------------------------------------------------------


def test_the_iou_of_parts_is_the_mean_over_those_that_a_chair_has() -> None:
    true = torch.tensor([[0, 0, 1, 1, 2, NO_PART], [0, 0, 0, 0, 0, 0]])
    said = torch.tensor([[0, 1, 1, 1, 2, 3], [0, 0, 0, 0, 0, 0]])
    torch.testing.assert_close(part_ious(said, true), torch.tensor([(1 / 2 + 2 / 3 + 1) / 3, 1.0]))
