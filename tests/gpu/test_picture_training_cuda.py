"""A picture encoder learns on a GPU: its steps do not wait for the device, and the CPU agrees with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from voxview.model.picture_encoder import load_picture_encoder  # noqa: E402
from voxview.shapes.bits import pack_bytes  # noqa: E402
from voxview.shapes.catalogs.samples import sample_catalog  # noqa: E402
from voxview.training.data import TrainingData  # noqa: E402
from voxview.training.loop import run_loop  # noqa: E402
from voxview.training.picture_config import PictureConfig  # noqa: E402
from voxview.training.pictures.batch_source import BatchSource  # noqa: E402
from voxview.training.pictures.config_check import resolve_picture_config  # noqa: E402
from voxview.training.pictures.task import PictureTask, make_renderer  # noqa: E402
from voxview.training.process_group import ProcessGroup  # noqa: E402

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device"),
]
GROUP = ProcessGroup(device="cuda")


@pytest.fixture(scope="module")
def data() -> TrainingData:
    grids = np.stack([chair.read() for chair in sample_catalog()[:24]])
    return TrainingData(pack_bytes(grids[:12]), pack_bytes(grids[12:18]), {"same": grids[18:]})


def task(data: TrainingData, out: Path, **given: object) -> tuple[PictureConfig, PictureTask]:
    options = {"steps": 30, "batch": 32, "copies": 2, "device": "cuda", **given}
    config = resolve_picture_config(PictureConfig(**options), GROUP)  # type: ignore[arg-type]
    return config, PictureTask(config, data, GROUP, None, out, {}, make_renderer(config))


@pytest.mark.parametrize(
    "given", [{}, {"optimiser": "muon"}, {"optimiser": "sgd", "learning_rate": 1e-3, "reuse": 2}]
)
def test_steps_do_not_wait_for_the_device(
    given: dict[str, object], data: TrainingData, tmp_path: Path
) -> None:
    _, learning = task(data, tmp_path / "w.safetensors", **given)
    for step in range(1, 6):  # the fourth is recorded
        learning.learn(step, 1e-4)
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    try:
        loss, _ = learning.learn(20, 1e-4)  # with the loss on the voxels
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert bool(torch.isfinite(loss))


def test_replayed_pictures_are_those_of_their_step(data: TrainingData, tmp_path: Path) -> None:
    config, learning = task(data, tmp_path / "w.safetensors")
    batches = {}
    for graph in (True, False):
        source = BatchSource(make_renderer(config), learning.targets, replace(config, graph=graph), GROUP)
        for step in range(1, 7):  # the fourth is recorded
            batch, generator = source.render(step)
        batches[graph] = batch, torch.rand(3, device="cuda", generator=generator)
    (replayed, after), (rendered, wanted) = batches[True], batches[False]
    assert torch.equal(replayed.latents, rendered.latents) and torch.equal(after, wanted)
    assert (replayed.pixels - rendered.pixels).abs().mean() < 1e-4


def test_a_run_lowers_the_loss_and_its_file_gives_the_same_on_both_devices(
    data: TrainingData, tmp_path: Path
) -> None:
    out = tmp_path / "w.safetensors"
    config, learning = task(data, out)
    steps = list(run_loop(config, learning, GROUP, data.identity))
    early, late = (np.mean([s.terms["latent"] for s in some]) for some in (steps[:5], steps[-5:]))
    assert late < early
    pixels = np.random.default_rng(0).integers(0, 256, (4, 227, 227, 3), np.uint8)
    on_gpu, on_cpu = (load_picture_encoder(out, device).encode(pixels) for device in ("cuda", "cpu"))
    np.testing.assert_allclose(on_gpu.latents, on_cpu.latents, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(on_gpu.unfamiliarity, on_cpu.unfamiliarity, rtol=1e-2)
