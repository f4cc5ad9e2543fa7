"""The map on a CUDA device: the CPU's latents and chairs, and the CPU where the device fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.gpu

torch = pytest.importorskip("torch")

from voxview.engine.catalog.cache import IndexCache  # noqa: E402
from voxview.engine.catalog.index import index_catalog  # noqa: E402
from voxview.engine.engine import Engine  # noqa: E402
from voxview.engine.latent_request import LatentRequest  # noqa: E402
from voxview.model.autoencoder import Autoencoder  # noqa: E402
from voxview.shapes.catalogs.catalog import Catalog  # noqa: E402
from voxview.shapes.catalogs.samples import sample_catalog  # noqa: E402

FEW = Catalog("A few", "few", sample_catalog()[:80])


@pytest.fixture
def engine() -> Engine:
    return Engine()


def test_the_gpus_latents_are_the_cpus(engine: Engine) -> None:
    grids = np.stack([chair.read() for chair in FEW])
    on_cpu, on_gpu = engine.encode_unrefined(grids, "cpu"), engine.encode_unrefined(grids, "cuda")
    assert np.abs(on_gpu - on_cpu).max() < 1e-3 * max(1, np.abs(on_cpu).max())


def test_a_place_is_the_same_chair_on_both_devices(engine: Engine) -> None:
    latent = engine.encode_unrefined(FEW[0].read()[None], "cpu")[0]
    on_cpu = engine.decode_latent(LatentRequest(latent, "here", "cpu"))
    on_gpu = engine.decode_latent(LatentRequest(latent, "here", "cuda"))
    assert np.abs(on_gpu.field - on_cpu.field).max() < 1e-3


def test_a_catalog_is_mapped_whole_on_the_gpu(engine: Engine, tmp_path: Path) -> None:
    steps = index_catalog(engine, FEW, "cuda", IndexCache(tmp_path / "catalog.npz"))
    with pytest.raises(StopIteration) as end:
        while True:
            next(steps)
    assert end.value.value.complete and len(end.value.value.chairs) == len(FEW)


def test_where_the_gpu_fails_the_cpu_answers(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    encode = Autoencoder.encode

    def fail_on_the_gpu(self: Autoencoder, *arguments: Any, **named: Any) -> Any:
        if self.device.type == "cuda":
            raise torch.AcceleratorError("CUDA error: an illegal memory access was encountered")
        return encode(self, *arguments, **named)

    monkeypatch.setattr(Autoencoder, "encode", fail_on_the_gpu)
    grids = FEW[0].read()[None]
    latents = engine.encode_unrefined(grids, "cuda")
    assert np.array_equal(latents, engine.encode_unrefined(grids, "cpu"))
    assert engine.devices == ("cpu",)
