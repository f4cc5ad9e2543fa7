"""All pairs on every GPU of the machine are one GPU's, bit for bit, and faster."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.gpu

torch = pytest.importorskip("torch")
if torch.cuda.device_count() < 2:
    pytest.skip("two CUDA devices are needed", allow_module_level=True)

from voxview.engine.all_pairs import score_all_pairs  # noqa: E402
from voxview.engine.engine import Engine  # noqa: E402
from voxview.engine.scores.pair_scores import PairScores  # noqa: E402
from voxview.engine.workers.worker import Worker  # noqa: E402
from voxview.experiment.steps.scoring_on_gpus import Comparison, compare_in_turn  # noqa: E402
from voxview.shapes.catalogs.samples import sample_catalog  # noqa: E402
from voxview.to_end import run_to_end  # noqa: E402

CHAIRS = tuple(sample_catalog()[:50])


@pytest.fixture(scope="module")
def engine() -> Engine:
    engine = Engine()
    assert engine.workers.wait_until_started(180) == torch.cuda.device_count() - 1
    return engine


def scored(engine: Engine, *, one_gpu: bool, tf32: bool = False) -> PairScores:
    return run_to_end(score_all_pairs(engine, CHAIRS, 11, "cuda-shared", "cuda", tf32=tf32, one_gpu=one_gpu))


def compared(engine: Engine, *, tf32: bool) -> Comparison:
    return run_to_end(compare_in_turn(engine, CHAIRS, 11, "cuda-shared", 5, tf32=tf32))


def test_one_gpu_repeats_itself(engine: Engine) -> None:
    """Else nothing below could be equal, whatever the workers do."""
    assert scored(engine, one_gpu=True).is_same(scored(engine, one_gpu=True))


@pytest.mark.parametrize("tf32", [False, True], ids=["single precision", "TF32"])
def test_all_gpus_give_one_gpus_bits_and_are_faster(engine: Engine, tf32: bool) -> None:
    found = compared(engine, tf32=tf32)
    print(f"\n{'TF32' if tf32 else 'single precision'}: {found.sentence(50)}")
    assert found.same_bits and found.gpus == torch.cuda.device_count()
    assert found.ratio >= (1.6 if not tf32 else 1.2)


def test_a_worker_that_is_killed_costs_no_blend(engine: Engine) -> None:
    alone = scored(engine, one_gpu=True)
    worker: Worker = engine.workers.workers[-1]
    run = score_all_pairs(engine, CHAIRS, 11, "cuda-shared", "cuda")
    while True:
        try:
            step = next(run)
        except StopIteration as end:
            found = end.value
            break
        if step.unit == "blends" and worker.owes and worker.failure is None:
            worker._process.kill()  # type: ignore[attr-defined]
    assert found.is_same(alone) and found.notice is not None and worker.device.name in found.notice
