"""`voxview mix` writes a mix and prints what was measured on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

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
