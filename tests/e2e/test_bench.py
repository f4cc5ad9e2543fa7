"""`voxview bench` as a person runs it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from voxview.cli import main
from voxview.engine.engine import Engine
from voxview.engine.machine import Machine
from voxview.engine.step import Step
from voxview.experiment import bench, files
from voxview.experiment.files import read_benchmark, write_benchmark
from voxview.experiment.results import Benchmark

if TYPE_CHECKING:
    from conftest import Command


def test_a_quick_bench_prints_the_tables_and_writes_the_requested_files(voxview, tmp_path: Path) -> None:
    done = voxview(
        "bench", "--quick", "--device", "cpu", "--weights", "study",
        "--json", "b.json", "--csv", "b.csv", "--chart", "b.svg",
    )  # fmt: skip
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout.startswith("CPU: ") and "No GPU:" not in done.stdout  # `--device cpu` leaves one alone
    for expected in ("Table 2:", "Table 3, Figure 5:", "The batch axis:", "NVIDIA Titan V, 2018", "0.0017 s"):
        assert expected in done.stdout
    results = read_benchmark(tmp_path / "b.json")
    assert results.complete and results.machine.gpu is None
    assert len((tmp_path / "b.csv").read_text().splitlines()) == len(results.measurements) + 1
    assert (tmp_path / "b.svg").read_bytes().startswith(b"<?xml")


def test_without_a_gpu_a_recorded_run_comes_first_under_its_own_heading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Benchmark(Machine("Far CPU", 8, 8, "Far GPU", "580.1", "Linux", {}, "abc1234", "2026-11-20"))
    (tmp_path / "benchmarks").mkdir()
    write_benchmark(tmp_path / "benchmarks" / "bench-far.json", run)
    monkeypatch.setattr(files, "asset", lambda *parts: tmp_path.joinpath(*parts))
    measure, steps = bench.benchmark, []

    def measured_once(engine: Engine, quick: bool) -> Iterator[Step]:
        if not steps:
            steps.extend(measure(engine, quick=True))
        yield from steps

    monkeypatch.setattr(bench, "benchmark", measured_once)
    assert main(["bench", "--device", "cpu", "--weights", "study"]) == 0
    theirs, ours = capsys.readouterr().out.split("==== This machine ====")
    assert "Table 3" in ours and "Far GPU" not in ours
    _, theirs = theirs.split("==== Recorded on another machine, 2026-11-20 ====")
    assert theirs.lstrip().startswith("Far GPU, driver 580.1; Far CPU") and "Table 3" not in theirs
    assert main(["bench", "--quick", "--device", "cpu", "--weights", "study"]) == 0
    assert "Far GPU" not in capsys.readouterr().out  # who is in a hurry wants his own figures


@pytest.mark.parametrize(
    "arguments",
    [
        ("--json", "b.txt"),
        ("--csv", "no/such/folder/b.csv"),
        ("--chart", "b.pdf"),
        ("--json", "b.json", "--chart", "folder.png"),
        ("--device", "tpu"),
    ],
)
def test_bad_arguments_are_refused_before_the_run(
    voxview, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "folder.png").mkdir()
    done = voxview("bench", *arguments)
    assert done.returncode == 2 and done.stdout == "" and done.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["folder.png"]


BENCH = ("bench", "--device", "cpu", "--weights", "study", "--json", "b.json")

# Whoever runs the tests in the background has made what they start ignore Ctrl-C.
HEEDING = """
import os, signal, sys
from voxview.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
os.dup2(os.open(sys.argv[1], os.O_RDWR), 2)
sys.exit(main(sys.argv[2:]))
"""

HELD = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from voxview.experiment import bench
print("numpy.random" in sys.modules, flush=True)
run = bench.benchmark
def before_its_first_figure(engine, quick):
    first = next(run(engine, quick=quick))
    while True:
        time.sleep(0.01)
        yield first
bench.benchmark = before_its_first_figure
from voxview.cli import main
sys.exit(main(sys.argv[1:]))
"""


def test_ctrl_c_keeps_what_was_measured(start_voxview: Callable[..., Command], tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    progress, terminal = pty.openpty()
    (tmp_path / "heeding.py").write_text(HEEDING)
    bench = start_voxview("heeding.py", os.ttyname(terminal), *BENCH, TERM="xterm", COLUMNS="80")
    shown = ""
    while not re.search(r"\b[2-9] of \d\d", shown):  # the first step is the memory's bandwidth
        shown += os.read(progress, 4096).decode(errors="replace")
    bench.send_signal(signal.SIGINT)
    done = bench.wait()
    os.close(terminal)
    os.close(progress)
    assert done.returncode == 130, shown
    results = read_benchmark(tmp_path / "b.json")
    assert results.measurements and not results.complete
    assert "The run was stopped after" in done.stdout and "written: b.json" in done.stdout


def test_ctrl_c_before_the_first_figure_ends_with_one_line_and_no_file(tmp_path: Path) -> None:
    """Also: a Ctrl-C while Cython sets up `numpy.random` is discarded, so that is imported before the run."""
    with subprocess.Popen(
        [sys.executable, "-c", HELD, *BENCH],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "True\n"
        assert process.stdout.readline()  # the engine is there, and no figure
        process.send_signal(signal.SIGINT)
        try:
            _, errors = process.communicate(timeout=60)
        finally:
            process.kill()  # or `with` would wait for it for ever
    assert process.returncode == 130 and errors == "voxview: stopped\n"
    assert list(tmp_path.iterdir()) == []
