"""One thing is in the singular, wherever the program counts."""

from __future__ import annotations

import re
from pathlib import Path

from voxview.counts import counted

PACKAGE = Path(__file__).parents[2] / "voxview"
COUNTED = re.compile(
    r"""\{(?:len\([^{}]*\)|[\w.]*(?:total|count|voxels|runs|threads|cores|chairs|steps|batch))(?::,)?\}\s"""
    r"(?:real |loose )?(?:chairs|voxels|triangles|steps|runs|files|pairs|threads|cores|pieces)\b"
)
"""A number that can be one, and a plural behind it."""


def test_one_is_singular_and_thousands_are_separated() -> None:
    assert counted(1, "chair") == "1 chair"
    assert counted(0, "chair") == "0 chairs"
    assert counted(1200, "loose voxel") == "1,200 loose voxels"


def test_no_text_counts_without_it() -> None:
    lines = {
        f"{path.relative_to(PACKAGE)}:{number}: {line.strip()}"
        for path in PACKAGE.rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if COUNTED.search(line)
    }
    assert lines == set()
