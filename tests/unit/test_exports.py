"""Exports: names, pictures, films, records, and the mark of those that have not ended."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image
from scipy import ndimage

from voxview.engine.engine import Engine
from voxview.engine.export.drawing import MORPH_FILM_FRAMES, MORPH_FRAMES, morph_frames
from voxview.engine.export.item import Item, of_blend
from voxview.engine.export.names import blend_name, pair_name, slug
from voxview.engine.export.options import ExportOptions, PictureOptions, check_formats, parse_size
from voxview.engine.export.writing import export_items
from voxview.engine.morph import ExportedMorph, export_morph
from voxview.engine.request import BlendRequest
from voxview.errors import InputError, VoxViewError
from voxview.gui import theme
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.parts import NO_PART, PART_COLOURS
from voxview.surface import film
from voxview.surface.camera import Camera
from voxview.surface.colours import blend_color
from voxview.surface.film import write_film
from voxview.surface.picture import render_chair, view_axes
from voxview.surface.png_stream import PngStream
from voxview.surface.still import Still
from voxview.to_end import run_to_end

A, B = sample_catalog()[0], sample_catalog()[5]
SMALL = PictureOptions(size=(48, 48))


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine("study", device="cpu")


@pytest.fixture(autouse=True)
def short_films(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voxview.engine.export.drawing.TURN_FRAMES", 4)
    monkeypatch.setattr("voxview.engine.morph.MORPH_FRAMES", 5)


def has_ffmpeg() -> bool:
    try:
        return bool(film.find_ffmpeg())
    except VoxViewError:
        return False


def morph(engine: Engine, out: Path, options: ExportOptions, **more: object) -> ExportedMorph:
    work = export_morph(
        engine,
        A,
        B,
        out=out,
        options=options,
        backend="numpy",
        device="cpu",
        **{"steps": 3, **more},  # type: ignore[arg-type]
    )
    last = 0.0
    while True:
        try:
            step = next(work)
        except StopIteration as end:
            exported: ExportedMorph = end.value
            return exported
        assert step.share is None or step.share >= last, "it goes backwards"
        last = step.share or last


# ---- names and sizes --------------------------------------------------------------------------------


def test_names_say_pair_and_t_and_fit_every_file_system() -> None:
    assert blend_name(A, B, 0.37) == f"{pair_name(A, B)}_t0.37"
    assert blend_name(A, B, 0.3333).endswith("_t0.3333")
    assert pair_name(A, B) == "four-legs-slatted-001-to-five-star-solid-006"
    assert slug("Oak / Chair (2)") == "oak-chair-2" and slug("..") == "chair"
    long = replace(A, name="椅子" * 100, id="椅" * 300)
    assert len(f"blend_00001_{blend_name(long, long, 0.123456)}.binvox".encode()) < 200


def test_a_size_is_pixels_up_to_8192() -> None:
    assert parse_size("1024") == (1024, 1024) and parse_size("1920x1080") == (1920, 1080)
    for bad in ("", "x", "12", "9000", "100x", "1x2x3", "-5", "1e3"):
        with pytest.raises(InputError):
            parse_size(bad)
    assert PictureOptions(size=(8192, 2731)).film_size == (1080, 360)


def test_an_impossible_format_or_level_is_one_line() -> None:
    assert check_formats([".GIF", "gif", "stl "]) == ("gif", "stl")
    with pytest.raises(InputError, match="choose from obj"):
        check_formats(["avi"])
    with pytest.raises(InputError, match="level"):
        ExportOptions(("obj",), level=float("nan"))


# ---- pictures ---------------------------------------------------------------------------------------


def test_a_still_is_the_picture_of_the_renderer_whatever_its_bands() -> None:
    grid = A.read()
    whole = render_chair(grid, (200, 120))
    assert np.array_equal(Still(grid, (200, 120)).whole(), whole)
    still = Still(grid, (200, 120))
    bands = [still.rows(first, min(7, 120 - first)) for first in range(0, 120, 7)]
    assert np.array_equal(np.concatenate(bands), whole)


def test_a_camera_with_perspective_far_away_sees_what_an_orthographic_one_sees() -> None:
    grid, axes = A.read(), view_axes(20, 30)
    flat = Still(grid, (96, 96), camera=Camera(axes, width=1.6)).whole().astype(int)
    far = Still(grid, (96, 96), camera=Camera(axes, width=1.6, distance=1000)).whole().astype(int)
    near = Still(grid, (96, 96), camera=Camera(axes, width=1.6, distance=2)).whole().astype(int)
    assert np.abs(flat - far).mean() < 0.5 < 5 < np.abs(flat - near).mean()


def test_a_turntable_brings_the_chair_back_and_shows_other_sides_meanwhile() -> None:
    grid, camera = A.read(), Camera(view_axes(30, 20), focus=(0.1, 0.0, 0.2), width=2.0)
    start, half, end = (
        Still(grid, (64, 64), camera=camera.turned(degrees)).whole().astype(int) for degrees in (0, 180, 360)
    )
    assert np.abs(start - end).max() <= 1 and np.abs(start - half).mean() > 5
    assert np.allclose(Camera.looking(30, 20).turned(-90).axes, Camera.looking(120, 20).axes)


@pytest.mark.parametrize("channels", [3, 4])
def test_a_png_that_is_written_in_rows_reads_back(tmp_path: Path, channels: int) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (37, 21, 4), np.uint8)
    with (tmp_path / "a.png").open("wb") as file:
        stream = PngStream(file, 21, 37, channels)
        for rows in (picture[:1], picture[1:30], picture[30:]):
            stream.add(rows)
        stream.finish()
    assert np.array_equal(np.array(Image.open(tmp_path / "a.png")), picture[..., :channels])


def test_a_picture_has_its_size_and_is_transparent_and_captioned_on_request(
    engine: Engine, tmp_path: Path
) -> None:
    item = of_blend(engine.blend(BlendRequest(A, B, 0.25)))
    for transparent, captions in ((False, False), (True, True)):
        options = PictureOptions((300, 200), transparent, captions)
        (path,) = _run(export_items([item], tmp_path, ExportOptions(("png",), picture=options)))
        picture = np.array(Image.open(path))
        assert picture.shape[:2] == (200 + 18 * captions, 300)
        assert path.name == f"{pair_name(A, B)}_t0.25.png"
        if transparent:
            assert picture[0, 0, 3] == 0 and picture[200:, :, 3].max() == 255, "no caption"
        else:
            assert tuple(picture[0, 0]) == (255, 255, 255)
    assert not list(tmp_path.glob("*INCOMPLETE*"))


def test_blends_have_the_colours_of_the_window() -> None:
    for t in (0.0, 0.3, 0.5, 0.9, 1.0):
        shown = theme.blend_colour(t)
        assert blend_color(t) == pytest.approx((shown.red(), shown.green(), shown.blue()), abs=1)


# ---- films ------------------------------------------------------------------------------------------


def test_a_gif_plays_at_25_frames_a_second_on_pure_white(tmp_path: Path) -> None:
    frames = [
        Still(A.read(), (64, 48), background=(255, 255, 255), color=(i, 99, 0)).whole() for i in (0, 90, 200)
    ]
    with write_film(tmp_path / "a.gif") as gif:
        for frame in frames:
            gif.add(frame)
    with Image.open(tmp_path / "a.gif") as read:
        assert read.n_frames == 3 and read.info["duration"] == 40 and read.info["loop"] == 0
        for number, frame in enumerate(frames):
            read.seek(number)
            shown = np.asarray(read.convert("RGB")).astype(int)
            assert tuple(shown[0, 0]) == (255, 255, 255)
            assert np.abs(shown - frame[..., :3]).mean() < 3


@pytest.mark.skipif(not has_ffmpeg(), reason="no ffmpeg: install the extra films")
def test_an_mp4_has_its_frames(tmp_path: Path) -> None:
    with write_film(tmp_path / "a.mp4") as mp4:
        for gray in range(0, 250, 10):
            mp4.add(np.full((33, 65, 4), gray, np.uint8))  # odd sizes, which the format has not
    command = [film.find_ffmpeg(), "-i", str(tmp_path / "a.mp4"), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    frames = np.frombuffer(raw, np.uint8).reshape(-1, 32, 64, 3)
    assert len(frames) == 25 and np.abs(frames.mean((1, 2, 3)) - np.arange(0, 250, 10)).max() < 6


def test_without_ffmpeg_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    monkeypatch.setattr(film.shutil, "which", lambda _: None)
    with pytest.raises(VoxViewError, match=r"apt install ffmpeg.*voxview\[films\]") as raised:
        check_formats(["obj", "mp4"])
    assert "\n" not in str(raised.value)
    assert check_formats(["gif"]) == ("gif",)


def test_an_ffmpeg_that_fails_leaves_no_film_and_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\necho 'No space left on device' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(film, "find_ffmpeg", lambda: str(program))
    with pytest.raises(VoxViewError, match="No space left"), write_film(tmp_path / "a.mp4") as mp4:
        for _ in range(50):
            mp4.add(np.zeros((64, 64, 3), np.uint8))
            time.sleep(0.002)
    assert sorted(tmp_path.iterdir()) == [program]


# ---- sets -------------------------------------------------------------------------------------------


def test_a_morph_is_a_sheet_films_and_a_record_of_all(engine: Engine, tmp_path: Path) -> None:
    kinds = ("stl", "npy", "sheet", "gif", *(["mp4"] if has_ffmpeg() else []))
    options = ExportOptions(kinds, picture=SMALL, turntable=True)
    exported = morph(engine, tmp_path, options)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {path.name for path in exported.files}, "hidden files, or a mark"
    pair = pair_name(A, B)
    assert {f"contact-sheet_{pair}.png", f"morph_{pair}.gif", f"turntable_{pair}_t0.50.gif"} <= names
    assert {f"blend_{i}_{pair}_t{t}.stl" for i, t in enumerate(("0.00", "0.50", "1.00"))} <= names
    with Image.open(tmp_path / f"morph_{pair}.gif") as gif:
        assert gif.size == (48, 48)
        seconds = sum(_durations(gif)) / 1e3
        assert seconds == pytest.approx((5 + 12 + 3 + 12) / 25), "there, a while, back, a while"
    record = json.loads((tmp_path / "morph.json").read_text())
    assert record["weights_fingerprint"] == engine.weights_fingerprint
    assert record["stl"] == {"height_mm": 80.0, "up": "z"} and set(record["files"]) == names - {"morph.json"}
    for blend, path in zip(record["blends"], sorted(tmp_path.glob("*.stl")), strict=True):
        mesh = trimesh.load(path, force="mesh")
        assert mesh.extents[2] == pytest.approx(80)
        said = [blend["stl_mm"][side] for side in ("width", "depth", "height")]
        assert mesh.extents == pytest.approx(said, abs=0.01)
        assert {"in_one_piece", "stands", "symmetry", "novelty"} <= blend["quality"].keys()


def _durations(gif: Image.Image) -> list[int]:
    found = []
    for number in range(gif.n_frames):  # type: ignore[attr-defined]
        gif.seek(number)
        found.append(gif.info["duration"])
    return found


def test_chosen_ts_are_those_blends_and_their_names(engine: Engine, tmp_path: Path) -> None:
    morph(engine, tmp_path, ExportOptions(("npy",)), at=(0.333, 0.25, 0.331))
    files = sorted(tmp_path.glob("*.npy"))
    assert [float(path.stem.split("_t")[1]) for path in files] == [0.25, 0.331, 0.333]
    blends = engine.morph(BlendRequest(A, B, 0.0), [0.25, 0.331, 0.333])
    for blend, path in zip(blends, files, strict=True):
        assert np.array_equal(np.load(path), blend.grid)
    assert json.loads((tmp_path / "blends.json").read_text())["blends"][0]["t"] == 0.25
    morph(engine, tmp_path / "one", ExportOptions(("npy",)), at=(0.125,))
    assert [path.stem.split("_t")[1] for path in (tmp_path / "one").glob("*.npy")] == ["0.125"]


def test_a_lower_level_is_thicker_in_every_file(engine: Engine, tmp_path: Path) -> None:
    field = engine.blend(BlendRequest(A, B, 0.5)).field
    volumes = []
    for level in (0.5, 0.2):
        morph(engine, tmp_path, ExportOptions(("npy", "obj"), level=level), at=(0.5,))
        (voxels,) = tmp_path.glob("*.npy")
        assert np.array_equal(np.load(voxels), field > level)
        (surface,) = tmp_path.glob("*.obj")
        volumes.append(trimesh.load(surface, force="mesh").volume)
    assert volumes[1] > 1.1 * volumes[0]


@pytest.mark.parametrize("level", [0.5, 0.3])
def test_small_pieces_are_left_out_at_any_level(level: float) -> None:
    field = np.full((32, 32, 32), 0.1, np.float32)
    field[8:24, 8:24, 8:24] = 0.9
    field[1, 1, 1] = 0.4 if level < 0.4 else 0.8
    item = Item("a", "A", field, {}, (1, 2, 3))
    for shape in (field, field > level):
        for remove in (False, True):
            cut = replace(item, shape=shape).cut(
                ExportOptions((), level=level, remove_small_components=remove)
            )
            assert cut.grid.sum() == 16**3 + (not remove)
            assert (cut.surface.vertices[:, 0].min() > -0.4) == remove


# ---- what is not whole ------------------------------------------------------------------------------


def _run(work):  # type: ignore[no-untyped-def]
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def test_an_export_of_several_files_is_marked_until_it_ends(engine: Engine, tmp_path: Path) -> None:
    item = of_blend(engine.blend(BlendRequest(A, B, 0.5)))
    record = tmp_path / "a.json", {}
    mark = tmp_path / "a.INCOMPLETE.txt"
    work = export_items([item], tmp_path, ExportOptions(("obj", "npy")), record, marker=mark)
    next(work)
    next(work)
    assert mark.is_file() and "files may be missing" in mark.read_text(encoding="utf-8")
    work.close()
    assert mark.is_file() and not record[0].exists(), "what was cancelled looks whole"
    _run(export_items([item], tmp_path, ExportOptions(("obj", "npy")), record, marker=mark))
    assert not mark.exists() and record[0].is_file()


_KILLED = """
import os, resource, signal, sys
from pathlib import Path
from voxview.engine.engine import Engine
from voxview.engine.export.options import ExportOptions
from voxview.engine.morph import export_morph
from voxview.errors import VoxViewError
from voxview.shapes.catalogs.samples import sample_catalog

a, b = sample_catalog()[:2]
engine = Engine("study", device="cpu")

def steps(out):
    return export_morph(engine, a, b, steps=50, out=Path(sys.argv[1], out),
                        options=ExportOptions(("npy", "obj")), backend="numpy", device="cpu")

hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    for _ in steps("full"):
        pass
except VoxViewError as error:
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    print(error, flush=True)
for step in steps("killed"):
    if step.done == 2:
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_and_a_full_disk_leave_whole_files_and_the_mark(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert "the disk is full" in done.stdout
    for out in (tmp_path / "full", tmp_path / "killed"):
        assert (out / "INCOMPLETE.txt").is_file() and not (out / "morph.json").exists()
        whole = [path for path in out.glob("*.npy") if not path.name.startswith(".")]
        assert whole and all(np.load(path).shape == (32, 32, 32) for path in whole)
        for path in out.glob("blend*.obj"):
            assert trimesh.load(path, force="mesh").is_watertight


def test_a_file_that_was_named_is_written_whatever_the_case_of_its_suffix(tmp_path: Path) -> None:
    item = Item("mine", "Mine", A.read(), {}, (1, 2, 3))
    for name in ("mine.OBJ", "mine.GIF"):
        options = ExportOptions(check_formats([Path(name).suffix]), picture=SMALL)
        files = run_to_end(export_items([item], tmp_path, options, only=tmp_path / name))
        assert files == [tmp_path / name]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.GIF", "mine.OBJ"]


@pytest.mark.parametrize("level", [0.2, 0.8])
def test_every_voxel_at_a_level_has_a_part_and_no_other(level: float) -> None:
    field = ndimage.gaussian_filter(A.read().astype(np.float32), 1)
    labels = np.where(field > 0.5, 2, NO_PART).astype(np.uint8)
    cut = Item("mine", "Mine", field, {}, (1, 2, 3), labels=labels).cut(ExportOptions(("npz",), level=level))
    assert cut.item.labels is not None and cut.grid.any()
    assert np.array_equal(cut.item.labels != NO_PART, cut.grid)


def test_a_film_of_the_way_is_coloured_by_part_as_pictures_are(engine: Engine, tmp_path: Path) -> None:
    blue = PART_COLOURS[0]
    options = ExportOptions(("gif",), picture=SMALL)
    morph(engine, tmp_path, options, label=lambda field: np.where(field > 0.5, 0, NO_PART).astype(np.uint8))
    (film_file,) = tmp_path.glob("morph_*.gif")
    with Image.open(film_file) as opened:
        pixels = np.asarray(opened.convert("RGB")).reshape(-1, 3).astype(int)
    chair = pixels[pixels.min(axis=1) < 180]
    assert np.argmax(chair.sum(axis=0)) == np.argmax(blue), "it has the colour of A, amber"


def test_progress_of_a_film_counts_every_frame() -> None:
    cut = Item("mine", "Mine", A.read(), {}, (1, 2, 3)).cut(ExportOptions(("gif",)))
    frames = [frame for frame in morph_frames([cut] * MORPH_FRAMES, SMALL) if frame is not None]
    assert len(frames) == MORPH_FILM_FRAMES


def test_an_ffmpeg_that_cannot_be_run_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film, "find_ffmpeg", lambda: str(tmp_path / "gone"))
    with pytest.raises(VoxViewError, match="gone cannot be run"), write_film(tmp_path / "a.mp4") as writing:
        writing.add(np.zeros((16, 16, 3), np.uint8))
    assert not list(tmp_path.iterdir())
