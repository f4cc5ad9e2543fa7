"""`voxview train` as people use it: killed, stopped, resumed, repeated, and in two processes."""

from __future__ import annotations

import csv
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pytest
import torch
from PIL import Image
from two_processes import free_ports, run_by_torchrun

from voxview.model.weights import read_weights
from voxview.model.weights_card import read_card
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.training.child import run as child

if TYPE_CHECKING:
    from conftest import Command

# Eleven more decodings a step are left to the unit tests (evenness); the critics, which a run keeps, are not.
SMALL = (
    "--architecture", "study", "--samples", 24, "--batch", 4, "--device", "cpu", "--evaluate-every", 5,
    "--curvature-chairs", 2, "--evenness", 0,
)  # fmt: skip
SMALL_FOR_TWO = (*SMALL, "--batch", 8)  # four chairs are the fewest for a process


def wait_until(condition: Callable[[], bool], command: Command) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert command.process.exitcode is None, command.errors
        assert time.monotonic() < deadline, command.printed
        time.sleep(0.02)


def same_weights(one: Path, two: Path) -> bool:
    a, b = read_weights(one).tensors, read_weights(two).tensors
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


# It stays where it is one step beyond its checkpoint, so that it is never over before it is killed.
HELD = """
import sys, time
from voxview.cli import main
from voxview.training import validation
from voxview.training.learner import Learner
validation.MOST_CHAIRS = 8
learn = Learner.learn
def learn_three_steps(self, grids, step, rate, generator):
    if step == 4:
        time.sleep(300)
    return learn(self, grids, step, rate, generator)
Learner.learn = learn_three_steps
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
def test_a_killed_run_is_resumed_to_the_same_weights_bit_for_bit(
    voxview, start_voxview, tmp_path: Path
) -> None:
    run = (*SMALL, "--steps", 4, "--evaluate-every", 2)
    (tmp_path / "held.py").write_text(HELD)
    killed = start_voxview("held.py", "train", *run, "--out", "killed.safetensors")
    log = tmp_path / "killed.log.csv"
    wait_until(lambda: log.exists() and log.read_text().count("\n") == 4, killed)
    killed.send_signal(signal.SIGKILL)
    assert killed.wait().returncode == -signal.SIGKILL
    again = voxview("train", *run, "--out", "killed.safetensors")
    assert again.returncode == 2 and "--resume" in again.stderr  # an unfinished run is not overwritten
    resumed = voxview("train", "--resume", "--device", "cpu", "--out", "killed.safetensors")
    assert resumed.returncode == 0, resumed.stderr
    assert "resumed after step" in resumed.stdout
    whole = voxview("train", *run, "--out", "whole.safetensors")
    assert whole.returncode == 0, whole.stderr
    assert same_weights(tmp_path / "killed.safetensors", tmp_path / "whole.safetensors")

    steps = [int(row["step"]) for row in csv.DictReader((tmp_path / "killed.log.csv").open())]
    assert steps == list(range(1, 5))
    assert Image.open(tmp_path / "killed.progress.png").size[0] == 7 * 150
    assert not (tmp_path / "killed.checkpoint.safetensors").exists()
    finished = voxview("train", "--resume", "--out", "killed.safetensors")
    assert finished.returncode == 2 and "has finished" in finished.stderr


def test_a_run_that_starts_from_weights_has_their_architecture(voxview, tmp_path: Path) -> None:
    small = ("--samples", 24, "--batch", 4, "--device", "cpu", "--steps", 1, "--curvature-chairs", 2)
    done = voxview("train", "--start-from", "study", *small, "--out", "mine.safetensors")
    assert done.returncode == 0, done.stderr
    assert read_card(tmp_path / "mine.safetensors").architecture == "study"
    refused = voxview(
        "train", "--start-from", "study", "--architecture", "symmetric", *small, "--out", "no.safetensors"
    )
    assert refused.returncode == 2 and "--architecture study" in refused.stderr
    assert not (tmp_path / "no.safetensors").exists()


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_signalled_to_stop_reports_how_to_go_on(
    start_voxview, tmp_path: Path, kind: signal.Signals
) -> None:
    run = start_voxview("train", *SMALL, "--steps", 1000, "--out", "w.safetensors")
    wait_until(lambda: "\nstep" in run.printed, run)
    run.send_signal(kind)
    stopped = run.wait()
    assert stopped.returncode == 130
    assert stopped.stderr.count("\n") == 1 and "--resume goes on" in stopped.stderr
    assert (tmp_path / "w.checkpoint.safetensors").exists()


def test_a_changed_option_cannot_be_resumed_with(voxview, start_voxview, tmp_path: Path) -> None:
    run = start_voxview("train", *SMALL, "--steps", 1000, "--evaluate-every", 1, "--out", "w.safetensors")
    wait_until((tmp_path / "w.checkpoint.safetensors").exists, run)
    run.send_signal(signal.SIGKILL)
    run.wait()
    for option, value in (("--learning-rate", 0.1), ("--samples", 25), ("--architecture", "voxview")):
        done = voxview("train", "--resume", "--out", "w.safetensors", "--device", "cpu", option, value)
        assert done.returncode == 2 and done.stderr.count("\n") == 1
        assert option[2:] in done.stderr


def test_a_run_is_repeated_from_its_own_config_with_the_listed_chairs_held_out(
    voxview, tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    for number in range(9):
        np.save(tmp_path / f"mine/{number}.npy", sample_catalog()[number].read())
    (tmp_path / "ids.txt").write_text("2\n5\n")
    data = ("--data", "mine", "--held-out-ids", "ids.txt")
    first = voxview("train", *SMALL, "--steps", 2, *data, "--out", "one.safetensors")
    assert first.returncode == 0, first.stderr
    assert "7 real chairs to train on, 0 for validation, 2 held out" in first.stdout
    assert (tmp_path / "one.held-out.txt").read_text().split() == ["2", "5"]
    second = voxview("train", "--config", "one.toml", *data, "--out", "two.safetensors")
    assert second.returncode == 0, second.stderr
    assert same_weights(tmp_path / "one.safetensors", tmp_path / "two.safetensors")
    assert len(read_weights(tmp_path / "one.safetensors").trained_on) == 7


@pytest.mark.slow
def test_torchrun_makes_one_run_of_two_processes_and_one_of_them_prints(
    start_voxview: Callable[..., Command], tmp_path: Path
) -> None:
    train = ("train", *SMALL_FOR_TWO, "--steps", 2, "--out", "two.safetensors")
    ended = run_by_torchrun(start_voxview, tmp_path, 1, *train)
    assert [run.returncode for run in ended] == [0, 0], ended
    assert sum(run.stdout.count("step 2/2") for run in ended) == 1
    assert len((tmp_path / "two.log.csv").read_text().splitlines()) == 3
    assert read_weights(tmp_path / "two.safetensors").notes["trained on"] == "2 × CPU"


def run_in_two(start_voxview: Callable[..., Command], *words: object) -> list[CompletedProcess[str]]:
    """Run this in two processes with what `torchrun` would give them."""
    (port,) = free_ports(1)
    group = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    started = [start_voxview(*words, **group, RANK=rank, LOCAL_RANK=rank) for rank in ("0", "1")]
    return [process.wait() for process in started]


def test_two_processes_fail_with_one_line(start_voxview: Callable[..., Command]) -> None:
    train = ("train", *SMALL_FOR_TWO, "--data", "missing", "--out", "two.safetensors")
    done = run_in_two(start_voxview, *train)
    assert all(process.returncode != 0 for process in done)
    errors = "".join(process.stderr for process in done)
    assert errors.count("voxview: there is no folder missing") == 1
    assert "voxview/training" not in errors  # no traceback of ours


REPLICAS = """
import sys, torch, torch.distributed as dist
from voxview.training.config import TrainConfig
from voxview.training.process_group import join_process_group
from voxview.training.learner import Learner

def learn(group):  # a function, so that nothing of it outlives the process group
    learner = Learner(TrainConfig("voxview", batch=4, evenness=0.0), group)
    generator = torch.Generator().manual_seed(group.rank)
    for step in (1, 2):  # each process has chairs of its own
        grids = torch.rand((2, 32, 32, 32), generator=generator) < 0.1 * (1 + group.rank)
        learner.learn(grids, step, 1e-3, generator)
    for name, tensor in sorted(learner.state_dict().items()):
        first = tensor.clone()
        dist.broadcast(first, 0)
        assert torch.equal(tensor, first), name

with join_process_group("cpu") as group:
    learn(group)
    sys.stdout.write(f"the same in process {group.rank}\\n")  # at once: both write to one pipe
"""


def test_processes_with_chairs_of_their_own_keep_the_same_weights_and_critic(
    start_voxview: Callable[..., Command], tmp_path: Path
) -> None:
    (tmp_path / "replicas.py").write_text(REPLICAS)
    for rank, done in enumerate(run_in_two(start_voxview, "replicas.py")):
        assert done.returncode == 0, done.stderr
        assert f"the same in process {rank}" in done.stdout


# What a window's child does with its output, without the seconds that an interpreter takes to import torch.
CHILD = """
import os, sys
from voxview.cli import main
output = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND)
os.dup2(output, 1)
os.dup2(output, 2)
sys.exit(main(sys.argv[2:]))
"""


@dataclass
class Forked:
    """A forked command, with the part of `subprocess.Popen` that a run of the window uses."""

    command: Command

    @property
    def pid(self) -> int | None:
        return self.command.process.pid

    @property
    def returncode(self) -> int | None:
        return self.command.process.exitcode

    def poll(self) -> int | None:
        return self.returncode


def test_a_run_of_the_window_is_known_by_what_the_command_really_prints(
    start_voxview: Callable[..., Command], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "child.py").write_text(CHILD)

    def fork(words: list[str], output: BinaryIO) -> Forked:
        assert words[:4] == [*child.command(), "train"]
        return Forked(start_voxview("child.py", output.name, *words[3:], PYTHONUNBUFFERED="1"))

    monkeypatch.setattr(child, "_popen", fork)
    monkeypatch.setattr(child.processes, "let_others_go_first", lambda _: None)  # here are many others
    options: dict[str, object] = {
        "architecture": "study", "samples": 24, "batch": 4, "steps": 12, "evaluate_every": 12,
        "curvature_chairs": 2, "evenness": 0, "critic": 0, "latent_critic": 0, "device": "cpu",
    }  # fmt: skip
    run = child.start(tmp_path / "mine.safetensors", options)
    seen: list[child.RunState] = []
    deadline = time.monotonic() + 120
    while run.status().state not in (child.RunState.DONE, child.RunState.FAILED, child.RunState.PAUSED):
        assert time.monotonic() < deadline, run.files.output.read_text()
        if run.status().log.step and child.RunState.STOPPING not in seen:
            run.pause()
        seen.append(run.status().state)
        time.sleep(0.02)
    assert run.status().state == child.RunState.PAUSED, run.files.output.read_text()
    assert child.RunState.PREPARING in seen and child.RunState.STOPPING in seen
    run.resume()
    while run.status().goes_on:
        assert time.monotonic() < deadline, run.files.output.read_text()
        time.sleep(0.05)
    assert run.status().state == child.RunState.DONE and run.status().log.step == 12
