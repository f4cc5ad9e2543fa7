"""The experiment measures what it says it measures, and refuses to time wrong blends."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from voxview.engine.device import DeviceReport
from voxview.engine.engine import Engine
from voxview.engine.machine import this_machine
from voxview.engine.scores.pair_scores import PairScores
from voxview.engine.step import Step
from voxview.errors import VoxViewError
from voxview.experiment import clock, study
from voxview.experiment.bench import QUICK_BLENDS, QUICK_INPUTS, benchmark
from voxview.experiment.clock import Limits, collect_samples, launches_in_a_graph
from voxview.experiment.correctness import Comparison, compare, require_correct
from voxview.experiment.other_load import OtherLoad, processor_seconds
from voxview.experiment.problem import Problem, all_pairs, one_pair
from voxview.experiment.record import from_json, to_json
from voxview.experiment.results import Benchmark
from voxview.experiment.steps import compiled, device_blends, host_blends, scoring
from voxview.experiment.steps.compiled import (
    COMPILED_SUBJECTS,
    CompileError,
    call_aside,
    compile_problem,
)
from voxview.experiment.steps.host_blends import HOST_SUBJECTS, measure_on_host
from voxview.latent.numpy_blend import blend
from voxview.shapes.catalogs.samples import sample_catalog

BRIEF = Limits(seconds=0.0, min_runs=2, max_runs=3)


def value_of(steps: Generator[Any, None, Any]) -> Any:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine("study", device="cpu")


@pytest.fixture(scope="module")
def steps(engine: Engine) -> list[Step]:
    """A whole quick run."""
    return list(benchmark(engine, quick=True))


@pytest.fixture(scope="module")
def results(steps: list[Step]) -> Benchmark:
    last = steps[-1].value
    assert isinstance(last, Benchmark)
    return last


# --- the whole run ---


def test_a_quick_run_measures_every_size_with_every_subject(results: Benchmark) -> None:
    assert results.complete and results.seconds > 0
    for axis, sizes in (("inputs", QUICK_INPUTS), ("blends", QUICK_BLENDS)):
        for size in sizes:
            for subject in set(HOST_SUBJECTS) - set(COMPILED_SUBJECTS):
                found = results.find(axis, size, subject, "interpolate")  # type: ignore[arg-type]
                assert found is not None and found.runs >= 5 and 0 < found.median <= found.p95
            again = results.find(axis, size, "numpy", "again")  # type: ignore[arg-type]
            assert again is not None and again.runs >= 5 and again.median > 0
    for part in ("encode", "interpolate", "decode", "surface", "total"):
        assert results.find("stages", 2, "numpy", part) is not None
    for part in ("field", "total"):
        assert results.find("moves", 1, "numpy", part) is not None
    scored = results.find("scores", 50, "numpy", "total")
    assert scored is not None
    assert re.fullmatch(r"projected from the mean of \d+ of 11,075 blends, all chairs encoded", scored.note)
    assert all(results.find("surfaces", size, "scikit-image", "total") for size in (32, 64))
    assert results.rates["host copy"] > 0.1


def test_the_stages_make_up_the_total(results: Benchmark) -> None:
    parts = [m for m in results.measurements if m.axis == "stages" and m.part != "total"]
    total = results.find("stages", 2, "numpy", "total")
    assert total is not None
    assert sum(m.median for m in parts) < 1.2 * total.p95
    assert total.median < 1.5 * sum(m.p95 for m in parts)


def test_blends_are_compared_with_float64_in_the_run(results: Benchmark) -> None:
    compared = [m for m in results.measurements if m.subject == "numpy" and m.part == "interpolate"]
    deviations = [m.deviation for m in compared if m.axis != "stages"]
    assert len(deviations) == len(QUICK_INPUTS) + len(QUICK_BLENDS)
    assert all(0 <= (d if d is not None else -1) <= 2 for d in deviations)


def test_without_a_gpu_there_are_no_figures_of_one(results: Benchmark) -> None:
    assert results.machine.gpu is None and results.machine.driver is None
    assert not any("cuda" in m.subject or m.subject == "cupy" for m in results.measurements)
    assert "device copy" not in results.rates


def test_progress_goes_up_and_shows_what_is_there(steps: list[Step]) -> None:
    before, measured, cost = -1, 0, 0.0
    for done, total, so_far, unit, share in steps:
        assert isinstance(so_far, Benchmark) and share is not None and unit == "measurements"
        assert before <= done <= total and len(so_far.measurements) >= measured and cost <= share
        before, measured, cost = done, len(so_far.measurements), share
    assert before == total and cost == pytest.approx(1)


def test_a_run_that_is_stopped_leaves_what_was_measured(engine: Engine) -> None:
    run = benchmark(engine, quick=True)
    so_far = next(step.value for step in run if step.done == 4)
    assert isinstance(so_far, Benchmark)
    run.close()
    assert so_far.measurements and not so_far.complete
    assert from_json(to_json(so_far), "it") == so_far


def test_a_run_of_real_figures_survives_json(results: Benchmark) -> None:
    assert from_json(to_json(results), "it") == results


# --- wrong blends ---


@pytest.mark.parametrize("problem", [all_pairs(3), one_pair(1), one_pair(50)], ids=["pairs", "one", "fifty"])
def test_right_blends_pass_and_one_wrong_bit_does_not(problem: Problem) -> None:
    blends = blend(problem.z_a[:, None], problem.z_b[None], problem.t)
    right = compare(problem, blends)
    assert right.same_bits and right.deviation <= 2
    require_correct("cuda-shared", problem, right)
    blends.view(np.uint32)[-1, -1, -1, 7, 7] ^= 1
    wrong = compare(problem, blends)
    assert not wrong.same_bits
    with pytest.raises(VoxViewError, match="cuda-shared gives wrong blends"):
        require_correct("cuda-shared", problem, wrong)
    require_correct("torch.lerp cuda", problem, wrong)  # a baseline may round as it likes


def test_a_blend_that_nobody_wrote_is_infinitely_far_off() -> None:
    problem = all_pairs(2)
    assert compare(problem, np.full((2, 2, 11, 8, 8), np.nan, np.float32)) == Comparison(float("inf"), False)


def test_a_backend_that_blends_wrongly_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_blends, "blend", lambda a, b, t: blend(a, b, t) + np.float32(1e-3))
    with pytest.raises(VoxViewError, match="numpy gives wrong blends"):
        value_of(measure_on_host(all_pairs(10), "numpy", BRIEF))


# --- the baselines ---


@pytest.mark.parametrize("subject", ["torch.lerp cpu", "torch.add cpu"])
@pytest.mark.parametrize("problem", [all_pairs(10), one_pair(100)], ids=["all pairs", "one pair"])
def test_a_baseline_blends_the_same_chairs(subject: str, problem: Problem) -> None:
    found = value_of(measure_on_host(problem, subject, BRIEF)).measurements
    assert [m.part for m in found] == ["interpolate"]
    assert found[0].deviation is not None and found[0].deviation < 4


@pytest.mark.slow
@pytest.mark.skipif(compile_problem("cpu") is not None, reason=str(compile_problem("cpu")))
def test_what_torch_compiles_blends_the_same_chairs_in_blocks_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_blends, "BLOCK_BYTES", 4 * all_pairs(10).row_bytes)
    yields = 0

    def counted() -> Generator[None, None, Any]:
        nonlocal yields
        steps = measure_on_host(all_pairs(10), "torch.compile cpu", BRIEF)
        while True:
            try:
                yield next(steps)
            except StopIteration as end:
                return end.value
            yields += 1

    found = value_of(counted()).measurements[0]
    assert yields > 20, "who runs this waits for the compiler"
    assert found.note.startswith("made in 3 blocks") and found.deviation is not None and found.deviation < 4


def test_a_compiler_that_is_not_there_is_one_note(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> None:
    compile_problem.cache_clear()
    monkeypatch.setattr(compiled.shutil, "which", lambda name: None)
    first = next(iter(benchmark(engine)))
    compile_problem.cache_clear()
    assert isinstance(first.value, Benchmark)
    assert [note for note in first.value.notes if "torch.compile" in note and "C++ compiler" in note]


def test_a_packaged_program_compiles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "is_bundled", lambda: True)
    assert "packaged program" in (compile_problem.__wrapped__("cpu") or "")


def test_what_fails_to_compile_is_one_line() -> None:
    def broken() -> None:
        raise RuntimeError("no such target\nmore lines")

    with pytest.raises(CompileError, match=r"^torch.compile failed \(no such target\)$"):
        value_of(call_aside(broken))


def test_a_run_goes_on_without_what_fails_to_compile(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no such target\nmore lines")

    monkeypatch.setattr(host_blends, "compiled_lerp", lambda: broken)
    found = value_of(measure_on_host(all_pairs(10), "torch.compile cpu", BRIEF))
    assert not found.measurements
    assert found.notes == ("torch.compile cpu at 10 was left out: torch.compile failed (no such target)",)


# --- more than memory should hold ---


def test_what_is_made_in_blocks_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_blends, "BLOCK_BYTES", 4 * all_pairs(10).row_bytes)
    for subject in ("numpy", "torch.lerp cpu", "torch.add cpu"):
        found = value_of(measure_on_host(all_pairs(10), subject, BRIEF)).measurements[0]
        assert found.note.startswith("made in 3 blocks") and found.bytes_written == all_pairs(10).bytes


def test_a_projection_is_scaled_to_all_rows_and_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_blends, "BLOCK_BYTES", 20 * all_pairs(50).row_bytes)
    made = []

    def half_a_second(call: Callable[[], np.ndarray]) -> float:
        made.append(call().shape)
        return 500.0  # for each of three blocks: too long to time all of them again and again

    monkeypatch.setattr(host_blends, "time_call", half_a_second)
    found = value_of(measure_on_host(all_pairs(50), "numpy", BRIEF)).measurements
    assert set(made) == {(20, 50, 11, 8, 8)}  # never the last block, which is smaller
    for part in found:
        assert part.median == 500.0 * 50 / 20
        assert part.note.startswith("projected from blocks of 20 of 50 rows")


# --- scores ---


class MadeUpClock:
    """A clock that goes on only where something sleeps by it, however busy the machine is."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def made_up_clock(monkeypatch: pytest.MonkeyPatch) -> MadeUpClock:
    """Let scoring and what it times with read a clock of the test's own."""
    made_up = MadeUpClock()
    for module in (clock, scoring):
        monkeypatch.setattr(module, "time", made_up)
    return made_up


class Slow:
    """A CPU's scorer that takes 4 ms for each step of encoding, and 1 ms for each blend of a block."""

    device, notice, blends_at_once, encoding_cost = "cpu", None, 4, 1.0
    seconds_a_blend = 1e-3

    def __init__(self, by: MadeUpClock) -> None:
        self.encoded, self.blends, self.clock = 0, 0, by

    def encode(self) -> Generator[float, None, None]:
        for done in range(1, 51):
            self.clock.sleep(4e-3)
            self.encoded += 1
            yield done

    def between(self, pairs: np.ndarray, t: np.ndarray) -> Generator[float, None, np.ndarray]:
        self.clock.sleep(self.seconds_a_blend * len(pairs) * len(t))
        self.blends += len(pairs) * len(t)
        yield from ()
        return np.zeros((7, len(pairs), len(t)), np.float32)


def test_a_cpus_scoring_is_projected_from_blocks_of_the_problem_and_one_encoding(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, made_up_clock: MadeUpClock
) -> None:
    slow = Slow(made_up_clock)
    monkeypatch.setattr(engine, "scorer", lambda *_: slow)
    steps = scoring.measure_scoring(engine, "numpy", Limits(seconds=0.02))
    (found,) = value_of(steps).measurements
    assert slow.encoded == 50, "encoded once: to encode grows with the chairs, and to blend with their pairs"
    per_blend = (found.median - 50 * 4) / 11_075
    assert per_blend == pytest.approx(1) and found.runs > 5
    assert found.projected and found.note.endswith(" of 11,075 blends, all chairs encoded")


def test_a_cpus_projection_is_a_sum_so_blocks_that_take_long_count(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, made_up_clock: MadeUpClock
) -> None:
    slow = Slow(made_up_clock)
    monkeypatch.setattr(engine, "scorer", lambda *_: slow)
    taken = itertools.cycle([1.0, 1.0, 1.0, 9.0])  # milliseconds a blend; their median is 1, their mean 3

    def time_block(call: Callable[[], object]) -> float:
        before = slow.blends
        call()
        return next(taken) * (slow.blends - before)

    monkeypatch.setattr(scoring, "time_call", time_block)
    monkeypatch.setattr(Slow, "seconds_a_blend", 0.0)
    limits = Limits(seconds=10.0, max_runs=400)
    (found,) = value_of(scoring.measure_scoring(engine, "numpy", limits)).measurements
    assert (found.median - 50 * 4) / 11_075 == pytest.approx(3, rel=0.25)


def test_what_is_done_between_two_parts_is_no_part_of_the_time(made_up_clock: MadeUpClock) -> None:
    waited: list[int] = []

    def parts() -> Generator[int, None, str]:
        for part in range(3):
            made_up_clock.sleep(0.005)
            yield part
        return "scores"

    def drawing(steps: Generator[None, None, Any]) -> Any:
        while True:
            try:
                next(steps)
            except StopIteration as end:
                return end.value
            made_up_clock.sleep(0.1)  # somebody draws how far it is

    milliseconds, scores = drawing(scoring._time_steps(parts(), lambda: waited.append(1)))
    assert scores == "scores" and len(waited) == 4
    assert milliseconds == pytest.approx(15), "the drawing takes 300 ms"


def test_scores_that_the_cpu_had_to_make_are_no_figures_of_a_gpu(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    def on_the_cpu(*_: object, **__: object) -> Generator[Step, None, object]:
        yield Step(1, 1)
        return SimpleNamespace(device="cpu", notice="the GPU is out of memory, so the CPU answered")

    monkeypatch.setattr(torch.cuda, "synchronize", lambda: None)
    monkeypatch.setattr(scoring, "score_all_pairs", on_the_cpu)
    with pytest.raises(VoxViewError, match="all pairs were not scored on the GPU: the GPU is out of memory"):
        value_of(scoring.measure_scoring(engine, "cuda-shared", BRIEF))


def test_verdicts_that_tf32_changes_are_counted_once_for_each_blend() -> None:
    n, k = 3, 5
    ones, chairs = np.ones((n, n, k), np.float32), tuple(sample_catalog()[:n])
    t = np.linspace(0, 1, k, dtype=np.float32)
    full = PairScores(chairs, t, *[ones] * 7, np.ones(n, np.float32), "cuda", 1.0)
    whole, stable = ones.copy(), ones.copy()
    whole[0, 2, 1] = whole[2, 0, 3] = 0.98  # a blend, entered from both its ends
    stable[1, :, 0] = stable[:, 1, -1] = stable[1, 1] = 0  # a reconstruction, entered in each pair
    fast = replace(full, whole=whole, stable=stable, tf32=True)
    assert scoring.changed_verdicts(full, fast) == {"in one piece": 1, "stands": 0, "stable": 1}
    said = scoring.tf32_sentence(7, full, fast)
    assert "7 of 393,216 voxels" in said and "of 12 blends" in said and "1 of 'in one piece'" in said


# --- a device that fails ---


def failing(error: Exception) -> Callable[[object], None]:
    def upload(_: object) -> None:
        raise error

    return upload


def test_too_little_gpu_memory_is_noted_and_the_run_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    for error in (torch.OutOfMemoryError("CUDA out of memory"), MemoryError()):
        monkeypatch.setattr(torch, "from_numpy", failing(error))
        found = value_of(device_blends.measure_on_device(all_pairs(2_000), "cuda-shared", BRIEF))
        assert not found.measurements and "cuda-shared at 2,000 was left out: 11.3 GB" in found.notes[0]


def test_a_lost_gpu_ends_the_run_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    error = RuntimeError("CUDA error: unspecified\nmore lines")
    monkeypatch.setattr(torch, "from_numpy", failing(error))
    with pytest.raises(VoxViewError, match="the GPU failed at cupy") as caught:
        value_of(device_blends.measure_on_device(all_pairs(2), "cupy", BRIEF))
    assert "\n" not in str(caught.value)


# --- the clock ---


def ten_milliseconds() -> float:
    time.sleep(0.01)
    return 10.0


def test_there_are_enough_runs_and_not_too_many() -> None:
    assert value_of(collect_samples(lambda: 1.0, Limits(seconds=0, min_runs=5))).count == 5
    assert value_of(collect_samples(lambda: 1.0, Limits(seconds=60, min_runs=5, max_runs=7))).count == 7


def test_a_budget_ends_a_measurement() -> None:
    summary = value_of(collect_samples(ten_milliseconds, Limits(seconds=0.1)))
    assert 5 <= summary.count <= 11


def test_three_long_runs_are_enough() -> None:
    limits = Limits(seconds=0.01, min_runs=5, long_run=0.005)
    assert value_of(collect_samples(ten_milliseconds, limits)).count == 3


def test_a_graph_holds_four_milliseconds_of_launches_unless_python_takes_too_long_over_them() -> None:
    assert launches_in_a_graph(milliseconds=0.002, seconds=10e-6) == 2000
    assert launches_in_a_graph(milliseconds=0.002, seconds=2e-3) == 500, "one second of recording"
    assert launches_in_a_graph(milliseconds=0.002, seconds=1.0) == 100
    assert launches_in_a_graph(milliseconds=2.4, seconds=10e-6) == 2
    assert launches_in_a_graph(milliseconds=300.0, seconds=10e-6) == 1


@dataclass
class MadeUpDevice:
    """A GPU's part in the clock: kernels that take so long there, behind launches by Python."""

    milliseconds: float
    from_python: float
    """Milliseconds that Python takes to launch a graph: while a short one runs, the device waits for it."""
    captured: list[int] = field(default_factory=list)

    def capture(self, launch: Callable[[], None], launches: int) -> Any:
        self.captured.append(launches)
        return SimpleNamespace(replay=launches)

    def time(self, launches: int) -> float:
        return max(launches * self.milliseconds, self.from_python)


@pytest.mark.parametrize("milliseconds", [0.0011, 0.0014, 0.05, 0.9, 3.45, 27.5])
def test_the_graph_that_is_made_lasts_four_milliseconds_or_nearly(
    monkeypatch: pytest.MonkeyPatch, milliseconds: float
) -> None:
    device = MadeUpDevice(milliseconds, from_python=0.016)
    monkeypatch.setattr(clock, "_capture", device.capture)
    monkeypatch.setattr(clock, "_time_when_busy", device.time)
    monkeypatch.setattr(clock, "time_call", lambda call: 0.01)
    graph, launches = value_of(clock._long_graph(lambda: None))
    assert graph.replay == launches == device.captured[-1]
    assert 3.6 <= launches * milliseconds <= max(8, milliseconds)
    assert len(device.captured) <= 3


def test_a_graph_is_no_longer_than_python_can_capture_in_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    device = MadeUpDevice(0.0011, from_python=0.016)
    monkeypatch.setattr(clock, "_capture", device.capture)
    monkeypatch.setattr(clock, "_time_when_busy", device.time)
    monkeypatch.setattr(clock, "time_call", lambda call: 2.0)  # milliseconds a launch
    assert value_of(clock._long_graph(lambda: None))[1] == 500 and device.captured == [5, 500]


def test_other_programs_are_noticed_and_our_own_work_is_not() -> None:
    readings = iter([(0.0, 0.0, 0.0), (100.0, 60.0, 57.0), (0.0, 0.0, 0.0), (100.0, 60.0, 10.0)])
    assert OtherLoad(lambda: next(readings)).note() is None
    assert "used 50 % of this machine's processors" in (OtherLoad(lambda: next(readings)).note() or "")


def test_processor_time_is_read_where_the_system_reports_it() -> None:
    before, after = processor_seconds(), (sum(range(3_000_000)), processor_seconds())[1]
    if before is None or after is None:
        pytest.skip("no /proc/stat on this system")
    assert all(later >= earlier for later, earlier in zip(after, before, strict=True))
    assert after[2] > before[2]


# --- what is reported about it ---


def test_the_studys_figures_are_the_studys() -> None:
    assert study.TABLE_2 == {"cuda-shared": 0.17, "cuda-global": 0.24, "numpy": 0.0017}
    assert [study.seconds("numpy", n) for n in (2, 50, 51)] == [0.0017, 0.9, None]
    assert [study.seconds("cuda-shared", n) for n in (2, 50)] == [0.17, 0.09]
    assert study.seconds("cuda-global", 2) is None


def test_the_machine_names_its_commit_and_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOXVIEW_COMMIT", "0123abc")
    machine = this_machine(DeviceReport("a CPU", 2, None, "no driver", "no driver"))
    assert machine.commit == "0123abc" and machine.gpu is None and machine.threads == 2
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", machine.date)
    assert {"voxview", "python", "numpy", "torch", "scikit-image"} <= set(machine.versions)
