"""Tables of docs/parallel.md are those of the recorded parallel training; without one they say so."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from parallel_runs import made_up_run

from voxview.training.parallel_bench.options import Case
from voxview.training.parallel_bench.record import to_json

ROOT = Path(__file__).parents[2]
SLOWED = {"NCCL_P2P_DISABLE": "1"}


@pytest.fixture(scope="module")
def tables() -> ModuleType:
    path = ROOT / "assets" / "benchmarks" / "parallel_tables.py"
    spec = importlib.util.spec_from_file_location("parallel_tables", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_documents_tables_are_the_newest_records(tables: ModuleType) -> None:
    text = tables.DOCUMENT.read_text(encoding="utf-8")
    named = {found[1] for found in tables._BLOCK.findall(text)}
    assert named == set(tables._BLOCKS)
    plain, slower = tables.newest_records()
    anew = tables.rewritten(text, plain, slower)
    assert text == anew, "docs/parallel.md: run python assets/benchmarks/parallel_tables.py"
    assert tables.CHART.exists() == (plain is not None), "run python assets/benchmarks/parallel_tables.py"


def test_without_a_record_each_block_says_so_and_with_one_none_does(
    tables: ModuleType, tmp_path: Path
) -> None:
    text = tables.DOCUMENT.read_text(encoding="utf-8")
    assert tables.rewritten(text, None, None).count("Not measured yet") == len(tables._BLOCKS)
    (tmp_path / "parallel-new.json").write_text(to_json(made_up_run(2)))
    (tmp_path / "parallel-slow.json").write_text(to_json(made_up_run(2, quick=True, environment=SLOWED)))
    older = made_up_run(4)
    older = replace(older, machine=replace(older.machine, date="2025-01-01"))
    (tmp_path / "parallel-old.json").write_text(to_json(older))
    plain, slower = tables.newest_records(tmp_path)
    assert plain[0].name == "parallel-new.json" and slower[0].name == "parallel-slow.json"
    full = tables.rewritten(text, plain, slower)
    assert "Not measured yet" not in full
    assert "assets/benchmarks/parallel-slow.json" in full and "not directly from GPU to GPU" in full
    assert "Prediction, not measured" in full and "behind work" in full
    assert tables.rewritten(full, plain, slower) == full


def test_a_figure_that_changes_in_the_record_changes_in_the_table(tables: ModuleType) -> None:
    run = made_up_run(2)
    case = Case("hybrid-c", 2, 256)
    rows = tuple(replace(row, images_per_second=12_345.6) if row.case == case else row for row in run.rows)
    assert "| 2, hybrid-c | 12,345.6 |" in tables._BLOCKS["weak"](replace(run, rows=rows), "")
    assert "12,345.6" not in tables._BLOCKS["weak"](run, "")
