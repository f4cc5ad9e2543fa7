"""A training run in a process of its own is watched, paused, continued and found again by its files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from voxview.errors import InputError
from voxview.training.child import processes
from voxview.training.child import run as child_run
from voxview.training.child.log import read_log
from voxview.training.child.recipes import RECIPES
from voxview.training.child.record import RunRecord, read_record
from voxview.training.child.run import ChildRun, RunState
from voxview.training.config import TrainConfig
from voxview.training.config_file import checked_fields

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a process is requested to stop by a signal")

PRETENDED = Path(__file__).parents[1] / "pretended_training.py"


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Let runs be of a program that only pretends; return the weights that it writes."""
    # Beside other tests it would not get its turn for long.
    monkeypatch.setattr(processes, "let_others_go_first", lambda _: None)
    monkeypatch.setattr(child_run, "command", lambda: [sys.executable, str(PRETENDED)])
    return tmp_path / "runs" / "mine.safetensors"


def _until(run: ChildRun, is_so: Callable[[ChildRun], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not is_so(run):
        assert time.monotonic() < end, run.status()
        time.sleep(0.02)


def _at(state: RunState) -> Callable[[ChildRun], bool]:
    return lambda run: run.status().state == state


def test_a_run_is_seen_paused_continued_and_done(pretended: Path) -> None:
    run = child_run.start(pretended, {"architecture": "slow", "steps": 40})
    _until(run, lambda run: run.status().log.step == 12)
    status = run.status()
    assert status.state == RunState.TRAINING and status.goes_on and run.name == "mine"
    assert status.log.of("IoU") == {"real": ((10, 0.5),)} and len(status.log.loss) == 12
    assert status.log.seconds_left(40) == pytest.approx(2.8)
    run.pause()
    _until(run, _at(RunState.PAUSED))
    assert run.status().line == "paused after step 12 of 40"
    run.resume()
    _until(run, _at(RunState.DONE))
    assert len(run.status().log.loss) == 40 and pretended.exists()


def test_others_go_first_until_somebody_waits_for_its_end() -> None:
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as child:
        session = Path(f"/proc/{child.pid}/autogroup")
        processes.let_others_go_first(child.pid)
        assert os.getpriority(os.PRIO_PROCESS, child.pid) == 10
        assert not session.exists() or session.read_text().endswith("nice 10\n"), "a share of its own"
        processes.request_stop(child.pid)
        assert not session.exists() or session.read_text().endswith("nice 0\n")
        assert child.wait(10) == -signal.SIGTERM


def test_a_later_window_finds_the_run_and_goes_on_with_it(pretended: Path) -> None:
    before = child_run.start(pretended, {"architecture": "slow", "steps": 40})
    _until(before, lambda run: run.status().log.step == 12)
    found = child_run.find(pretended)
    assert found is not None and found.status().state == RunState.TRAINING
    os.kill(found.record.pid, signal.SIGKILL)
    _until(before, lambda run: not run.status().goes_on)
    assert "ended by signal 9" in before.status().line
    found = child_run.find(pretended)
    assert found is not None and found.status().state == RunState.FAILED
    found.resume()
    _until(found, _at(RunState.DONE))
    assert child_run.find(pretended.with_name("other.safetensors")) is None


def test_a_run_that_does_not_stop_is_ended_and_is_paused_all_the_same(pretended: Path) -> None:
    run = child_run.start(pretended, {"architecture": "stubborn", "steps": 40})
    _until(run, lambda run: run.status().log.step == 12)
    run.pause()
    assert run.status().state == RunState.STOPPING
    run.kill()
    _until(run, _at(RunState.PAUSED))


def test_why_a_run_ended_is_its_own_line(pretended: Path) -> None:
    run = child_run.start(pretended, {"architecture": "gone", "steps": 40}, data="X")
    _until(run, _at(RunState.FAILED))
    assert run.status().line == "there is no folder X: check --data"


def test_a_run_that_is_there_is_not_overwritten(pretended: Path) -> None:
    pretended.parent.mkdir()
    pretended.write_text("weights of before")
    with pytest.raises(InputError, match=r"there is a run named mine .* choose another name"):
        child_run.start(pretended, {"steps": 40})
    assert pretended.read_text() == "weights of before"


def test_a_number_of_a_process_that_another_has_now_is_not_taken_for_it() -> None:
    mine = processes.start_mark(os.getpid())
    assert mine and processes.goes_on(os.getpid(), mine)
    assert not processes.goes_on(os.getpid(), "0") and not processes.goes_on(os.getpid(), "")
    assert not processes.goes_on(2**22 + 1, mine)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"options": {}}',
        '{"options": {"steps": []}, "data": "", "pid": 1, "mark": ""}',
        "[" * 99_999,
    ],
)
def test_a_damaged_record_is_no_run(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.run.json"
    path.write_text(text)
    assert read_record(path) is None and read_record(tmp_path / "none") is None


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    record = RunRecord({"steps": 40, "start_from": "study", "learning_rate": 0.1}, "/data", 7, "m", 8, "n")
    record.write(tmp_path / "mine.run.json")
    assert read_record(tmp_path / "mine.run.json") == record
    assert json.loads((tmp_path / "mine.run.json").read_text())["pid"] == 7


def test_a_log_whose_last_row_is_half_there_is_read_without_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.log.csv"
    path.write_text("step,seconds,loss,IoU: real\n1,0.5,nan,\n2,1.0,4.0,0.25\n3,1.5,2")
    log = read_log(path)
    assert (log.step, log.seconds, log.loss) == (2, 1.0, ((2, 4.0),))
    assert log.of("IoU") == {"real": ((2, 0.25),)} and read_log(tmp_path / "none").step == 0
    path.write_bytes(b"\xff\x00,,\n,,\n")
    assert read_log(path).step == 0


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.title)
def test_a_recipe_has_options_of_training(recipe: object) -> None:
    fields = checked_fields(dict(recipe.options), "the recipe", "autoencoder")  # type: ignore[attr-defined]
    TrainConfig(**fields)  # type: ignore[arg-type]
    assert {"steps", "batch", "learning_rate", "samples"} <= set(fields)
