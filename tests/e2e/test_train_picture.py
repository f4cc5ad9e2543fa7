"""`voxview train --network picture` and `voxview evaluate --network picture` as people use them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from voxview.model.picture_weights import read_picture_weights

# The study's decoder and coarse pictures are quick.
SMALL = (
    "--network", "picture", "--autoencoder", "study", "--samples", 4, "--refine", 0, "--hidden", 8,
    "--rendered-side", 32, "--batch", 2, "--steps", 2, "--evaluate-every", 2, "--device", "cpu",
)  # fmt: skip


def test_a_run_leaves_weights_a_log_a_config_and_a_picture(voxview, tmp_path: Path) -> None:
    done = voxview("train", *SMALL, "--out", "p.safetensors")
    assert done.returncode == 0, done.stderr
    assert "2 steps of 2 pictures" in done.stdout and "nearest training chair" in done.stdout
    weights = read_picture_weights(tmp_path / "p.safetensors")
    assert weights.autoencoder == "study" and weights.network.resnet.hidden == 8
    assert "ShapeNet" in weights.notes["terms"]  # the study's weights saw it
    rows = list(csv.DictReader((tmp_path / "p.log.csv").open()))
    assert len(rows) == 2 and rows[0]["IoU: sample catalog"] == ""
    assert 0 <= float(rows[1]["IoU: sample catalog"]) <= 1
    assert (tmp_path / "p.progress.png").read_bytes().startswith(b"\x89PNG")
    assert 'network = "picture"' in (tmp_path / "p.toml").read_text()
    assert not (tmp_path / "p.checkpoint.safetensors").exists()


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (
            ("train", "--network", "picture", "--critic", 0.1),
            "--critic is an option of --network autoencoder",
        ),
        (("train", "--hidden", 64), "--hidden is an option of --network picture"),
        (("train", "--network", "picture", "--resume"), "to resume"),
        (("train", "--network", "picture", "--dropout", 2), "dropout cannot be 2.0"),
        (("train", "--network", "picture", "--autoencoder", "nothing"), "no weights at nothing"),
        (("evaluate", "--network", "picture", "--pairs", 5), "--pairs is an option of --network autoencoder"),
        (("evaluate", "--photos", "somewhere"), "--photos is an option of --network picture"),
        (("evaluate", "--network", "picture", "--weights", "no.safetensors"), "no picture weights at"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(voxview, words: tuple[object, ...], text: str) -> None:
    out = ("--out", "w.safetensors") if words[0] == "train" else ()
    done = voxview(*words, *out)
    assert done.returncode == 2 and text in done.stderr
    assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr
