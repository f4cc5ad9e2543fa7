"""`voxview mix` writes a mix and prints what was measured on it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import trimesh

import voxview as stable
from voxview.model.metrics import symmetry
from voxview.shapes.catalogs.samples import sample_catalog

IDS = [chair.id for chair in sample_catalog()[:4]]


def test_one_chair_is_its_own_reconstruction(voxview, tmp_path: Path) -> None:
    done = voxview("mix", IDS[0], "--out", "one.npy", "--weights", "study")
    assert done.returncode == 0, done.stderr
    autoencoder = stable.load_autoencoder("study", device="cpu")
    grid = sample_catalog()[0].read()
    expected = autoencoder.decode(autoencoder.encode(grid[None]))[0] > 0.5
    assert np.array_equal(np.load(tmp_path / "one.npy"), expected)
    assert f"symmetry      {symmetry(expected):.3f}, IoU with its mirror image" in done.stdout
    assert f"of its chairs at least {symmetry(grid):.3f}" in done.stdout


def test_weights_default_to_equal_shares_and_may_be_negative(voxview, tmp_path: Path) -> None:
    done = voxview("mix", *IDS, "--out", "four.obj", "--weights", "study")
    assert done.stdout.count("+0.250") == 4 and (tmp_path / "four.obj").stat().st_size > 1000
    assert "in one piece" in done.stdout and "seat height" in done.stdout and "stands" in done.stdout
    done = voxview("mix", IDS[0], f"{IDS[1]}:-1", f"{IDS[2]}:1", "--out", "sum.binvox", "--weights", "study")
    assert done.returncode == 0 and done.stdout.count("+1.000") == 2 and done.stdout.count("-1.000") == 1
    assert stable.read_shape(tmp_path / "sum.binvox").any()


def test_a_fine_surface_has_more_triangles_and_no_other_figures(voxview, tmp_path: Path) -> None:
    said = [
        voxview("mix", *IDS, "--out", f"{n}.obj", "--weights", "study", "--surface-resolution", n).stdout
        for n in (32, 64)
    ]
    assert said[0] == said[1] and "in one piece" in said[0]
    plain, fine = ((tmp_path / f"{n}.obj").read_text() for n in (32, 64))
    assert fine.count("\nf ") > 3 * plain.count("\nf ")
    assert "interpolated between 32^3 voxels to 64^3 samples; no more detail" in fine


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([f"{IDS[0]}:nan", "--out", "x.obj"], "finite"),
        (["no-such-chair:1", "--out", "x.obj"], "no-such-chair"),
        ([IDS[0], "--out", "x.txt"], "has to end in"),
        ([IDS[0], "--out", "x.stl", "--stl-height", "0"], "0 mm"),
        ([IDS[0], "--out", "x.obj", "--level", "1"], "level"),
        ([IDS[0], "--out", "x.png", "--picture-size", "9000"], "8192"),
        ([IDS[0], "--out", "x.d", "--formats", "strip"], "no format 'strip'"),
        ([IDS[0], "--out", "x.obj", "--surface-resolution", "48"], "choose from 32, 64, 96"),
        ([IDS[0], "--out", "nowhere/x.obj"], "nowhere"),
        ([*IDS, *IDS, IDS[0], "--out", "x.obj"], "1 to 8 chairs"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(voxview, tmp_path: Path, arguments, message: str) -> None:
    done = voxview("mix", *arguments)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and message in done.stderr
    assert not list(tmp_path.glob("x.*"))


def test_a_mix_for_the_printer_is_80_mm_high_and_reads_back_as_the_mix(voxview, tmp_path: Path) -> None:
    done = voxview("mix", *IDS[:2], "--weights", "study", "--out", "print.stl")
    assert done.returncode == 0, done.stderr
    assert trimesh.load(tmp_path / "print.stl", force="mesh").extents[2] == pytest.approx(80)
    options = ("--formats", "STL,npy,gif", "--stl-height", 20, "--stl-up", "y", "--picture-size", 32)
    assert voxview("mix", *IDS[:2], "--weights", "study", "--out", "all", *options).returncode == 0
    names = {path.name for path in (tmp_path / "all").iterdir()}
    assert names == {"mix.stl", "mix.npy", "mix_turntable.gif", "mix.json"}
    assert trimesh.load(tmp_path / "all/mix.stl", force="mesh").extents[1] == pytest.approx(20)
    grid = np.load(tmp_path / "all/mix.npy")
    for path in ("print.stl", "all/mix.stl"):
        assert np.array_equal(stable.read_shape(tmp_path / path), grid)
    record = json.loads((tmp_path / "all/mix.json").read_text())
    assert [chair["weight"] for chair in record["shapes"][0]["chairs"]] == [0.5, 0.5]
    assert record["shapes"][0]["voxels"] == grid.sum() and record["weights"] == "study"


def test_convert_keeps_the_frame_of_a_print(voxview, tmp_path: Path) -> None:
    voxview("mix", IDS[0], "--weights", "study", "--out", "print.stl")
    assert voxview("convert", "print.stl", "frame.stl").returncode == 0
    assert np.abs(trimesh.load(tmp_path / "frame.stl", force="mesh").bounds).max() < 0.5001
    assert np.array_equal(
        stable.read_shape(tmp_path / "frame.stl"), stable.read_shape(tmp_path / "print.stl")
    )
