"""Bad input: one line that says what is wrong and what to do, the right status, nothing half-written."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from voxview.model.weights import find_weights
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.io.binvox import write_binvox


def check_refused(done, status: int, *words: str) -> None:
    assert done.returncode == status, (done.returncode, done.stderr)
    assert done.stderr.startswith("voxview: ") and done.stderr.count("\n") == 1, done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


def broken_files(folder: Path) -> dict[str, bytes]:
    write_binvox(folder / "good.binvox", sample_catalog()[0].read())
    good = (folder / "good.binvox").read_bytes()
    header = good[: good.index(b"data\n") + 5]
    return {
        "cut.binvox": good[: len(good) // 2],
        "huge.binvox": header.replace(b"32 32 32", b"100000 100000 100000") + good[len(header) :],
        "long.binvox": good + b"\x01\xff" * 9,
        "empty.binvox": b"",
        "picture.binvox": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "nothing.binvox": header + b"\x00\xff" * 128 + b"\x00\x80",
        "text.npy": b"hello",
        "pickle.npy": b"\x80\x04\x95\x00\x00",
        "flat.obj": b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n",
        "empty.obj": b"# nothing\n",
        "noise.glb": bytes(range(256)),
        "noise.stl": b"solid but not",
        "short.ply": b"ply\nformat ascii 1.0\nelement vertex 100\n",
    }


BROKEN = (
    "cut.binvox", "huge.binvox", "long.binvox", "empty.binvox", "picture.binvox", "nothing.binvox",
    "text.npy", "pickle.npy", "flat.obj", "empty.obj", "noise.glb", "noise.stl", "short.ply",
)  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_shape_file(voxview, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(broken_files(tmp_path)[name])
    check_refused(voxview("convert", name, "out.obj"), 2, name)
    assert not (tmp_path / "out.obj").exists()


def test_an_id_that_is_not_there_suggests_the_nearest(voxview, tmp_path: Path) -> None:
    known = sample_catalog()[0].id
    check_refused(voxview("morph", known[:-1] + "x", known), 2, "did you mean")
    check_refused(voxview("morph", "zzz", known), 2, "voxview chairs")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_chairs(voxview, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    check_refused(voxview("chairs", "--data", "none"), 2, "none")
    check_refused(voxview("chairs", "--data", "missing"), 2, "missing")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["morph", "--steps", "1"], "2 to 10001 steps"),
        (["morph", "--steps", "many"], "--steps"),
        (["morph", "--formats", "obj,doc"], "doc"),
        (["morph", "--backend", "magic"], "--backend"),
        (["morph", "--pace", "quick"], "--pace"),
        (["convert", "a.binvox"], "OUT"),
        (["convert", "missing.obj", "b.obj"], "missing.obj"),
        (["train", "--out", "nowhere/w.safetensors"], "nowhere"),
        (["train", "--out", "w.pt", "--samples", "0"], "w.pt"),
        (["evaluate", "--weights", "missing.safetensors"], "missing.safetensors"),
        (["bench", "--weights", "missing.safetensors"], "missing.safetensors"),
        (["--weights", "missing.safetensors"], "missing.safetensors"),
        (["--nonsense"], "--nonsense"),
        (["missing.obj"], "missing.obj"),
        (["picture.jpeg"], "picture.jpeg"),
        (["--data", "missing"], "missing"),
        (["train", "--out", "w.safetensors", "--seed", "-1"], "seed cannot be -1"),
        (["train", "--out", "w.safetensors", "--learning-rate", "nan"], "learning-rate cannot be nan"),
        (["train", "--out", "w.safetensors", "--device", "tpu"], "no device 'tpu'"),
        (["evaluate", "--json", "nowhere/f.json"], "nowhere"),
        (["evaluate", "--report", "page.pdf"], "prints to PDF"),
        (["evaluate", "--pairs", "0"], "--pairs"),
        (["evaluate", "--morphs", "0"], "--morphs"),
        (["evaluate", "--small-components", "nan"], "--small-components"),
        (["morph", "--formats", "strip", "--steps", "500"], "up to 101"),
        (["morph", ""], "no chair ''"),
        (["evaluate", "--weights", "w" * 300], "no weights"),
    ],
)
def test_a_wrong_argument(voxview, tmp_path: Path, arguments: list[str], word: str) -> None:
    check_refused(voxview(*arguments), 2, word)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_suffix_to_write(started_voxview, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", sample_catalog()[0].read())
    check_refused(started_voxview("convert", "a.npy", "b.docx"), 2, ".obj")


def test_broken_weights(voxview, tmp_path: Path) -> None:
    whole = find_weights("study").read_bytes()
    (tmp_path / "short.safetensors").write_bytes(whole[: len(whole) // 2])
    check_refused(voxview("morph", "--weights", "short.safetensors"), 2, "short.safetensors")
    assert not (tmp_path / "morph").exists()


def test_a_backend_without_its_device(voxview) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has CUDA")
    check_refused(voxview("morph", "--backend", "cuda-shared"), 1, "CUDA", "numpy")


def test_a_folder_that_cannot_be_written(voxview, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = voxview("morph", "--out", "file/sub", "--formats", "npy", "--steps", 2)
    check_refused(done, 2, "file/sub")
    np.save(tmp_path / "a.npy", sample_catalog()[0].read())
    check_refused(voxview("convert", "a.npy", "missing/b.obj"), 2, "missing")


def test_a_name_with_a_line_end_stays_on_one_line(voxview) -> None:
    check_refused(voxview("convert", "a\nb.obj", "c.obj"), 2, "a\\nb.obj")


def test_a_broken_chair_is_refused_before_a_folder_is_made(voxview, tmp_path: Path) -> None:
    (tmp_path / "bad.npy").write_bytes(b"hello")
    check_refused(voxview("morph", "bad.npy", "bad.npy", "--out", "new"), 2, "bad.npy")
    assert not (tmp_path / "new").exists()


def test_a_folder_of_broken_files_cannot_be_evaluated(voxview, tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad/a.npy").write_bytes(b"hello")
    done = voxview("evaluate", "--data", "bad")
    assert done.returncode == 2 and "every file of it is broken" in done.stderr


def test_no_display_names_the_way_out(started_voxview) -> None:
    done = started_voxview(DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    if os.name != "posix":
        pytest.skip("a display is always there")
    check_refused(done, 1, "display", "voxview morph")


def test_a_full_disk_loses_neither_the_old_file_nor_leaves_half_a_new_one(voxview, tmp_path: Path) -> None:
    import resource
    import subprocess
    import sys

    np.save(tmp_path / "a.npy", sample_catalog()[0].read())
    (tmp_path / "b.obj").write_text("the old one")
    done = subprocess.run(
        [sys.executable, "-m", "voxview", "convert", "a.npy", "b.obj"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        # `make coverage` would write its own file under this limit.
        env={k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    )
    check_refused(done, 1, "disk is full")
    assert (tmp_path / "b.obj").read_text() == "the old one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.npy", "b.obj"]
