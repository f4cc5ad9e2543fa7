"""The stored coverage reaches the floor, and is of the program as it is."""

from __future__ import annotations

from coverage_record import ROOT, settings, stored

RERUN = "run 'make coverage', and commit tests/coverage.json"


def test_the_stored_coverage_reaches_the_floor() -> None:
    assert stored()["percent"] >= settings()["fail_under"] >= 95


def test_every_file_is_measured_or_left_out_by_name() -> None:
    files = {str(path.relative_to(ROOT)) for path in (ROOT / "voxview").rglob("*.py")}
    left_out = set(settings()["omit"])
    assert left_out <= files, "left out by name, and not there any more"
    assert files - left_out == set(stored()["files"]), RERUN


def test_no_file_is_hardly_tested() -> None:
    assert {path: percent for path, percent in stored()["files"].items() if percent < 60} == {}
