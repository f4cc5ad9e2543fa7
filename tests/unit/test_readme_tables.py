"""Tables that documents have from the recorded benchmark are the record's, and that is of what ships."""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from experiment_runs import a_run

from voxview.experiment.gpu_state import GpuState
from voxview.experiment.results import Benchmark, Measurement
from voxview.model.weights_card import DEFAULT_WEIGHTS, find_weights

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tables() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "readme_tables", ROOT / "assets" / "benchmarks" / "readme_tables.py"
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_documents_tables_are_the_newest_records(tables: ModuleType) -> None:
    path, results = tables.newest_record()
    blocks = 0
    for document in tables.DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        blocks += len(tables._BLOCK.findall(text))
        anew = tables.rewritten(text, results, tables.link_to(path, document))
        assert text == anew, f"{document.name}: run python assets/benchmarks/readme_tables.py"
    assert blocks == 3


def test_the_record_is_of_the_weights_that_ship(tables: ModuleType) -> None:
    path, results = tables.newest_record()
    if results.weights is None:
        pytest.skip(f"{path.name} is older than the name of its weights: record a new one")
    shipped = hashlib.sha256(find_weights(DEFAULT_WEIGHTS).read_bytes()).hexdigest()
    assert (results.weights.name, results.weights.sha256) == (DEFAULT_WEIGHTS, shipped)


def changed(run: Benchmark, subject: str, median: float) -> Benchmark:
    def slower(m: Measurement) -> Measurement:
        ours = (m.axis, m.size, m.subject, m.part) == ("inputs", 2_000, subject, "interpolate")
        return replace(m, median=median) if ours else m

    return replace(run, measurements=tuple(map(slower, run.measurements)))


def test_a_figure_that_changes_in_the_record_changes_in_the_table(tables: ModuleType) -> None:
    run = a_run(gpu=True)
    assert "| 12.3 |" not in tables.overview(run, "run.json")
    assert "2,000 chairs × 11, the kernel alone | 12.3 |" in tables.overview(
        changed(run, "cuda-shared", 12.34), "run.json"
    )
    assert "| `cuda-shared` | 12.3 |" in tables.opponents(changed(run, "cuda-shared", 12.34), "run.json")


def test_the_best_of_the_cpu_stands_beside_the_gpu(tables: ModuleType) -> None:
    run = a_run(gpu=True)
    assert "(`torch.lerp`) | NumPy" in tables.overview(run, "run.json")
    assert "| 7.00 (`numpy`) |" in tables.overview(changed(run, "numpy", 7.0), "run.json").replace("\\*", "")


def test_clocks_under_load_are_said_with_the_table(tables: ModuleType) -> None:
    state = GpuState("under load", 1830, 1980, 2619, 2619, 401.5, 700, 46, 100, (), 0)
    said = " ".join(tables.overview(a_run(gpu=True, gpu_states=(state,)), "run.json").split())
    assert state.sentence() in said and "weights `chairs`" in said
