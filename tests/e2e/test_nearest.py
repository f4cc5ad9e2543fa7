"""`voxview nearest` names the chairs that are most like a shape."""

from __future__ import annotations

import json
from pathlib import Path

import voxview as stable
from voxview.shapes.catalogs.samples import sample_catalog


def test_a_chair_of_the_catalog_is_most_like_itself(voxview) -> None:
    chair = sample_catalog()[20]
    done = voxview("nearest", chair.id, "-k", 3)
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and len(lines) == 3
    assert lines[0].split()[:2] == ["100.0%", chair.id] and chair.name in lines[0]


def test_a_file_is_compared_with_a_folder_and_broken_files_are_reported(voxview, tmp_path: Path) -> None:
    chairs = sample_catalog()[:3]
    (tmp_path / "data").mkdir()
    for number, chair in enumerate(chairs):
        stable.write_shape(tmp_path / f"data/chair{number}.binvox", chair.read())
    (tmp_path / "data/broken.obj").write_text("nothing")
    stable.write_shape(tmp_path / "mine.npy", chairs[1].read())
    done = voxview("nearest", "mine.npy", "--data", "data", "--json")
    nearest = json.loads(done.stdout)
    assert nearest[0]["id"] == "chair1" and nearest[0]["iou"] == 1.0
    assert len(nearest) == 3 and "broken.obj" in done.stderr


def test_bad_input_is_one_line(voxview) -> None:
    for arguments in (("no-such-chair",), ("four-legs-slatted-001", "-k", 0)):
        done = voxview("nearest", *arguments)
        assert done.returncode == 2 and len(done.stderr.splitlines()) == 1
