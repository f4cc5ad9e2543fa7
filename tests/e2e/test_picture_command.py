"""`voxview picture` makes chairs of pictures, and other verbs take pictures as chairs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from random_picture_weights import write_random_picture_weights

import voxview as stable
from voxview.engine.pictures import PictureReader
from voxview.pictures.network_input import prepare_input
from voxview.pictures.read import read_picture
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.surface.picture import render_chair, write_png

SAMPLES = sample_catalog()[:3]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Picture weights for the study's autoencoder; every picture is familiar to them."""
    return write_random_picture_weights(tmp_path_factory.mktemp("weights") / "random.safetensors")


@pytest.fixture
def picture(voxview, weights: Path, tmp_path: Path):
    """Run a verb with these weights, in a folder with two pictures of chairs and a file that is none."""
    for number, chair in enumerate(SAMPLES[:2]):
        write_png(tmp_path / f"chair{number}.png", render_chair(chair.read(), (240, 200)))
    (tmp_path / "letter.jpg").write_bytes(b"%PDF-1.7" + bytes(99))
    return lambda *arguments, **environment: voxview(
        *arguments, **{"VOXVIEW_PICTURE_WEIGHTS": str(weights), **environment}
    )


def grid_of(file: Path, weights: Path) -> np.ndarray:
    return PictureReader("cpu", weights).read(prepare_input(read_picture(file))).grid


def test_a_picture_becomes_a_shape_and_says_from_where_it_is_seen(picture, weights, tmp_path: Path) -> None:
    done = picture("picture", "chair0.png", "--out", "new.npy")
    assert done.returncode == 0, done.stderr
    assert np.array_equal(np.load(tmp_path / "new.npy"), grid_of(tmp_path / "chair0.png", weights))
    assert "chair0.png" in done.stdout and "study" in done.stdout and "wrote new.npy" in done.stdout
    assert done.stderr == ""


def test_json_has_view_unfamiliarity_files_and_the_nearest_chair(picture, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for number, chair in enumerate(SAMPLES):
        stable.write_shape(tmp_path / f"data/chair{number}.binvox", chair.read())
    done = picture("picture", "chair0.png", "--out", "new.obj", "--json", "--data", "data")
    (row,) = json.loads(done.stdout)
    assert row["picture"] == "chair0.png" and row["autoencoder"] == "study" and row["files"] == ["new.obj"]
    assert -180 < row["view"]["azimuth"] <= 180 and -90 <= row["view"]["elevation"] <= 90
    assert 0 <= row["unfamiliarity"] < 1 and row["seconds"] > 0
    assert row["nearest"]["id"].startswith("chair") and 0 < row["nearest"]["iou"] <= 1
    table = picture("picture", "chair0.png", "--data", "data").stdout
    assert row["nearest"]["id"] in table and f"{row['nearest']['iou']:.1%}" in table


def test_several_pictures_go_into_a_folder_and_one_that_is_none_holds_nobody_up(
    picture, tmp_path: Path
) -> None:
    done = picture(
        "picture", "chair0.png", "letter.jpg", "chair1.png", "--out", "new", "--formats", "obj,binvox"
    )
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "letter.jpg" in done.stderr
    written = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert written == ["chair0.binvox", "chair0.obj", "chair1.binvox", "chair1.obj"]
    done = picture("picture", "chair0.png", "chair1.png", "--out", "named/my-{name}.stl")
    assert done.returncode == 0
    assert sorted(path.name for path in (tmp_path / "named").iterdir()) == ["my-chair0.stl", "my-chair1.stl"]


def test_a_crop_and_the_background_change_what_is_seen(picture) -> None:
    def seen(*options: str) -> object:
        (row,) = json.loads(picture("picture", "chair0.png", "--json", *options).stdout)
        return row["view"], row["unfamiliarity"]

    assert len({str(seen()), str(seen("--crop", "60,0,120,120")), str(seen("--keep-background"))}) >= 2


def test_a_picture_that_is_unlike_all_others_is_written_with_a_warning(picture, tmp_path: Path) -> None:
    strange = write_random_picture_weights(tmp_path / "strange.safetensors", unfamiliar=True)
    done = picture("picture", "chair0.png", "--out", "new.obj", "--picture-weights", strange)
    assert done.returncode == 0 and (tmp_path / "new.obj").stat().st_size > 100
    assert done.stderr.count("\n") == 1 and "chair0.png: unlike the pictures" in done.stderr


def test_other_verbs_take_pictures_as_chairs(picture, weights, tmp_path: Path) -> None:
    done = picture(
        "morph", "chair0.png", SAMPLES[2].id, "--steps", 3, "--formats", "npy", "--weights", "study"
    )
    assert done.returncode == 0, done.stderr
    summary = json.loads((tmp_path / "morph/morph.json").read_text())
    assert summary["a"]["picture"] == "chair0.png" and summary["a"]["autoencoder"] == "study"
    first = np.load(sorted((tmp_path / "morph").glob("*.npy"))[0])
    assert np.array_equal(first, grid_of(tmp_path / "chair0.png", weights))  # not encoded anew

    done = picture(
        "mix", "chair0.png:1", "chair1.png:-1", f"{SAMPLES[2].id}:1", "--out", "m.obj", "--weights", "study"
    )
    assert done.returncode == 0 and "Chair0" in done.stdout and (tmp_path / "m.obj").exists()

    stable.write_shape(tmp_path / "same.binvox", grid_of(tmp_path / "chair0.png", weights))
    of_picture, of_shape = (
        picture("nearest", name, "-k", 3).stdout for name in ("chair0.png", "same.binvox")
    )
    assert of_picture == of_shape and of_picture.count("\n") == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["picture", "letter.jpg", "--out", "x.obj"], "a PDF document"),
        (["picture", "nowhere.png", "--out", "x.obj"], "there is no file nowhere.png"),
        (["picture", "chair0.png", "--out", "x.txt"], "has to end in"),
        (["picture", "chair0.png", "--out", "nowhere/x.obj"], "there is no folder"),
        (["picture", "chair0.png", "--out", "x", "--formats", "png"], "no format 'png'"),
        (["picture", "chair0.png", "chair1.png", "--out", "x.obj"], "{name}"),
        (["picture", "chair0.png", "./chair0.png", "--out", "x"], "would both become"),
        (["picture", "chair0.png", "--crop", "1,2,3"], "x,y,width,height"),
        (["picture", "chair0.png", "--crop", "0,0,999,9"], "not inside the picture, which has 240×200"),
        (["picture", "chair0.png", "--picture-weights", "nowhere.safetensors"], "no picture weights at"),
        (["picture", "chair0.png", "--picture-weights", "letter.jpg"], "no complete .safetensors"),
        (
            ["picture", "chair0.png", "chair1.png", "--out", "x", "--data", "nowhere"],
            "there is no folder nowhere",
        ),
        (["picture", "chair0.png", "--out", "x.obj", "--data", "nowhere"], "there is no folder nowhere"),
        (["convert", "chair0.png", "x.obj"], "voxview picture chair0.png --out x.obj"),
        (["morph", "letter.jpg", SAMPLES[0].id, "--out", "x"], "a PDF document"),
        (["mix", SAMPLES[0].id, "--out", "x.obj", "--weights", "picture"], "--picture-weights"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(picture, tmp_path: Path, arguments, message: str) -> None:
    done = picture(*arguments)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and message in done.stderr
    assert not list(tmp_path.glob("x*"))


def test_without_picture_weights_one_line_says_how_to_get_some(picture) -> None:
    from voxview.model.picture_card import is_picture_installed

    info = picture("info").stdout
    state = next(
        line.split(":")[1].strip() for line in info.splitlines() if line.startswith("Picture weights")
    )
    assert state == ("installed" if is_picture_installed() else "not installed")
    if not is_picture_installed():
        done = picture("picture", "chair0.png", VOXVIEW_PICTURE_WEIGHTS="")
        assert done.returncode == 1 and done.stderr.count("\n") == 1
        assert "voxview train --network picture" in done.stderr
