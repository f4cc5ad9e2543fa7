"""The measurement of parallel training: its formulas, its network, its sentences and its predictions."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from voxview.cli.tables import plain_text
from voxview.engine.machine import Machine
from voxview.errors import InputError
from voxview.model.one_tower import OneTower
from voxview.training.parallel.step_clock import StepClock
from voxview.training.parallel.step_parts import CONVOLUTIONS, FULLY_CONNECTED, UPDATE
from voxview.training.parallel_bench.break_even import break_even_sentences, crossing
from voxview.training.parallel_bench.formulas import (
    break_even,
    break_even_of_the_paper,
    predicted_bytes,
    sizes_of,
)
from voxview.training.parallel_bench.one_tower import one_tower
from voxview.training.parallel_bench.options import (
    Case,
    Options,
    batch_cases,
    check_options,
    sizes,
    strong_cases,
    weak_cases,
)
from voxview.training.parallel_bench.prediction import predict
from voxview.training.parallel_bench.record import ParallelBenchmark, Parity, Row
from voxview.training.parallel_bench.tables import report

FULL = Options(precision="fp32")
MACHINE = Machine("a CPU", 2, 2, None, None, "Linux", {}, None, "2026-11-27")


def test_the_network_is_the_papers_with_61_100_840_parameters() -> None:
    assert sum(p.numel() for p in OneTower().parameters()) == 61_100_840
    assert sizes_of(FULL, False).parameters == 61_100_840
    small = one_tower(4, 8, 63).alexnet
    assert small(torch.zeros(1, 3, 63, 63)).shape == (1, 4)
    parameters = sum(p.numel() for p in small.parameters())
    assert sizes_of(Options(hidden=8, outputs=4, side=63), False).parameters == parameters


def test_bytes_and_break_even_are_those_that_were_worked_out_by_hand() -> None:
    sizes = sizes_of(FULL, False)
    assert predicted_bytes(sizes, "data", 8, 1024) == pytest.approx(427.7e6, rel=1e-3)
    gathered = 7 * 128 * 2 * (9216 + 4096 + 1000) * 4
    convolutions = 2 * 7 / 8 * (2_469_696 + 1000) * 4
    assert predicted_bytes(sizes, "hybrid-c", 8, 1024) == pytest.approx(gathered + convolutions)
    assert predicted_bytes(sizes, "model", 8, 1024) is None
    assert break_even(sizes) == pytest.approx(4097, abs=1)
    assert break_even_of_the_paper(sizes) == pytest.approx(3274, abs=1)
    for n in (2, 8):  # whatever the number of processes
        batch = break_even(sizes)
        data, hybrid = (predicted_bytes(sizes, scheme, n, batch) for scheme in ("data", "hybrid-a"))  # type: ignore[arg-type]
        assert data == pytest.approx(hybrid)
    assert break_even(sizes_of(Options(), True)) > 7_000  # in bf16 activations are half as long


def test_cases_are_powers_of_two_with_batches_that_go_evenly() -> None:
    assert sizes(1) == [1] and sizes(6) == [1, 2, 4, 6] and sizes(8) == [1, 2, 4, 8]
    assert [c.batch for c in weak_cases(FULL, 4)] == [128, *[256] * 5, *[512] * 5]
    assert {c.batch for c in strong_cases(FULL, 8)} == {1024}
    assert [c.batch for c in batch_cases(FULL, 2)[::3]] == [128, 256, 512, 1024, 2048, 4096]
    assert not batch_cases(FULL, 1)
    quick = replace(FULL, quick=True)
    assert not batch_cases(quick, 2) and not strong_cases(quick, 2) and weak_cases(quick, 2)
    check_options(FULL, 8)


@pytest.mark.parametrize(
    ("options", "processes", "text"),
    [
        (Options(), 3, "3 processes cannot divide 4,096 hidden numbers"),
        (Options(hidden=4098), 6, "4 processes cannot divide 4,098 hidden numbers"),
        (Options(batch=12), 8, "give --batch a multiple of 8"),
        (Options(steps=0), 2, "steps cannot be 0"),
    ],
)
def test_what_cannot_be_split_is_refused(options: Options, processes: int, text: str) -> None:
    with pytest.raises(InputError, match=text):
        check_options(options, processes)


def test_a_clock_gives_each_part_the_time_until_the_next_begins() -> None:
    clock = StepClock("cpu")
    clock.begin("a")
    assert clock.begin("b") == "a"
    clock.begin("")
    clock.begin("a")
    times = clock.milliseconds()
    assert set(times) == {"a", "b"} and all(ms >= 0 for ms in times.values())
    assert clock.milliseconds() == {}


def a_row(scheme: str, processes: int, batch: int, rate: float, gradients: float = 0.0) -> Row:
    step = 1e3 * batch / rate
    parts = {CONVOLUTIONS: 0.5 * step, FULLY_CONNECTED: 0.3 * step, UPDATE: 0.2 * step}
    alone = {"gradients": gradients} if processes > 1 else {}
    sent = dict.fromkeys(alone, 100_000_000)
    predicted = sum(sent.values())
    return Row(Case(scheme, processes, batch), rate, step, parts, alone, sent, predicted)


def a_run(rates: dict[int, tuple[float, float]]) -> ParallelBenchmark:
    """Two processes, whose data parallel and hybrid rates are given by batch; one alone makes 1,000."""
    rows = [a_row("data", 1, 128, 1000.0)]
    for batch, pair in rates.items():
        rows += [a_row(s, 2, batch, rate, 10.0) for s, rate in zip(("data", "hybrid-c"), pair, strict=True)]
    parity = (Parity("hybrid-c", 2, 1e-8, 1e-2),)
    return ParallelBenchmark(MACHINE, 2, ("CPU", "CPU"), "gloo", FULL, 61_100_840, tuple(rows), parity)


def test_times_meet_between_the_batches_where_the_faster_one_changes() -> None:
    assert crossing({100: 1.0, 200: -1.0}) == pytest.approx(100 * 2**0.5)
    assert crossing({100: 1.0, 200: 0.5}) is None
    changing = a_run({128: (1000, 2000), 256: (1500, 1800), 512: (2000, 1900)})
    assert "meet at about 4" in break_even_sentences(changing)[1]
    always = a_run({128: (1000, 2000), 256: (1500, 1800)})
    assert "hybrid-c is the faster one at all 2 batches" in break_even_sentences(always)[1]


def test_a_prediction_lies_between_all_collectives_and_none_and_is_called_one() -> None:
    run = a_run({256: (1500, 1800)})
    first = predict(run)[0]
    assert (first.scheme, first.processes) == ("data", 8)
    assert first.most == pytest.approx(8 * 1000)  # nothing but work, and data parallel updates all
    exchange = 10.0 * (7 / 8) / (1 / 2)  # ms: a ring sends 2(N − 1)/N
    assert first.least == pytest.approx(8 * 128 / (0.128 + exchange / 1e3))
    hybrid = predict(run)[1]
    assert hybrid.most > first.most  # an eighth of the fully connected layers is updated
    assert all(p.processes > run.processes for p in predict(replace(run, processes=2)))
    assert not predict(replace(run, processes=1))


def test_the_report_says_whose_figures_are_whose() -> None:
    text = plain_text(report(a_run({256: (1500, 1800)})))
    assert "Not measured here: the paper's own table" in text and "98.05" in text
    assert "Prediction, not measured" in text
    assert "hybrid-c on 2 processes: weights after a step differ from one process's by 1.0e-08" in text
    assert "by the host's clock" in text and "within 2 %" in text
    assert "2, hybrid-c" in text and "1.80" in text  # times as fast as one
    off = a_run({256: (1500, 1800)})
    wrong = replace(off.rows[1], predicted=90_000_000)
    assert "more than 2 % in 1 case" in plain_text(report(replace(off, rows=(off.rows[0], wrong))))
    alone = ParallelBenchmark(MACHINE, 1, ("CPU",), "gloo", FULL, 61_100_840, off.rows[:1])
    assert "One process: nothing is split" in plain_text(report(alone))
