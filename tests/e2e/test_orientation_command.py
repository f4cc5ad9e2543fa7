"""`--up auto` and `--turn auto`: what comes lying or turned is read as it should stand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import voxview as stable
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.io.binvox import SHAPENETVOX32_HEADER
from voxview.shapes.orient import Orientation, rotate_grid

CHAIR = sample_catalog()[3]


@pytest.fixture
def lying(tmp_path: Path) -> Path:
    """A sample chair that lies on its side, as `lying.npy`: z up and a turn by 270° bring it back."""
    path = tmp_path / "lying.npy"
    stable.write_shape(path, rotate_grid(CHAIR.read(), Orientation("x", 90).matrix))
    return path


def test_convert_finds_how_a_lying_chair_stands_and_says_so(voxview, lying: Path, tmp_path: Path) -> None:
    done = voxview("convert", lying.name, "up.npy", "--up", "auto", "--turn", "auto")
    assert done.returncode == 0
    assert np.array_equal(stable.read_shape(tmp_path / "up.npy"), CHAIR.read())
    assert done.stdout.count("\n") == 1
    for part in ("lying.npy", "IoU 1.00 instead of 0.", "--up z --turn 270"):
        assert part in done.stdout


def test_what_is_given_is_kept_and_only_the_rest_is_searched(voxview, lying: Path, tmp_path: Path) -> None:
    done = voxview("convert", lying.name, "up.npy", "--up", "z", "--turn", "auto")
    assert done.returncode == 0 and "--up z --turn 270" in done.stdout
    assert np.array_equal(stable.read_shape(tmp_path / "up.npy"), CHAIR.read())
    done = voxview("convert", lying.name, "up.npy", "--up", "auto", "--turn", 0)
    assert done.returncode == 0 and done.stdout.rstrip().endswith("--turn 0")


def test_an_uncertain_orientation_is_a_warning_that_says_what_to_type(voxview, tmp_path: Path) -> None:
    np.save(tmp_path / "cloud.npy", np.random.default_rng(0).random((32, 32, 32)) < 0.2)
    done = voxview("convert", "cloud.npy", "out.npy", "--up", "auto", "--turn", "auto")
    assert done.returncode == 0 and (tmp_path / "out.npy").exists()
    assert len(done.stderr.splitlines()) == 1
    assert "uncertain" in done.stderr and "type --up " in done.stderr


def test_a_morph_records_how_its_chairs_were_turned(voxview, lying: Path, tmp_path: Path) -> None:
    auto = ("--up", "auto", "--turn", "auto", "--weights", "study")  # they search in a tenth of the time
    done = voxview("morph", lying.name, CHAIR.id, "--steps", 2, "--formats", "npy", *auto)
    assert done.returncode == 0 and "--up z --turn 270" in done.stdout
    record = json.loads((tmp_path / "morph/morph.json").read_text())
    assert (record["a"]["up"], record["a"]["turn"]) == ("z", 270)
    assert "up" not in record["b"], "a sample chair stands as it should"
    a, b = (np.load(path) for path in sorted((tmp_path / "morph").glob("*.npy")))
    assert (a & b).sum() / (a | b).sum() > 0.98, "the same chair from both sides"


def test_mix_and_nearest_turn_what_they_read(voxview, lying: Path) -> None:
    done = voxview("nearest", lying.name, "-k", 1, "--json", "--up", "z", "--turn", "auto")
    assert json.loads(done.stdout)[0]["id"] == CHAIR.id, "what was found is on stderr"
    assert "--up z --turn 270" in done.stderr
    done = voxview("mix", lying.name, "--out", "mix.obj", "--up", "z", "--turn", 270)
    assert done.returncode == 0 and "seat height" in done.stdout


def test_a_folders_chairs_are_turned_like_files(voxview, lying: Path, tmp_path: Path) -> None:
    done = voxview("nearest", "lying", "--data", ".", "-k", 1, "--up", "z", "--turn", 270)
    assert done.returncode == 0 and not done.stdout.startswith("100.0%"), "it is compared turned"


def test_torch_is_imported_only_to_search(lying: Path, tmp_path: Path) -> None:
    program = (
        "import sys; from voxview.cli import main; "
        "assert main(['convert', 'lying.npy', 'up.npy', '--up', 'z', '--turn', '270']) == 0; "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=tmp_path, timeout=60).returncode == 0


@pytest.mark.parametrize("words", [("--turn", "45"), ("--turn", "round"), ("--up", "w")])
def test_another_orientation_is_refused_in_one_line(voxview, lying: Path, words: tuple[str, str]) -> None:
    done = voxview("convert", lying.name, "up.npy", *words)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1 and words[0] in done.stderr


def test_the_axis_order_that_a_binvox_does_not_say_is_said_and_can_be_given(voxview, tmp_path: Path) -> None:
    grid = CHAIR.read()
    runs = np.column_stack([grid.transpose(0, 2, 1).ravel(), np.ones(grid.size)]).astype(np.uint8)
    (tmp_path / "hand.binvox").write_bytes(SHAPENETVOX32_HEADER + runs.tobytes())
    done = voxview("convert", "hand.binvox", "a.npy")
    assert done.returncode == 0 and done.stdout == ""
    assert done.stderr == (
        "voxview: hand.binvox: its header does not say its axis order: read in that of ShapeNetVox32; "
        "'--axis-order binvox' reads it in that of binvox\n"
    )
    done = voxview("convert", "hand.binvox", "b.npy", "--axis-order", "binvox")
    assert done.returncode == 0 and done.stderr == ""
    assert np.array_equal(stable.read_shape(tmp_path / "b.npy"), grid)
    done = voxview("convert", "a.npy", "b.npy", "--axis-order", "binvox")
    assert done.returncode == 2 and "a.npy is no .binvox file" in done.stderr
