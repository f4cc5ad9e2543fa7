"""Networks of points learn on a GPU: their steps do not wait for the device, and the CPU agrees with it."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from random_points_weights import (  # noqa: E402
    write_random_parts_weights,
    write_random_points_weights,
)

from voxview.engine.parts import label_parts  # noqa: E402
from voxview.engine.points import PointsReader  # noqa: E402
from voxview.engine.points_request import points_request  # noqa: E402
from voxview.model.point_neighbours import farthest_points, nearest_points  # noqa: E402
from voxview.model.point_pose import normalise  # noqa: E402
from voxview.model.points_network import ENCODERS  # noqa: E402
from voxview.model.points_weights import read_parts_weights, read_points_weights  # noqa: E402
from voxview.shapes.bits import PACKED_SIZE, pack_bytes  # noqa: E402
from voxview.shapes.catalogs.samples import sample_catalog  # noqa: E402
from voxview.to_end import run_to_end  # noqa: E402
from voxview.training.data import TrainingData  # noqa: E402
from voxview.training.loop import run_loop  # noqa: E402
from voxview.training.parts.config_check import resolve_parts_config  # noqa: E402
from voxview.training.parts.task import PartsTask  # noqa: E402
from voxview.training.points.config_check import resolve_points_config  # noqa: E402
from voxview.training.points.scanners import scanner  # noqa: E402
from voxview.training.points.task import PointsTask  # noqa: E402
from voxview.training.points_config import PartsConfig, PointsConfig  # noqa: E402
from voxview.training.procedural import generate_labelled_chairs  # noqa: E402
from voxview.training.process_group import ProcessGroup  # noqa: E402

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device"),
]
GROUP = ProcessGroup(device="cuda")


@pytest.fixture(scope="module")
def chairs() -> TrainingData:
    grids = np.stack([chair.read() for chair in sample_catalog()[:24]])
    return TrainingData(pack_bytes(grids[:12]), pack_bytes(grids[12:18]), {"same": grids[18:]})


@pytest.fixture(scope="module")
def labelled() -> TrainingData:
    packed = np.concatenate(list(generate_labelled_chairs(16, 3))).reshape(16, -1)
    return TrainingData(np.empty((0, PACKED_SIZE), np.uint8), packed)


def points_task(data: TrainingData, out: Path, encoder: str) -> tuple[PointsConfig, PointsTask]:
    config = PointsConfig(encoder=encoder, steps=30, batch=32, points=512, copies=2, device="cuda")
    config = resolve_points_config(config, GROUP)
    return config, PointsTask(config, data, GROUP, None, out, {}, scanner)


def parts_task(data: TrainingData, out: Path) -> tuple[PartsConfig, PartsTask]:
    config = resolve_parts_config(PartsConfig(steps=30, batch=8, device="cuda"), GROUP)
    return config, PartsTask(config, data, GROUP, None, out, {}, scanner)


def check_that_a_step_does_not_wait(task: PointsTask | PartsTask) -> None:
    for step in (1, 2, 3):
        task.learn(step, 1e-4)
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    try:
        loss, _ = task.learn(4, 1e-4)
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert bool(torch.isfinite(loss))


@pytest.mark.parametrize("encoder", ENCODERS)
def test_steps_of_an_encoder_do_not_wait_for_the_device(
    encoder: str, chairs: TrainingData, tmp_path: Path
) -> None:
    check_that_a_step_does_not_wait(points_task(chairs, tmp_path / "w.safetensors", encoder)[1])


def test_steps_of_a_parts_network_do_not_wait_for_the_device(labelled: TrainingData, tmp_path: Path) -> None:
    check_that_a_step_does_not_wait(parts_task(labelled, tmp_path / "w.safetensors")[1])


@pytest.mark.parametrize("encoder", ENCODERS)
def test_an_encoder_learns_and_says_the_same_on_both_devices(
    encoder: str, chairs: TrainingData, tmp_path: Path
) -> None:
    config, task = points_task(chairs, tmp_path / "w.safetensors", encoder)
    losses = [step.loss for step in run_loop(config, task, GROUP, chairs.identity)]
    assert np.mean(losses[-5:]) < 0.9 * np.mean(losses[:5])
    network = read_points_weights(tmp_path / "w.safetensors").network
    points, _, _ = normalise(torch.randn(3, 512, 3, generator=torch.Generator().manual_seed(0)))
    with torch.no_grad():
        cpu = network(points)
        cuda = network.to("cuda")(points.to("cuda"))
    torch.testing.assert_close(cuda.standardised.cpu(), cpu.standardised, atol=0.02, rtol=0.02)
    torch.testing.assert_close(cuda.turn.cpu(), cpu.turn, atol=0.05, rtol=0.02)


def test_a_parts_network_learns_and_says_the_same_on_both_devices(
    labelled: TrainingData, tmp_path: Path
) -> None:
    config, task = parts_task(labelled, tmp_path / "w.safetensors")
    losses = [step.loss for step in run_loop(config, task, GROUP, labelled.identity)]
    assert np.mean(losses[-5:]) < 0.9 * np.mean(losses[:5])
    network = read_parts_weights(tmp_path / "w.safetensors").network
    points = torch.rand(2, 1024, 3, generator=torch.Generator().manual_seed(0)) - 0.5
    with torch.no_grad():
        same = network(points).argmax(1) == network.to("cuda")(points.to("cuda")).argmax(1).cpu()
    assert float(same.float().mean()) > 0.98


def test_neighbours_on_both_devices_are_the_same() -> None:
    points = torch.randn(3, 700, 3, generator=torch.Generator().manual_seed(0))
    assert torch.equal(farthest_points(points, 64), farthest_points(points.to("cuda"), 64).cpu())
    distances, numbers = nearest_points(points, points[:, :50] + 0.1, 16)
    on_gpu, found = (t.cpu() for t in nearest_points(points.to("cuda"), points[:, :50].to("cuda") + 0.1, 16))
    torch.testing.assert_close(on_gpu, distances, atol=2e-3, rtol=1e-3)
    assert float((found == numbers).float().mean()) > 0.99


def test_a_cloud_is_the_same_chair_on_both_devices(tmp_path: Path) -> None:
    weights = write_random_points_weights(tmp_path / "w.safetensors", "chairs", like=0)
    grid = sample_catalog()[0].read()
    rng, voxels = np.random.default_rng(0), np.argwhere(grid)
    points = (voxels[rng.choice(len(voxels), 1500)] + rng.random((1500, 3))) / 32 - 0.5
    request = run_to_end(points_request(points))
    cpu, cuda = (PointsReader(device, weights).read(request).grid for device in ("cpu", "cuda"))
    assert (cpu & cuda).sum() / (cpu | cuda).sum() > 0.95


def test_parts_are_the_same_on_both_devices(tmp_path: Path) -> None:
    weights, grid = write_random_parts_weights(tmp_path / "p.safetensors"), sample_catalog()[0].read()
    cpu, cuda = (label_parts(grid, weights=weights, device=device) for device in ("cpu", "cuda"))
    assert float((cpu == cuda)[grid].mean()) > 0.98
