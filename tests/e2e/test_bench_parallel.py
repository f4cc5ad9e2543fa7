"""`voxview bench --parallel` in two processes, as `torchrun` starts them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from two_processes import run_in_two

from voxview.training.parallel_bench.read import read_parallel_benchmark
from voxview.training.parallel_bench.record import to_json

if TYPE_CHECKING:
    from conftest import Command

SMALL = (
    "bench", "--parallel", "--quick", "--device", "cpu", "--side", 63, "--hidden", 8, "--outputs", 4,
    "--batch", 2, "--steps", 1,
)  # fmt: skip


@pytest.mark.slow
def test_rank_0_prints_and_records_every_scheme_after_one_line_for_what_cannot_be_measured(
    start_voxview: Callable[..., Command], tmp_path: Path
) -> None:
    refused = {
        "a batch of 3 a process does not go to 2 processes in rounds evenly": (*SMALL, "--batch", 3),
        "cannot write t.txt": (*SMALL, "--csv", "t.txt"),
    }
    files = ("--json", "record.json", "--csv", "rows.csv", "--chart", "chart.svg")
    commands = (*refused.values(), (*SMALL, *files))
    (printed, errors), (other_printed, other_errors) = run_in_two(start_voxview, tmp_path, *commands)
    lines = errors.splitlines()
    for text, line, status in zip(refused, lines[::2], lines[1::2], strict=False):
        assert line.startswith(f"voxview: {text}") and status == "exit status 2", errors
    assert lines[2 * len(refused) :] == ["exit status 0"]
    assert not other_printed and other_errors.count("\n") == len(commands)

    record = json.loads((tmp_path / "record.json").read_text())
    assert (
        to_json(read_parallel_benchmark(tmp_path / "record.json")) == (tmp_path / "record.json").read_text()
    )
    assert (tmp_path / "rows.csv").read_text().count("\n") == 1 + len(record["rows"])
    assert b"<svg" in (tmp_path / "chart.svg").read_bytes()[:500]
    assert record["processes"] == 2 and record["backend"] == "gloo" and record["machine"]["date"]
    schemes = ["data", "model", "hybrid-a", "hybrid-c", "hybrid-c, each round"]
    alone, *rows = record["rows"]
    assert alone["case"] == {"scheme": "data", "processes": 1, "batch": 2} and not alone["sent"]
    assert [row["case"] for row in rows] == [{"scheme": s, "processes": 2, "batch": 4} for s in schemes]
    for row in rows:
        assert row["images_per_second"] > 0 and row["parts_ms"]["convolutions"] > 0
        if row["predicted"] is not None:
            assert abs(sum(row["sent"].values()) / row["predicted"] - 1) < 0.02, row
        assert set(row["alone_ms"]) == set(row["sent"])
        collectives = [span for span in row["timeline"] if span["is_collective"]]
        assert {span["name"] for span in collectives} == set(row["sent"]), "a collective has no end"
        assert all(0 <= span["begin"] <= span["end"] for span in row["timeline"])
    assert [p["scheme"] for p in record["parity"]] == schemes[:4]
    assert all(p["largest_difference"] < 1e-5 < p["largest_change"] for p in record["parity"])
    assert "Weak scaling: 2 pictures a process" in printed and "Prediction, not measured" in printed


def test_options_of_the_one_are_not_of_the_other(voxview: Callable[..., object]) -> None:
    done = voxview("bench", "--steps", 3)
    assert done.returncode == 2  # type: ignore[attr-defined]
    assert done.stderr == "voxview: --steps is for bench --parallel, and not for the study's experiment\n"  # type: ignore[attr-defined]
