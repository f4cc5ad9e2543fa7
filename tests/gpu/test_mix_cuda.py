"""Mixes on the GPU are those of the CPU, in every backend."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from voxview.engine.engine import Engine
from voxview.engine.mix import MixRequest
from voxview.engine.request import Backend, BlendRequest
from voxview.shapes.catalogs.samples import sample_catalog

pytestmark = pytest.mark.gpu
CHAIRS = tuple(sample_catalog()[:8])
BACKENDS: tuple[Backend, ...] = ("numpy", "cuda-global", "cuda-shared")


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("weights", [(0.125,) * 8, (1.0, -1.0, 1.0), (0.0, 1.0)])
def test_a_mix_is_the_cpus(engine: Engine, backend: Backend, weights: tuple[float, ...]) -> None:
    request = MixRequest(CHAIRS[: len(weights)], weights, (), backend, "cuda")
    on_gpu, on_cpu = engine.mix(request), engine.mix(replace(request, backend="numpy", device="cpu"))
    assert on_gpu.device == "cuda" and on_gpu.notice is None
    assert np.allclose(on_gpu.field, on_cpu.field, atol=2e-3)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_single_one_is_the_chairs_own_reconstruction(engine: Engine, backend: Backend) -> None:
    mix = engine.mix(MixRequest(CHAIRS[:3], (0.0, 1.0, 0.0), (), backend, "cuda"))
    own = engine.blend(BlendRequest(CHAIRS[1], CHAIRS[0], 0.0, backend, "cuda", live=True))
    assert np.allclose(mix.field, own.field, atol=2e-3)


def test_directions_learnt_on_the_gpu_move_a_chair_there(engine: Engine) -> None:
    for _ in engine.learn_directions():
        pass
    start = MixRequest(CHAIRS[:1], (1.0,), (), "cuda-shared", "cuda")
    before = engine.mix(start)
    after = engine.mix(replace(start, shift=(("seat_height", 0.1),)))
    assert after.device == "cuda" and after.notice is None
    assert not np.array_equal(before.field, after.field)
