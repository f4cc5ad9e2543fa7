"""The state of a GPU is read from nvidia-smi, whatever it leaves out, and stands in the record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from experiment_runs import a_run

from voxview.experiment import gpu_state
from voxview.experiment.gpu_state import GpuState, parse, read_gpu
from voxview.experiment.record import from_json, to_json
from voxview.experiment.tables import notes
from voxview.to_end import run_to_end

LINE = "1830, 1980, 2619, 2619, 401.53, 700.00, 46, 100, 0x0000000000000004"


@pytest.fixture
def nvidia_smi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file that stands for nvidia-smi once there is something in it."""
    file = tmp_path / "nvidia-smi"
    monkeypatch.setenv("PATH", str(tmp_path))  # and none that is really there
    return file


def write(file: Path, script: str) -> None:
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def read(uuid: str | None = "GPU-1") -> tuple[GpuState | None, int]:
    calls: list[None] = []
    return run_to_end(read_gpu(uuid, "under load", lambda: calls.append(None))), len(calls)


def test_a_line_of_figures_is_read_with_the_reasons_that_hold_the_clocks_down() -> None:
    state = parse(LINE, "4711\n4712\n", "under load")
    assert state == GpuState("under load", 1830, 1980, 2619, 2619, 401.53, 700, 46, 100, ("power limit",), 1)
    assert state.sentence() == (
        "The GPU, under load: SM 1,830 of 1,980 MHz, memory 2,619 of 2,619 MHz, 402 of 700 W, 46 °C, 100 % "
        "busy, held down by power limit, 1 other process."
    )


def test_what_the_driver_does_not_report_is_unknown_and_not_none_at_all() -> None:
    line = "[N/A], 1980, [Not Supported], 2619, 60.1, 700.00, 30, 0, 0x0000000000000001"
    state = parse(line, None, "idle")
    assert state is not None and state.sm_mhz is None and state.memory_mhz is None
    assert state.held_down_by == (), "an idle GPU is not throttled"
    assert state.other_processes is None, "this process is on the GPU, so an empty list hides something"
    assert state.sentence() == (
        "The GPU, idle: 60 of 700 W, 30 °C, 0 % busy, not throttled, other processes unknown."
    )
    assert parse("1, 2, 3", None, "idle") is None


def test_a_driver_with_the_former_name_of_the_reasons_is_asked_again(nvidia_smi: Path) -> None:
    write(
        nvidia_smi,
        f"""case "$*" in
  *clocks_event_reasons*) echo 'Field is not a valid field to query.'; exit 2;;
  *compute-apps*) echo 77;;
  *"-i GPU-1"*) /bin/sleep 0.1; echo '{LINE}';;
esac""",
    )
    state, calls = read()
    assert state is not None and state.limit_watts == 700 and state.other_processes == 0
    assert calls > 1, "the GPU was not kept busy"


def test_without_an_answer_there_is_no_state(nvidia_smi: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read() == (None, 0)
    write(nvidia_smi, "echo 'NVIDIA-SMI has failed'; exit 9")
    assert read()[0] is None
    monkeypatch.setattr(gpu_state, "_PATIENCE", 0.1)
    write(nvidia_smi, "exec /bin/sleep 60")
    assert read()[0] is None


def test_readings_stand_in_the_record_and_in_the_report() -> None:
    state = parse(LINE, "4711\n", "under load")
    assert state is not None
    run = a_run(gpu=True, gpu_states=(state,))
    assert from_json(to_json(run), "it") == run
    assert state.sentence() in notes(run) and "no other processes" in state.sentence()


def test_a_record_from_before_the_readings_and_the_weights_is_read() -> None:
    data: dict[str, Any] = json.loads(to_json(a_run(gpu=True)))
    del data["weights"], data["gpu_states"]
    run = from_json(json.dumps(data), "it")
    assert run.weights is None and run.gpu_states == ()
