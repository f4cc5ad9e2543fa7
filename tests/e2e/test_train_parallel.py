"""`voxview train --network picture --parallel …` in two processes, as `torchrun` starts them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from two_processes import run_by_torchrun, run_in_two

from voxview.model.picture_weights import read_picture_weights
from voxview.training.checkpoint import Checkpoint, write_checkpoint
from voxview.training.config import TrainConfig

if TYPE_CHECKING:
    from conftest import Command

SMALL = (
    "train", "--network", "picture", "--autoencoder", "study", "--samples", 4, "--refine", 0,
    "--encoder", "alexnet", "--hidden", 8, "--rendered-side", 32, "--batch", 4, "--reuse", 1,
    "--steps", 2, "--evaluate-every", 2,
)  # fmt: skip


def test_what_cannot_be_split_is_one_line_from_rank_0_and_nothing_hangs(
    start_voxview: Callable[..., Command], tmp_path: Path
) -> None:
    write_checkpoint(
        tmp_path / "other.checkpoint.safetensors", Checkpoint(TrainConfig("study"), "", 2, 1, 0, {})
    )
    out = ("--out", "new.safetensors")
    refused = {
        "a batch of 5 does not go to 2 processes evenly": (*SMALL, "--parallel", "data", "--batch", 5, *out),
        "a batch of 6 does not go to 2 processes in 2 rounds evenly: give --batch a multiple of 4": (
            *SMALL, "--parallel", "hybrid-c", "--batch", 6, *out,
        ),
        "--parallel hybrid-a cannot divide 9 hidden numbers by 2 processes": (
            *SMALL, "--parallel", "hybrid-a", "--hidden", 9, *out,
        ),
        "cannot resume": (*SMALL, "--parallel", "hybrid-a", "--resume", "--out", "other.safetensors"),
        "no CUDA device 'cuda' can be used here": (*SMALL, "--parallel", "data", "--device", "cuda", *out),
    }  # fmt: skip
    (printed, errors), (other_printed, other_errors) = run_in_two(start_voxview, tmp_path, *refused.values())
    assert not printed and not other_printed
    lines = errors.splitlines()
    assert len(lines) == 2 * len(refused), errors
    for text, line, status in zip(refused, lines[::2], lines[1::2], strict=True):
        assert line.startswith(f"voxview: {text}"), errors
        assert status == f"exit status {1 if 'CUDA' in text else 2}", errors
    assert other_errors == "exit status 1\n" * len(refused)  # silent, whatever the line was
    assert not (tmp_path / "new.safetensors").exists()


def test_hybrid_training_leaves_the_weights_of_a_run_and_rank_0_alone_prints(
    start_voxview: Callable[..., Command], tmp_path: Path
) -> None:
    runs = run_in_two(start_voxview, tmp_path, (*SMALL, "--parallel", "hybrid-c", "--out", "p.safetensors"))
    assert [errors for _, errors in runs] == ["exit status 0\n"] * 2
    assert runs[0][0].count("step 2/2") == 1 and not runs[1][0]
    weights = read_picture_weights(tmp_path / "p.safetensors")
    assert weights.notes["trained on"] == "2 × CPU" and weights.network.alexnet.hidden == 8


@pytest.mark.slow
def test_two_hosts_make_one_run(start_voxview: Callable[..., Command], tmp_path: Path) -> None:
    """Each has a copy of the sharded layers."""
    train = (
        *SMALL, "--batch", 8, "--parallel", "hybrid-a", "--optimiser", "adamw", "--device", "cpu",
        "--steps", 1, "--evaluate-every", 1, "--out", "hosts.safetensors",
    )  # fmt: skip
    ended = run_by_torchrun(start_voxview, tmp_path, 2, *train)
    assert [run.returncode for run in ended] == [0] * 4, ended
    assert sum(run.stdout.count("step 1/1") for run in ended) == 1
    assert read_picture_weights(tmp_path / "hosts.safetensors").notes["trained on"] == "4 × CPU"
