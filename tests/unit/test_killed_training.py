"""A training run that is killed while it writes is resumed to the weights of an unbroken one."""

from __future__ import annotations

import csv
import os
import signal
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from faults import Disk, Step
from torch import Tensor

from voxview.errors import InputError, VoxViewError
from voxview.model.weights import read_weights
from voxview.shapes.io import atomic
from voxview.training import validation
from voxview.training.run import RunOptions, run_training

at_length = pytest.mark.skipif(
    os.environ.get("VOXVIEW_ALL_FAULTS") != "1",
    reason="minutes; VOXVIEW_ALL_FAULTS=1 runs it, and test_train.py kills one run",
)
GIVEN = {
    **{"architecture": "study", "samples": 12, "batch": 4, "steps": 2, "evaluate_every": 1, "device": "cpu"},
    **{"curvature_chairs": 2, "evenness": 0.0, "critic": 0.0, "latent_critic": 0.0, "connectivity": 0.0},
}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation, "MOST_CHAIRS", 6)
    monkeypatch.setattr(atomic, "_swept", {})


def train(folder: Path, *, resume: bool = False) -> None:
    for _ in run_training(RunOptions(folder / "w.safetensors", GIVEN, resume=resume)):
        pass


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Step], set[str], Mapping[str, Tensor]]:
    """Return the steps of a run that is not disturbed, its files and its weights."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(validation, "MOST_CHAIRS", 6)
        steps = Disk(folder).steps(lambda: train(folder))
    return steps, {one.name for one in folder.iterdir()}, read_weights(folder / "w.safetensors").tensors


@at_length
def test_a_run_that_is_killed_while_it_writes_goes_on_to_the_same_weights(
    tmp_path: Path, unbroken: tuple[list[Step], set[str], Mapping[str, Tensor]]
) -> None:
    steps, files, whole = unbroken
    for at in range(len(steps)):
        killed = tmp_path / f"killed-{at}"
        killed.mkdir()
        disk = Disk(killed)
        if (child := os.fork()) == 0:
            disk.fail(lambda disk=disk: train(disk.folder), at, "killed")
            os._exit(0)
        assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
        for name in killed.iterdir():
            os.utime(name, (0, 0))
        atomic._swept.clear()
        train(killed, resume=(killed / "w.checkpoint.safetensors").exists())
        made = read_weights(killed / "w.safetensors").tensors
        assert all(torch.equal(made[key], tensor) for key, tensor in whole.items()), steps[at]
        rows = list(csv.DictReader((killed / "w.log.csv").open()))
        assert [row["step"] for row in rows] == ["1", "2"], steps[at]
        assert {one.name for one in killed.iterdir()} == files, steps[at]


@at_length
def test_a_disk_that_is_full_in_the_middle_ends_a_run_with_one_line_and_it_goes_on(
    tmp_path: Path, unbroken: tuple[list[Step], set[str], Mapping[str, Tensor]]
) -> None:
    steps, _, whole = unbroken
    disk = Disk(tmp_path)
    renames = [at for at, step in enumerate(steps) if step.what == "rename" and step.path == "w.safetensors"]
    error = disk.fail(lambda: train(disk.folder), renames[1], "full")
    assert isinstance(error, VoxViewError) and "the disk is full" in str(error) and "\n" not in str(error)
    with pytest.raises(InputError, match="go on with --resume"):
        train(disk.folder)
    train(disk.folder, resume=True)
    made = read_weights(disk.folder / "w.safetensors").tensors
    assert all(torch.equal(made[key], tensor) for key, tensor in whole.items())


def test_weights_that_overflow_are_named_and_never_written(tmp_path: Path) -> None:
    from voxview.model.study import StudyNetwork
    from voxview.model.weights import write_weights

    network = StudyNetwork()
    name, parameter = next(iter(network.named_parameters()))
    for value, words in ((float("nan"), "not finite numbers"), (1e6, "too large, up to 1e+06")):
        with torch.no_grad():
            parameter.view(-1)[3] = value
        with pytest.raises(VoxViewError, match="cannot write") as caught:
            write_weights(tmp_path / "w.safetensors", network, "study", "mine", {})
        assert words in str(caught.value) and name in str(caught.value)
    assert list(tmp_path.iterdir()) == []
