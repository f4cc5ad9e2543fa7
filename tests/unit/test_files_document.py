"""The tables of docs/files.md are the cases of the tests: none is missing, none invented."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import awkward_files
import awkward_grids
import test_read_points as points

from voxview.shapes.io.points import POINT_SUFFIXES
from voxview.shapes.io.read import READABLE_SUFFIXES

DOCUMENT = (Path(__file__).parents[2] / "docs" / "files.md").read_text(encoding="utf-8")
Words = dict[tuple[str, str], str]


def rows(heading: str) -> list[list[str]]:
    """The rows of all tables under a heading, without their heads."""
    section = DOCUMENT.split(f"## {heading}\n", 1)[1].split("\n## ")[0]
    cells = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip().strip("`") for cell in row] for row in cells]


def case(name: str) -> tuple[str, str]:
    phrase, suffix = re.fullmatch(r"(.*)(\.\w+)", name).groups()  # type: ignore[union-attr]
    return suffix, phrase


def cases(*tables: Iterable[str]) -> set[tuple[str, str]]:
    return {case(name) for table in tables for name in table}


def words_of(*tables: dict[str, tuple]) -> Words:
    return {case(name): found[1].strip() for table in tables for name, found in table.items()}


def test_what_is_said_to_be_read_is_what_tests_read() -> None:
    said = {(suffix, phrase) for suffix, phrases in rows("What is read") for phrase in phrases.split("; ")}
    assert said == cases(awkward_files.SAME, awkward_grids.SAME)
    assert {suffix for suffix, _ in said} == set(READABLE_SUFFIXES)


def test_the_words_of_notices_and_refusals_are_those_that_tests_find() -> None:
    for heading, name in (("What is read, and said", "SAID"), ("What is refused", "REFUSED")):
        found = {(suffix, what): words for suffix, what, words in rows(heading)}
        assert found == words_of(getattr(awkward_files, name), getattr(awkward_grids, name))


def test_what_is_said_of_points_is_what_tests_read() -> None:
    read = {tuple(row) for row in rows("Points") if len(row) == 2}
    refused = {
        (suffix, what): words for suffix, what, words in (row for row in rows("Points") if len(row) == 3)
    }
    assert read == cases(points.FILES) and {suffix for suffix, _ in read} >= set(POINT_SUFFIXES)
    assert refused == {key: words for key, words in words_of(points.REFUSED).items() if key[0] != ".doc"}
