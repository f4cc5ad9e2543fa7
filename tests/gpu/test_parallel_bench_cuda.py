"""A step of the parallel benchmark that is replayed from a CUDA graph is the step it was recorded from."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytestmark = pytest.mark.gpu

torch = pytest.importorskip("torch")
if not torch.cuda.is_available():
    pytest.skip("no CUDA device", allow_module_level=True)

from voxview.model.autoencoder import full_precision  # noqa: E402
from voxview.training.parallel.mesh import Axis  # noqa: E402
from voxview.training.parallel_bench.measure import measure  # noqa: E402
from voxview.training.parallel_bench.options import Case, Options  # noqa: E402
from voxview.training.parallel_bench.timed_step import alone, synthetic  # noqa: E402
from voxview.training.replayed import EAGER_CALLS  # noqa: E402

OPTIONS = Options(batch=16, outputs=10, hidden=64, side=95, steps=3, precision="fp32")


def weights_after(options: Options, steps: int) -> dict[str, torch.Tensor]:
    step = alone(options, "cuda")
    batch = synthetic(options, options.batch, slice(None), "cuda")
    for number in range(steps):
        step.take(batch, number)
    return step.whole_weights()


def test_a_replayed_step_is_the_launched_one_dropout_included() -> None:
    steps = EAGER_CALLS + 3
    with full_precision():
        replayed = weights_after(OPTIONS, steps)
        launched = weights_after(replace(OPTIONS, graph=False), steps)
        before = weights_after(OPTIONS, EAGER_CALLS)
    for name, weights in launched.items():
        moved = (weights - before[name]).norm()  # other masks would be as far away as this
        assert (replayed[name] - weights).norm() < 0.2 * moved, name


def test_a_replayed_step_times_its_own_parts() -> None:
    row = measure(OPTIONS, Case("data", 1, 16), Axis(), "cuda")
    assert {"convolutions", "fully connected layers", "update"} <= row.parts_ms.keys()
    assert all(ms > 0 for ms in row.parts_ms.values())
    assert sum(row.parts_ms.values()) < 3 * row.step_ms
