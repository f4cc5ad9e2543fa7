"""What is written can be read, and what was not written by VoxView is refused in one line."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from experiment_runs import a_run
from hypothesis import given, settings
from hypothesis import strategies as st

from voxview.engine.machine import Machine
from voxview.errors import InputError
from voxview.experiment import files
from voxview.experiment.files import read_benchmark, recorded_benchmarks, write_benchmark
from voxview.experiment.gpu_state import GpuState
from voxview.experiment.record import from_json, to_json
from voxview.experiment.results import Axis, Benchmark, Measurement, Part, WeightsFile
from voxview.shapes.io.output import check_output

texts = st.text(st.characters(codec="utf-8"), max_size=20)
counts = st.integers(1, 2**40)
milliseconds = st.floats(1e-6, 1e9)
maybe_texts = st.none() | texts
machines = st.builds(
    Machine, cpu=texts, cores=counts, threads=counts, gpu=maybe_texts, driver=maybe_texts, system=texts,
    versions=st.dictionaries(texts, texts, max_size=3), commit=maybe_texts, date=texts,
)  # fmt: skip
measurements = st.builds(
    Measurement, axis=st.sampled_from(get_args(Axis)), size=counts, subject=texts,
    part=st.sampled_from(get_args(Part)), median=milliseconds, p95=milliseconds, runs=counts,
    bytes_written=st.none() | counts, deviation=st.none() | st.floats(0, 1e6), note=texts,
    same_bits=st.none() | st.booleans(),
)  # fmt: skip
maybe_figures = st.none() | st.floats(0, 1e6)
gpu_states = st.builds(
    GpuState, when=texts, sm_mhz=maybe_figures, sm_most_mhz=maybe_figures, memory_mhz=maybe_figures,
    memory_most_mhz=maybe_figures, watts=maybe_figures, limit_watts=maybe_figures, celsius=maybe_figures,
    busy_percent=maybe_figures, held_down_by=st.none() | st.lists(texts, max_size=2).map(tuple),
    other_processes=st.none() | st.integers(0, 9),
)  # fmt: skip
runs = st.builds(
    Benchmark, machine=machines, measurements=st.lists(measurements, max_size=4).map(tuple),
    rates=st.dictionaries(texts, milliseconds, max_size=3), seconds=st.floats(0, 1e6), complete=st.booleans(),
    notes=st.lists(texts, max_size=2).map(tuple),
    weights=st.none() | st.builds(WeightsFile, name=texts, sha256=texts),
    gpu_states=st.lists(gpu_states, max_size=2).map(tuple),
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(runs)
def test_any_run_survives_json(run: Benchmark) -> None:
    assert from_json(to_json(run), "it") == run


def test_every_format_is_written_by_its_suffix(tmp_path: Path) -> None:
    run = a_run(gpu=True)
    for suffix, start in ((".json", b'{\n "format": "voxview-benchmark-1"'), (".csv", b"axis,size"),
                          (".png", b"\x89PNG"), (".svg", b"<?xml"), (".PNG", b"\x89PNG")):  # fmt: skip
        write_benchmark(tmp_path / f"run{suffix}", run)
        assert (tmp_path / f"run{suffix}").read_bytes().startswith(start)
    assert read_benchmark(tmp_path / "run.json") == run
    assert len(list(tmp_path.iterdir())) == 5


def test_the_csv_has_a_row_a_measurement_with_its_machine(tmp_path: Path) -> None:
    run = a_run(gpu=True)
    write_benchmark(tmp_path / "run.csv", run)
    with (tmp_path / "run.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(run.measurements)
    for row, measurement in zip(rows, run.measurements, strict=True):
        assert float(row["median_ms"]) == measurement.median and row["subject"] == measurement.subject
        assert row["gpu"] == "Test GPU" and row["date"] == "2026-11-20"


def changed(**fields: object) -> str:
    return json.dumps({**json.loads(to_json(a_run(gpu=False))), **fields})


def with_measurement(**fields: object) -> str:
    data: dict[str, Any] = json.loads(to_json(a_run(gpu=False)))
    data["measurements"][1].update(fields)
    return json.dumps(data)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no JSON at line 1"),
        ("{", "no JSON"),
        ("[]", "format"),
        ("null", "format"),
        ("[" * 100_000, "odd JSON"),
        (f'{{"format": {"9" * 10_000}}}', "odd JSON"),
        (changed(format="voxview-benchmark-2"), "its format is not voxview-benchmark-1"),
        (changed(machine=None), "machine of the file is no object"),
        (changed(measurements={}), "measurements of the file is no list"),
        (changed(rates={"host copy": 0}), "is 0"),
        (changed(complete=1), "complete of the file is neither true nor false"),
        (changed(surprise=1), "unknown field 'surprise'"),
        (with_measurement(median="fast"), "median of measurements of the file, number 2 is no number"),
        (with_measurement(median=float("nan")), "is nan"),
        (with_measurement(p95=float("inf")), "is inf"),
        (with_measurement(median=-1), "is -1"),
        (with_measurement(median=0), "is 0"),
        (with_measurement(size=0), "no number of things"),
        (with_measurement(runs=True), "no number of things"),
        (with_measurement(axis="outputs"), "is none of stages, inputs, blends"),
        (with_measurement(part=[]), "is none of"),
        (with_measurement(note=None), "is no text"),
    ],
)
def test_what_is_no_record_is_refused_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "run.json"
    file.write_text(text)
    with pytest.raises(InputError, match=r"run\.json is no recorded benchmark") as caught:
        read_benchmark(file)
    assert message in str(caught.value) and "\n" not in str(caught.value)


def test_a_record_without_a_field_is_refused_by_its_name(tmp_path: Path) -> None:
    data = json.loads(to_json(a_run(gpu=True)))
    del data["machine"]["date"]
    with pytest.raises(InputError, match="machine of the file has no date"):
        from_json(json.dumps(data), "it")


def test_files_that_are_no_text_or_not_there_are_refused(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "large.json").write_bytes(b" " * (files.LARGEST_FILE + 1))
    for name, message in (("b.json", "no text"), ("none.json", "cannot read"), (".", "not a regular file"),
                       ("large.json", "too large")):  # fmt: skip
        with pytest.raises(InputError, match=message):
            read_benchmark(tmp_path / name)


@pytest.mark.parametrize("name", ["run.txt", "run", "no/such/folder/run.json", "folder.json"])
def test_a_path_that_cannot_be_written_is_refused_before_the_run(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(InputError, match="cannot write"):
        check_output(tmp_path / name, files.SUFFIXES)
    with pytest.raises(InputError, match="cannot write"):
        write_benchmark(tmp_path / name, a_run(gpu=False))


def test_recorded_runs_are_read_newest_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "asset", lambda *parts: tmp_path.joinpath(*parts))
    assert recorded_benchmarks() == ()
    (tmp_path / "benchmarks").mkdir()
    for day in ("2026-11-18", "2026-11-20"):
        run = a_run(gpu=True)
        run = replace(run, machine=replace(run.machine, date=day))
        write_benchmark(tmp_path / "benchmarks" / f"bench-{day}.json", run)
    (tmp_path / "benchmarks" / "stages.json").write_text("{}")  # another kind of record
    assert [run.machine.date for run in recorded_benchmarks()] == ["2026-11-20", "2026-11-18"]


def test_the_runs_that_come_with_voxview_can_be_read_and_are_complete() -> None:
    for run in recorded_benchmarks():
        assert run.complete and run.machine.gpu and run.machine.commit
