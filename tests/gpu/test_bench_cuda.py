"""The experiment on a CUDA device: every subject is there, right, and timed by the device."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Generator
from functools import partial
from typing import Any

import pytest

pytestmark = pytest.mark.gpu

pytest.importorskip("torch")

from voxview.cli.tables import plain_text  # noqa: E402
from voxview.engine.engine import Engine  # noqa: E402
from voxview.errors import VoxViewError  # noqa: E402
from voxview.experiment import clock  # noqa: E402
from voxview.experiment.bench import QUICK_BLENDS, QUICK_INPUTS, benchmark  # noqa: E402
from voxview.experiment.clock import Limits, time_on_device  # noqa: E402
from voxview.experiment.correctness import OURS  # noqa: E402
from voxview.experiment.crossover import crossover  # noqa: E402
from voxview.experiment.problem import Problem, all_pairs, one_pair  # noqa: E402
from voxview.experiment.ratios import control_sentences  # noqa: E402
from voxview.experiment.record import from_json, to_json  # noqa: E402
from voxview.experiment.results import Benchmark  # noqa: E402
from voxview.experiment.steps import device_blends  # noqa: E402
from voxview.experiment.steps.bandwidth import copy_by_kernel  # noqa: E402
from voxview.experiment.steps.compiled import COMPILED_SUBJECTS, compile_problem  # noqa: E402
from voxview.experiment.steps.device_blends import DEVICE_SUBJECTS  # noqa: E402
from voxview.experiment.steps.host_blends import HOST_SUBJECTS  # noqa: E402
from voxview.experiment.tables import report  # noqa: E402

BRIEF = Limits(seconds=0.05, max_runs=20)


def value_of(steps: Generator[Any, None, Any]) -> Any:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@pytest.fixture(scope="module")
def results() -> Benchmark:
    found: Benchmark = value_of(benchmark(Engine("study"), quick=True))
    print(f"\n{plain_text(report(found))}")
    return found


def test_every_subject_is_measured_at_every_size(results: Benchmark) -> None:
    assert results.complete and not any("left out" in note for note in results.notes)
    for axis, sizes in (("inputs", QUICK_INPUTS), ("blends", QUICK_BLENDS)):
        for size in sizes:
            for subject in set(DEVICE_SUBJECTS + HOST_SUBJECTS) - set(COMPILED_SUBJECTS):
                found = results.find(axis, size, subject, "interpolate")  # type: ignore[arg-type]
                assert found is not None and found.runs >= 5 and 0 < found.median <= found.p95
            for part in ("upload", "download", "total", "kept download", "kept total"):
                for subject in ("cuda-shared", "cuda-global"):
                    assert results.find(axis, size, subject, part) is not None  # type: ignore[arg-type]


def test_our_backends_give_the_same_bits_within_two_ulp(results: Benchmark) -> None:
    timed = [m for m in results.measurements if m.part == "interpolate" and m.subject in OURS]
    compared = [m for m in timed if m.deviation is not None]
    assert len(compared) == len(OURS) * (len(QUICK_INPUTS) + len(QUICK_BLENDS))
    assert "cuda-elementwise" in OURS
    assert all(m.same_bits and m.deviation is not None and m.deviation <= 2 for m in compared)


def test_every_stage_of_both_kernels_is_timed(results: Benchmark) -> None:
    for subject in ("cuda-shared", "cuda-global"):
        for part in ("encode", "upload", "interpolate", "decode", "download", "surface", "total"):
            assert results.find("stages", 2, subject, part) is not None


def test_what_others_are_compared_with_is_timed_twice(results: Benchmark) -> None:
    for axis, sizes in (("inputs", QUICK_INPUTS), ("blends", QUICK_BLENDS)):
        for size, subject in itertools.product(sizes, ("cuda-shared", "numpy")):
            first, again = (results.find(axis, size, subject, part) for part in ("interpolate", "again"))  # type: ignore[arg-type]
            assert first and again
            if subject == "cuda-shared":
                assert again.median == pytest.approx(first.median, rel=0.2), (axis, size)
    assert sum(sentence.startswith("Control: ") for sentence in control_sentences(results)) == 2


def test_moves_and_surfaces_are_timed_on_both_devices(results: Benchmark) -> None:
    for subject in ("cuda-shared", "cuda-global", "numpy"):
        to_field, to_surface = (results.find("moves", 1, subject, part) for part in ("field", "total"))
        assert to_field and to_surface and 0 < to_field.median < to_surface.median
    on_gpu, on_cpu = (results.find("scores", 50, s, "total") for s in ("cuda-shared", "numpy"))
    assert on_gpu and on_cpu and on_gpu.median < on_cpu.median and on_gpu.note == "11,075 blends"
    in_tf32 = results.find("scores", 50, "cuda-shared TF32", "total")
    assert in_tf32 and in_tf32.note == "11,075 blends" and any("in TF32" in note for note in results.notes)
    assert any("what is done between two parts, are not" in note for note in results.notes)
    for size in (32, 64):
        ours, oracle = (results.find("surfaces", size, s, "total") for s in ("cuda", "scikit-image"))
        assert ours and oracle and ours.median < oracle.median


def test_the_machine_names_its_gpu_and_driver(results: Benchmark) -> None:
    assert results.machine.gpu and results.machine.driver
    assert {"cuda", "cupy"} <= set(results.machine.versions)
    assert results.rates["device copy"] > results.rates["host copy"]


def test_the_gpus_clocks_limits_and_users_are_in_the_record(results: Benchmark) -> None:
    import hashlib

    from voxview.model.weights_card import find_weights

    if any("nvidia-smi does not answer" in note for note in results.notes):
        pytest.skip("no nvidia-smi here")
    assert [state.when for state in results.gpu_states] == ["idle", "under load", "under load"]
    for state in results.gpu_states[1:]:
        assert state.sm_mhz and state.memory_mhz and state.limit_watts and state.held_down_by is not None
    assert results.weights is not None and results.weights.name == "study"
    assert results.weights.sha256 == hashlib.sha256(find_weights("study").read_bytes()).hexdigest()


def test_a_call_takes_longer_than_its_kernel(results: Benchmark) -> None:
    for axis in ("inputs", "blends"):
        for size in results.sizes(axis):
            kernel = results.find(axis, size, "cuda-shared", "interpolate")
            call = results.find(axis, size, "cuda-shared", "total")
            assert kernel is not None and call is not None and kernel.median < call.median
        assert crossover(results, axis, "total") is not None


def test_a_run_with_a_gpu_survives_json(results: Benchmark) -> None:
    assert from_json(to_json(results), "it") == results


def test_a_short_kernel_is_timed_without_pythons_launches() -> None:
    import torch

    numbers = torch.zeros(1, device="cuda")

    def launch() -> None:
        numbers.add_(1)

    assert value_of(time_on_device(launch, BRIEF)).median < 0.01  # one launch from Python takes about as long


@pytest.mark.parametrize("numbers", [1, 2**16, 2**26, 2**30])
def test_the_graph_that_is_timed_lasts_four_milliseconds_or_nearly(numbers: int) -> None:
    import torch

    array = torch.zeros(numbers, device="cuda")
    graph, launches = value_of(clock._long_graph(partial(array.add_, 1)))
    lasting = min(clock._time_when_busy(graph.replay) for _ in range(5))
    print(f"\n{numbers:,} numbers: {launches:,} launches, {lasting:.2f} ms")
    assert lasting > 3.6
    assert launches == 1 or lasting < 10


@pytest.mark.parametrize("numbers", [1, 2**26, 2**30])
def test_a_launch_that_sleeps_in_python_is_timed_as_one_that_does_not(numbers: int) -> None:
    import torch

    array = torch.zeros(numbers, device="cuda")

    def launch() -> None:
        array.add_(1)

    def sleeping() -> None:
        time.sleep(2e-3)
        array.add_(1)

    limits = Limits(seconds=0.2)
    found = [value_of(time_on_device(one, limits)).median for one in (launch, sleeping, launch, sleeping)]
    assert max(found) / min(found) < 1.03


def test_the_copy_rate_is_that_of_the_same_copies_on_a_stream() -> None:
    """A plain copy would be 1.5 times as slow in a graph, where the copy engines make it."""
    import torch

    source, target = torch.ones((2, 2**28), device="cuda")
    copies = 20

    def on_a_stream() -> float:
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        copy_by_kernel(source, target)
        start.record()
        for _ in range(copies):
            copy_by_kernel(source, target)
        end.record()
        end.synchronize()
        return start.elapsed_time(end) / copies

    in_a_graph = value_of(time_on_device(partial(copy_by_kernel, source, target), BRIEF)).median
    assert in_a_graph == pytest.approx(min(on_a_stream() for _ in range(5)), rel=0.03)


def test_a_long_kernel_is_timed_whole() -> None:
    import torch

    def launch() -> None:
        torch.cuda._sleep(20_000_000)  # about ten milliseconds

    assert 3 < value_of(time_on_device(launch, BRIEF)).median < 100


@pytest.mark.parametrize("subject", ["cuda-shared", "cuda-global", "cuda-elementwise"])
def test_a_kernel_that_writes_nothing_is_found_out(monkeypatch: pytest.MonkeyPatch, subject: str) -> None:
    def launches(*arrays: Any) -> Callable[[], None]:
        def launch() -> None:
            arrays[0].add_(0)  # out is not touched

        return launch

    monkeypatch.setitem(device_blends.LAUNCHES, subject, launches)
    with pytest.raises(VoxViewError, match=f"{subject} gives wrong blends"):
        value_of(device_blends.measure_on_device(all_pairs(100), subject, BRIEF))


@pytest.mark.skipif(compile_problem("cuda") is not None, reason=str(compile_problem("cuda")))
@pytest.mark.parametrize(
    "problem", [all_pairs(10), one_pair(1), one_pair(1000)], ids=["pairs", "one", "many"]
)
def test_what_torch_compiles_is_captured_and_blends_the_same_chairs(problem: Problem) -> None:
    found = value_of(device_blends.measure_on_device(problem, "torch.compile cuda", BRIEF))
    assert not found.notes, found.notes
    assert found.measurements[0].deviation is not None and found.measurements[0].deviation < 4


@pytest.mark.parametrize("subject", ["torch.lerp cuda", "torch.add cuda", "cupy"])
def test_a_baseline_blends_the_same_chairs(subject: str) -> None:
    found = value_of(device_blends.measure_on_device(all_pairs(10), subject, BRIEF))
    assert found.measurements[0].deviation is not None and found.measurements[0].deviation < 4


def test_too_little_memory_is_noted() -> None:
    found = value_of(device_blends.measure_on_device(all_pairs(20_000), "cuda-shared", BRIEF))
    assert not found.measurements and "left out" in found.notes[0]
