"""`voxview bench` as a person runs it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from voxview.cli import main
from voxview.engine.engine import Engine
from voxview.engine.machine import Machine
from voxview.engine.step import Step
from voxview.experiment import bench, files
from voxview.experiment.files import read_benchmark, write_benchmark
from voxview.experiment.results import Benchmark


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


def heed_ctrl_c() -> None:
    """Let a child stop at Ctrl-C, which whoever runs the tests in the background has made it ignore."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


HELD = """
import sys, time
from voxview.experiment import bench
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


def start_bench(
    folder: Path, errors: int, program: Sequence[str] = ("-m", "voxview")
) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        *program,
        "bench",
        "--device",
        "cpu",
        "--weights",
        "study",
        "--json",
        "b.json",
    ]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "TERM": "xterm", "COLUMNS": "80"}
    return subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        env=environment,
        preexec_fn=heed_ctrl_c,
    )


def end_of(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Return what a process printed until its end, for which it has a minute."""
    try:
        return process.communicate(timeout=60)
    finally:
        process.kill()  # or `with` would wait for it for ever


def test_ctrl_c_keeps_what_was_measured(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    progress, terminal = pty.openpty()
    with start_bench(tmp_path, terminal) as process:
        os.close(terminal)
        shown = ""
        while not re.search(r"\b[2-9] of \d\d", shown):  # the first step is the memory's bandwidth
            shown += os.read(progress, 4096).decode(errors="replace")
        process.send_signal(signal.SIGINT)
        printed, _ = end_of(process)
    os.close(progress)
    assert process.returncode == 130
    results = read_benchmark(tmp_path / "b.json")
    assert results.measurements and not results.complete
    assert "The run was stopped after" in printed and "written: b.json" in printed


def test_ctrl_c_before_the_first_figure_ends_with_one_line_and_no_file(tmp_path: Path) -> None:
    with start_bench(tmp_path, subprocess.PIPE, ("-c", HELD)) as process:
        assert process.stdout is not None and process.stdout.readline()  # the engine is there, and no figure
        process.send_signal(signal.SIGINT)
        _, errors = end_of(process)
    assert process.returncode == 130 and errors == "voxview: stopped\n"
    assert list(tmp_path.iterdir()) == []


def test_numpys_random_numbers_are_imported_before_the_run() -> None:
    """A Ctrl-C while Cython sets up that module is discarded: it must not come in the middle of a run."""
    code = "import sys, voxview.experiment.bench; print('numpy.random' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
