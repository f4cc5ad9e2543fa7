"""All pairs shared with worker processes: the same bits as alone, whatever becomes of the workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from voxview.engine.all_pairs import score_all_pairs
from voxview.engine.engine import Engine
from voxview.engine.scores.pair_queue import PairQueue
from voxview.engine.scores.pair_scores import PairScores
from voxview.engine.step import Step
from voxview.engine.workers.devices import WorkerDevice, further_gpus
from voxview.engine.workers.pool import WorkerPool
from voxview.engine.workers.shared_run import SharedRun
from voxview.engine.workers.streaming import Streamed
from voxview.engine.workers.worker import Worker
from voxview.experiment.clock import Limits
from voxview.experiment.steps import scoring_on_gpus
from voxview.experiment.steps import streamed as streamed_step
from voxview.experiment.steps.scoring_on_gpus import compare_in_turn
from voxview.experiment.steps.streamed import streamed_sentence
from voxview.gui.all_pairs.pair_texts import found_text
from voxview.resources import asset
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.to_end import run_to_end

CHAIRS = tuple(sample_catalog()[:8])
STEPS = 4


def two_cpus() -> list[WorkerDevice]:
    return [WorkerDevice("CPU 1", "cpu"), WorkerDevice("CPU 2", "cpu")]


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each run wait until its workers have their weights, however busy the machine is.

    A person's goes on meanwhile, and so few chairs would be scored before a worker can help.
    """

    def preparing(run: SharedRun) -> Iterator[None]:
        begun, end = [worker for worker in run._workers if worker.was_begun], time.monotonic() + 60
        while time.monotonic() < end:
            run._look()
            if all(run._is_ready(worker) or worker.why_lost(run._number) for worker in begun):
                return
            run.wait(0.01)
            yield

    monkeypatch.setattr(SharedRun, "preparing", preparing)


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    pool = WorkerPool(two_cpus, worth_starting=0)
    assert pool.wait_until_started(60) == 2
    yield pool


@pytest.fixture(scope="module")
def engine(pool: WorkerPool) -> Engine:
    return Engine("study", device="cpu", workers=pool)


@pytest.fixture(scope="module")
def alone() -> PairScores:
    return scored(Engine("study", device="cpu"))


def scored(
    engine: Engine,
    chairs: tuple = CHAIRS,
    steps: int = STEPS,
    after: Callable[[Step], None] = lambda _: None,
) -> PairScores:
    run = score_all_pairs(engine, chairs, steps, "numpy", "cpu")
    while True:
        try:
            after(next(run))
        except StopIteration as end:
            return end.value


def other_weights() -> bytes:
    """Return a file of the study's weights of which some are negated."""
    negated = bytearray(asset("weights", "study.safetensors").read_bytes())
    for place in range(len(negated) - 1, len(negated) - 401, -4):
        negated[place] ^= 0x80  # the sign of a number
    return bytes(negated)


def test_scores_shared_with_workers_are_the_same_bits(engine: Engine, alone: PairScores) -> None:
    done: list[int] = []
    shared = scored(engine, after=lambda step: done.append(step.done) if step.unit == "blends" else None)
    assert shared.further == ("CPU 1", "CPU 2") and shared.notice is None
    assert done == sorted(done) and done[-1] == 8 + 28 * 2, "each blend counts once"
    assert alone.further == () and shared.is_same(alone)


def test_workers_encode_parts_of_the_set(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[np.ndarray] = []
    encode = Worker.encode

    def noted(worker: Worker, task: int, places: np.ndarray) -> None:
        given.append(places)
        encode(worker, task, places)

    monkeypatch.setattr(Worker, "encode", noted)
    scored(engine)
    places = np.concatenate(given)
    assert len(places) == len(set(places.tolist())) and 0 not in places, "the first part is the engine's own"


def test_a_run_after_one_that_was_cancelled_is_right(engine: Engine, alone: PairScores) -> None:
    run = score_all_pairs(engine, CHAIRS[::-1], STEPS, "numpy", "cpu")
    for step in run:
        if step.unit == "blends":
            break
    run.close()  # the workers still have blocks of it
    assert scored(engine).is_same(alone)


def test_other_weights_are_used_by_the_workers_too(engine: Engine, alone: PairScores, tmp_path: Path) -> None:
    mine = tmp_path / "mine.safetensors"
    mine.write_bytes(other_weights())
    other = engine.with_weights(mine)
    assert other.workers is engine.workers
    shared = scored(other)
    assert shared.further == ("CPU 1", "CPU 2") and not shared.is_same(alone)
    assert shared.is_same(scored(Engine(mine, device="cpu")))
    assert scored(engine).is_same(alone), "and back again"


def test_a_weights_file_that_was_replaced_is_refused_by_the_workers_alone(
    pool: WorkerPool, tmp_path: Path, alone: PairScores
) -> None:
    mine = tmp_path / "mine.safetensors"
    mine.write_bytes(other_weights())
    engine = Engine(mine, device="cpu", workers=pool)
    assert engine.weights_fingerprint != Engine("study", device="cpu").weights_fingerprint
    mine.write_bytes(asset("weights", "study.safetensors").read_bytes())
    shared = scored(engine)
    assert shared.notice is not None and "mine.safetensors was replaced" in shared.notice
    assert shared.further == () and not shared.is_same(alone), "nobody scores with the new file"


def test_one_and_all_are_timed_in_turn_and_their_bits_compared(engine: Engine) -> None:
    compared = run_to_end(compare_in_turn(engine, CHAIRS, 3, "numpy", 2, device="cpu"))
    assert compared.gpus == 3 and compared.same_bits and compared.one.count == compared.every.count == 2
    assert compared.sentence(8).startswith("8 chairs decoded and scored by 3 GPUs: ")


def test_blends_of_more_chairs_than_memory_holds_are_dealt_out_by_rows(engine: Engine) -> None:
    z, t = np.zeros((1_000, 8, 8), np.float32), np.linspace(0, 1, 11, dtype=np.float32)
    for worker in engine.workers.workers:
        worker._heard -= 3_600  # one that had nothing to say for an hour is not lost
    streamed = run_to_end(engine.workers.stream_rows(z, t, "numpy", 0.05))
    assert [one.rows for one in streamed] == [333, 333, 334]
    assert all(one.written > 0 and one.seconds > 0 for one in streamed)
    twice = Streamed(25_000, 10**9, 0.5), Streamed(25_000, 10**9, 0.5)
    assert "by 2 GPUs" in streamed_sentence(twice) and "2.00 times" in streamed_sentence(twice)


def test_the_benchmark_says_what_all_devices_do_or_why_not(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    brief = Limits(seconds=0.02, min_runs=1)
    monkeypatch.setattr(streamed_step, "CHAIRS", 300)
    found = run_to_end(streamed_step.measure_streamed_on_all_gpus(engine, "numpy", brief))
    assert found.notes[0].startswith("All pairs of 300 blended in blocks by 3 GPUs, each its rows")
    monkeypatch.setattr(scoring_on_gpus, "CHAIRS", 3)
    none = run_to_end(scoring_on_gpus.measure_on_all_gpus(engine, "numpy", brief))
    assert not none.measurements and "left out: they were scored on the cpu" in none.notes[0]


def test_the_page_says_how_many_gpus_worked(alone: PairScores) -> None:
    on_two = replace(alone, device="cuda", further=("GPU 1",), tf32=True)
    assert found_text(on_two).endswith(" s on 2 GPUs in TF32.")
    assert found_text(replace(on_two, further=(), tf32=False)).endswith(" s on the GPU.")
    assert found_text(replace(alone, further=("CPU 1",))).endswith(" s on the CPU and CPU 1.")


def test_a_small_set_is_left_to_the_engine(engine: Engine) -> None:
    assert scored(engine, CHAIRS[:2], 3).further == ()
    cold = WorkerPool(two_cpus)
    assert scored(Engine("study", device="cpu", workers=cold)).further == ()
    assert not any(worker.was_begun for worker in cold.workers), "a start takes longer"


def test_a_killed_worker_is_made_good_by_the_others_and_said(engine: Engine, alone: PairScores) -> None:
    first = engine.workers.workers[0]
    assert first.process_id is not None

    def kill(step: Step) -> None:
        if step.unit == "blends" and first.owes and psutil.pid_exists(first.process_id or 0):
            os.kill(first.process_id or 0, signal.SIGKILL)

    shared = scored(engine, after=kill)
    assert shared.notice == "CPU 1 failed (its process ended): the others went on with its part"
    assert shared.is_same(alone)
    again = scored(engine)
    assert again.notice is None and again.further == ("CPU 2",) and again.is_same(alone)


def test_a_worker_that_says_nothing_is_given_up(
    engine: Engine, alone: PairScores, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = engine.workers.workers[1]
    assert second.process_id is not None
    process = psutil.Process(second.process_id)
    monkeypatch.setattr("voxview.engine.workers.worker.PATIENCE", 0.3)
    process.suspend()
    try:
        shared = scored(engine)
    finally:
        process.resume()
    assert shared.notice is not None and "CPU 2 failed (it has said nothing" in shared.notice
    assert shared.is_same(alone)
    assert process.wait(10) is not None or not process.is_running()


def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        textwrap.dedent("""
            import time
            from voxview.engine.workers.devices import WorkerDevice
            from voxview.engine.workers.pool import WorkerPool

            if __name__ == "__main__":
                pool = WorkerPool(lambda: [WorkerDevice("CPU 1", "cpu")])
                assert pool.wait_until_started(60) == 1
                print(pool.workers[0].process_id, flush=True)
                time.sleep(60)
        """)
    )
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
        end = time.monotonic() + 60
        while worker.is_running() and worker.status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < end, "the worker outlives its parent"
            time.sleep(0.02)


def test_each_worker_sees_its_own_gpu_alone() -> None:
    assert further_gpus(1, environment={}) == ()
    assert [gpu.visible for gpu in further_gpus(3, environment={})] == ["1", "2"]
    assert [gpu.visible for gpu in further_gpus(3, own=1, environment={})] == ["0", "2"]
    named = further_gpus(2, environment={"CUDA_VISIBLE_DEVICES": "GPU-aa, GPU-bb"})
    assert [(gpu.name, gpu.visible) for gpu in named] == [("GPU 1", "GPU-bb")]
    assert further_gpus(2, environment={"CUDA_VISIBLE_DEVICES": "3,1"})[0].visible == "1"


def test_a_block_that_is_put_back_is_taken_again_as_it_was() -> None:
    queue = PairQueue(6, 5, half_way_first=False)
    first = queue.take(9)
    assert first is not None and first[0].tolist() == [[0, 1], [0, 2], [0, 3]]
    left = queue.blocks_left(9)
    queue.put_back(first)
    assert queue.blocks_left(9) == left + 1 == 5
    again = queue.take(9)
    assert again is not None and np.array_equal(again[0], first[0])
    count = sum(len(pairs) * len(columns) for pairs, columns in iter(lambda: queue.take(9), None))
    assert count == (15 - 3) * 3
