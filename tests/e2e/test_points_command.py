"""`voxview points` makes chairs of clouds, `voxview parts` labels chairs; what cannot be is one line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from random_points_weights import write_random_parts_weights, write_random_points_weights

from voxview.shapes.catalogs.samples import sample_catalog

SAMPLE = sample_catalog()[0]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Small weights for the study's autoencoder, as the environment gives them."""
    folder = tmp_path_factory.mktemp("weights")
    points = write_random_points_weights(folder / "points.safetensors", like=0)
    parts = write_random_parts_weights(folder / "parts.safetensors")
    return {"VOXVIEW_POINTS_WEIGHTS": str(points), "VOXVIEW_PARTS_WEIGHTS": str(parts)}


@pytest.fixture
def points(voxview, weights: dict[str, str], tmp_path: Path):
    """Run a verb with these weights, in a folder with a cloud and a file that is none."""
    rng, voxels = np.random.default_rng(0), np.argwhere(SAMPLE.read())
    cloud = (voxels[rng.choice(len(voxels), 600)] + rng.random((600, 3))) / 32 - 0.5
    np.savetxt(tmp_path / "scan.xyz", 3 * cloud + 7, fmt="%.5f")
    (tmp_path / "few.xyz").write_text("0 0 0\n1 1 1\n2 0 1\n")
    return lambda *arguments, **environment: voxview(*arguments, **{**weights, **environment})


def test_a_cloud_becomes_a_shape_and_says_how_it_stands(points, tmp_path: Path) -> None:
    done = points("points", "scan.xyz", "--out", "new.npy")
    assert done.returncode == 0, done.stderr
    assert np.load(tmp_path / "new.npy").any() and "wrote new.npy" in done.stdout
    assert "y up, turned by" in done.stdout and "study" in done.stdout


def test_json_has_what_was_left_out_and_the_way_into_the_frame(points, tmp_path: Path) -> None:
    done = points("points", "scan.xyz", "few.xyz", "--up", "y", "--turn", "0", "--json")
    assert done.returncode == 2 and "few.xyz" not in done.stdout
    assert done.stderr.count("50 or more") == 1 and "Traceback" not in done.stderr
    (row,) = json.loads(done.stdout)
    assert row["points"] == "scan.xyz" and row["up"] == "y" and row["encoder"] == "pointnet++"
    assert np.array(row["to_frame"]).shape == (4, 4) and row["distance"] >= 0 and row["nearest"] is None


def test_a_cloud_is_a_chair_for_other_verbs(points, tmp_path: Path) -> None:
    done = points("nearest", "scan.xyz", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


def test_parts_are_counted_and_written(points, tmp_path: Path) -> None:
    done = points("parts", SAMPLE.id, "--json")
    assert done.returncode == 0, done.stderr
    shares = json.loads(done.stdout)["parts"]
    assert list(shares) == ["seat", "back", "leg", "arm"] and sum(shares.values()) == pytest.approx(1)
    done = points("parts", "scan.xyz", "--out", "chair.ply")
    assert done.returncode == 0 and "wrote chair.ply" in done.stdout, done.stderr
    assert (tmp_path / "chair.ply").read_bytes().startswith(b"ply")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("points", "few.xyz"), "few.xyz|50 or more"),
        (("points", "nowhere.ply"), "nowhere.ply"),
        (("points", "scan.xyz", "--out", "x.txt"), "x.txt"),
        (("points", "scan.xyz", "--turn", "left"), "--turn: 'left' is neither a number of degrees nor auto"),
        (("points", "scan.xyz", "--points-weights", "no.safetensors"), "no points weights at no.safetensors"),
        (("parts", SAMPLE.id, "--parts-weights", "no.safetensors"), "no parts weights at no.safetensors"),
        (("train", "--network", "points", "--encoder", "x", "--out", "w.safetensors"), "encoder cannot be x"),
        (("train", "--network", "parts", "--data", ".", "--out", "w.safetensors"), "leave --data out"),
        (("evaluate", "--network", "parts", "--pictures", 5), "--pictures is an option of --network"),
        (("evaluate", "--network", "parts", "--clouds", "no.npz"), "cannot read no.npz"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(points, words: tuple[object, ...], text: str) -> None:
    import re

    done = points(*words)
    assert done.returncode == 2 and re.search(text, done.stderr), done.stderr
    assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr
