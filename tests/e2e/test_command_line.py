"""Every verb does its job and leaves what it promises."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import trimesh

import voxview as stable
from voxview.model.metrics import largest_over_mean, path_steps
from voxview.shapes.catalogs.samples import sample_catalog


def test_version_is_printed_without_loading_anything_heavy(started_voxview) -> None:
    assert started_voxview("--version").stdout == f"voxview {stable.__version__}\n"
    code = "import sys, voxview.cli\ntry: voxview.cli.main(['--version'])\nexcept SystemExit: pass\n"
    heavy = ("torch", "cupy", "PySide6", "vtkmodules", "pyvista", "rich")
    code += f"print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")


def test_chairs_lists_the_samples(voxview) -> None:
    catalog = sample_catalog()
    width = max(len(chair.id) for chair in catalog)
    printed = voxview("chairs", FORCE_COLOR="1").stdout  # a pipe is no terminal, whatever this says
    assert printed == "".join(f"{chair.id:<{width}}  {chair.name}\n" for chair in catalog)
    assert len(catalog) >= 200


def test_chairs_as_json_holds_each_samples_parameters(voxview) -> None:
    chairs = json.loads(voxview("chairs", "--json").stdout)
    assert len({chair["id"] for chair in chairs}) == len(chairs) == len(sample_catalog())
    assert all(chair["name"] and chair["details"] for chair in chairs)


def test_chairs_of_a_real_catalog_from_the_environment(voxview, real_data: Path) -> None:
    done = voxview("chairs", VOXVIEW_DATA=str(real_data / "ShapeNetVox32"))
    assert len(done.stdout.splitlines()) == 5778


def test_a_morph_between_samples_is_eleven_new_chairs(voxview, tmp_path: Path) -> None:
    ids = [chair.id for chair in sample_catalog()[:2]]
    done = voxview("morph", *ids, "--weights", "study", "--out", "new", "--formats", "obj,binvox,png,strip")
    assert done.returncode == 0, done.stderr
    for suffix in ("obj", "binvox", "png"):
        assert len(list(tmp_path.glob(f"new/blend_*.{suffix}"))) == 11
    assert (tmp_path / "new/strip.png").stat().st_size > 5_000
    summary = json.loads((tmp_path / "new/morph.json").read_text())
    assert [blend["t"] for blend in summary["blends"]] == pytest.approx(np.linspace(0, 1, 11))
    for path in sorted(tmp_path.glob("new/*.obj")):
        assert trimesh.load_mesh(path).is_watertight
        assert np.array_equal(stable.read_shape(path), stable.read_shape(path.with_suffix(".binvox")))


def test_the_default_morph_needs_no_argument(voxview, tmp_path: Path) -> None:
    assert voxview("morph", "--steps", 2, "--formats", "npy").returncode == 0
    assert len(list(tmp_path.glob("morph/*.npy"))) == 2


def test_the_start_of_an_id_is_enough_if_no_other_starts_so(voxview, tmp_path: Path) -> None:
    ids = [chair.id for chair in sample_catalog()]
    start = ids[4][:-1]
    assert [i for i in ids if i.startswith(start)] == [ids[4]]
    done = voxview("morph", start, ids[0], "--steps", 2, "--formats", "npy")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "morph/morph.json").read_text())["a"]["id"] == ids[4]
    many = voxview("morph", ids[0][:5], ids[0], "--steps", 2)
    assert many.returncode == 2 and "give more of it" in many.stderr


def test_a_morph_between_files_of_two_kinds(voxview, tmp_path: Path) -> None:
    stable.write_shape(tmp_path / "a.obj", sample_catalog()[3].read())
    np.save(tmp_path / "b.npy", sample_catalog()[4].read())
    done = voxview("morph", "a.obj", "b.npy", "--steps", 3, "--formats", "binvox", "--backend", "numpy")
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.glob("morph/*.binvox"))) == 3


def test_a_morph_between_real_chairs(voxview, real_data: Path, tmp_path: Path) -> None:
    core = real_data / "ShapeNetCore.v2"
    ids = sorted(path.name for path in (core / "03001627").iterdir())[:2]
    done = voxview("morph", ids[0], ids[1][:10], "--data", core, "--steps", 2, "--formats", "stl")
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.glob("morph/*.stl"))) == 2


@pytest.mark.parametrize("suffix", ["obj", "stl", "ply", "glb", "binvox", "npy"])
def test_convert_keeps_the_occupancy(voxview, tmp_path: Path, suffix: str) -> None:
    grid = sample_catalog()[1].read()
    stable.write_shape(tmp_path / "in.binvox", grid)
    done = voxview("convert", "in.binvox", f"out.{suffix}")
    assert done.returncode == 0, done.stderr
    assert np.array_equal(stable.read_shape(tmp_path / f"out.{suffix}"), grid)


def test_convert_turns_a_shape_upright(voxview, tmp_path: Path) -> None:
    grid = sample_catalog()[0].read()
    np.save(tmp_path / "lying.npy", np.ascontiguousarray(grid.transpose(0, 2, 1)[:, ::-1]))  # its up is z
    assert voxview("convert", "lying.npy", "up.npy", "--up", "z").returncode == 0
    assert np.array_equal(np.load(tmp_path / "up.npy"), grid)


def test_a_short_training_can_be_evaluated(voxview, tmp_path: Path) -> None:
    trained = voxview(
        "train", "--architecture", "study", "--steps", 2, "--batch", 4, "--samples", 16,
        "--critic", 0, "--evaluate-every", 2, "--curvature-chairs", 2, "--device", "cpu",
        "--out", "w.safetensors",
    )  # fmt: skip
    assert trained.returncode == 0, trained.stderr
    assert "held-out IoU" in trained.stdout
    (tmp_path / "chairs").mkdir()
    for number in range(4):
        np.save(tmp_path / f"chairs/{number}.npy", sample_catalog()[number].read())
    done = voxview(
        "evaluate", "--weights", "w.safetensors", "--data", "chairs", "--pairs", 6, "--morphs", 2,
        "--no-baselines", "--json", "f.json", "--report", "page.html",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "these weights (w)" in done.stdout
    head = done.stdout.splitlines()[0]  # a sentence is one line in a pipe
    assert head.startswith("weights w on 4 chairs") and head.endswith("exact copies)")
    figures = json.loads((tmp_path / "f.json").read_text())
    assert figures["chairs"] == 4 and 0 <= figures["iou_mean"] <= 1
    assert figures["command"].startswith("voxview evaluate --data chairs --weights w.safetensors")
    assert "voxview evaluate --data chairs" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_info_prints_what_a_bug_report_needs(voxview) -> None:
    text = voxview("info").stdout
    for word in ("VoxView:", "Python:", "GPU:", "CUDA kernels:", "torch:", "Weights:", "vtk:"):
        assert word in text
    shipped = next(line for line in text.splitlines() if line.startswith("Shipped weights:"))
    assert all(name in shipped for name in ("chairs", "chairs-free", "study"))


def test_output_may_be_cut_off_by_its_reader(tmp_path: Path) -> None:
    command = f"'{sys.executable}' -m voxview chairs --json | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=tmp_path)
    assert done.stderr == "" and done.stdout.startswith("[")


def test_make_without_a_display_leaves_pictures_and_files(voxview, tmp_path: Path) -> None:
    script = Path(__file__).parents[2] / "packaging/run.sh"
    if not script.is_file():
        pytest.skip("not a checkout")
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    # A copy of the script in an empty folder, with a program that notes how it is called.
    (tmp_path / "packaging").mkdir()
    (tmp_path / "packaging/run.sh").write_text(script.read_text())
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/voxview").write_text('#!/bin/sh\nprintf "%s\\n" "$@" >words\n')
    (tmp_path / ".venv/bin/voxview").chmod(0o755)
    run = subprocess.run(
        ["bash", "packaging/run.sh"], capture_output=True, text=True, cwd=tmp_path, env=environment
    )
    assert run.returncode == 0, run.stderr
    words = (tmp_path / "words").read_text().splitlines()
    assert f"voxview {' '.join(words)}\n" in run.stdout
    done = voxview(*words)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out/strip.png").is_file() and len(list(tmp_path.glob("out/*.obj"))) == 11


def test_a_folders_ids_may_look_like_files(voxview, tmp_path: Path) -> None:
    (tmp_path / "cat/office").mkdir(parents=True)
    np.save(tmp_path / "cat/office/one.npy", sample_catalog()[0].read())
    np.save(tmp_path / "cat/two.npy", sample_catalog()[1].read())
    ids = [line.split()[0] for line in voxview("chairs", "--data", "cat").stdout.splitlines()]
    assert "office/one" in ids
    done = voxview("morph", *ids, "--data", "cat", "--steps", 2, "--formats", "npy")
    assert done.returncode == 0, done.stderr


def test_the_work_is_done_although_nobody_reads_the_output(tmp_path: Path) -> None:
    morph = f"'{sys.executable}' -m voxview morph --weights study --steps 2 --formats npy --out new"
    command = f"{morph} | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0 and done.stderr == ""
    assert len(list(tmp_path.glob("new/*.npy"))) == 2


def test_convert_takes_an_axis_with_a_minus(voxview, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", sample_catalog()[0].read())
    assert voxview("convert", "a.npy", "b.npy", "--up", "-x").returncode == 0


def test_a_morph_with_other_weights_and_without_small_components_records_both(
    voxview, tmp_path: Path
) -> None:
    done = voxview(
        "morph", "--steps", 3, "--formats", "npy", "--weights", "study", "--remove-small-components"
    )
    assert done.returncode == 0, done.stderr
    summary = json.loads((tmp_path / "morph/morph.json").read_text())
    assert summary["weights"] == "study"
    for blend, path in zip(summary["blends"], sorted(tmp_path.glob("morph/*.npy")), strict=True):
        assert blend["small_component_voxels_removed"] >= 0
        assert np.load(path).sum() == blend["voxels"]


def test_a_morph_at_even_pace_has_even_steps_between_its_files_and_says_their_t(
    voxview, tmp_path: Path
) -> None:
    done = voxview("morph", "--pace", "even", "--formats", "binvox", "--out", "even")
    assert done.returncode == 0, done.stderr
    assert voxview("morph", "--formats", "binvox", "--out", "linear").returncode == 0
    steps = {
        pace: path_steps(
            np.stack([stable.read_shape(path) for path in sorted(tmp_path.glob(f"{pace}/*.binvox"))])
        )
        for pace in ("linear", "even")
    }
    assert len(steps["even"]) == 10
    assert largest_over_mean(steps["linear"]) > 1.3 >= largest_over_mean(steps["even"])
    for end in ("00_t0.0000", "10_t1.0000"):
        number, t = end.split("_")
        (first,) = tmp_path.glob(f"even/blend_{number}_*_{t}.binvox")
        (same,) = tmp_path.glob(f"linear/blend_{number}_*_{t[:-2]}.binvox")
        assert first.read_bytes() == same.read_bytes()
    summary = json.loads((tmp_path / "even/morph.json").read_text())
    ts = ", ".join(f"{blend['t']:g}" for blend in summary["blends"])
    largest = f"the largest step is {largest_over_mean(steps['even']):.2f} × the mean"
    assert f"even pace: {largest}; t = {ts}\n" in done.stdout
    assert summary["pace"] == "even"
    assert json.loads((tmp_path / "linear/morph.json").read_text())["pace"] == "linear"
