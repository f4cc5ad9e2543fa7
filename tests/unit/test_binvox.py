"""binvox files: written ones read back, broken ones are refused, two axis orders are distinguished."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from voxview.errors import InputError
from voxview.shapes.io.binvox import SHAPENETVOX32_HEADER, read_binvox, write_binvox
from voxview.shapes.resample import centre, resample

_PROPERTY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def _iou(a: np.ndarray, b: np.ndarray) -> float:
    return (a & b).sum() / (a | b).sum()


def _file(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "chair.binvox"
    path.write_bytes(content)
    return path


@_PROPERTY
@given(
    cube=st.integers(1, 40).flatmap(
        lambda n: st.one_of(
            arrays(np.bool_, (n, n, n)),
            st.builds(lambda s: np.random.default_rng(s).random((n, n, n)) < 0.5, st.integers(0, 999)),
        )
    )
)
def test_what_is_written_reads_back(tmp_path: Path, cube: np.ndarray) -> None:
    write_binvox(tmp_path / "a.binvox", cube)
    read = read_binvox(tmp_path / "a.binvox")
    assert (read.data == cube).all() and read.is_in_frame and read.layout == "binvox"


def test_y_runs_fastest_then_z_then_x(tmp_path: Path) -> None:
    for axis, expected in [(1, bytes([0, 1, 1, 1, 0, 6])), (2, bytes([0, 2, 1, 1, 0, 5]))]:
        cube = np.zeros((2, 2, 2), bool)
        cube[tuple(int(a == axis) for a in range(3))] = True
        write_binvox(tmp_path / "a.binvox", cube)
        header, data = (tmp_path / "a.binvox").read_bytes().split(b"data\n")
        assert header == b"#binvox 1\ndim 2 2 2\ntranslate -0.5 -0.5 -0.5\nscale 1\n"
        assert data == expected


def test_runs_are_no_longer_than_255(tmp_path: Path) -> None:
    write_binvox(tmp_path / "a.binvox", np.ones((8, 8, 8), bool))
    assert (tmp_path / "a.binvox").read_bytes().endswith(b"data\n" + bytes([1, 255, 1, 255, 1, 2]))


@pytest.mark.parametrize(
    "header",
    [
        b"#binvox 1\n# made by hand\n\ndim 2 2 2\n\n# more\ntranslate 1 2 3\nscale 4.5\ndata\n",
        b"#binvox 1\nscale 4.5\ntranslate 1 2 3\ndim 2 2 2\ndata\n",
        b"#binvox 1\r\ndim 2 2 2\r\ntranslate 1 2 3\r\nscale 4.5\r\ndata\r\n",
        b"#binvox 2\ndim 2 2 2\ntype byte\ntranslate 1 2 3\nscale 4.5\ndata\n",
    ],
)
def test_headers_as_other_programs_write_them(tmp_path: Path, header: bytes) -> None:
    read = read_binvox(_file(tmp_path, header + bytes([0, 1, 7, 1, 0, 6])))
    assert (read.translate, read.scale) == ((1.0, 2.0, 3.0), 4.5)
    assert np.argwhere(read.data).tolist() == [[0, 1, 0]]


def test_translate_and_scale_may_be_missing_and_a_stray_last_byte_is_accepted(tmp_path: Path) -> None:
    read = read_binvox(_file(tmp_path, b"#binvox 1\ndim 1 1 1\ndata\n" + bytes([1, 1]) + b"\n"))
    assert read.data.all() and read.scale == 1 and not read.is_in_frame


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "not a binvox file"),
        (b"#binvox 1\ndim 2 2 2\n", "no 'data' line"),
        (b"#binvox 1\ndata\n" + bytes([0, 8]), "no 'dim' line"),
        (b"#binvox 1\ndim 2 2 3\ndata\n" + bytes([0, 12]), "not a cube"),
        (b"#binvox 1\ndim 2 2\ndata\n" + bytes([0, 4]), "3 numbers"),
        (b"#binvox 1\ndim 100000 100000 100000\ndata\n" + bytes([0, 255]), "claims 100000³"),
        (b"#binvox 1\ndim -2 -2 -2\ndata\n" + bytes([0, 8]), "claims -2³"),
        (b"#binvox 1\ndim 0 0 0\ndata\n", "claims 0³"),
        (b"#binvox 1\ndim 2 2 2\nscale nan\ndata\n" + bytes([0, 8]), "'scale' line"),
        (b"#binvox 1\ndim 2 2 2\ndata\n" + bytes([0, 7]), "too few"),
        (b"#binvox 1\ndim 2 2 2\ndata\n" + bytes([0, 7, 1]), "too few"),
        (b"#binvox 1\ndim 2 2 2\ndata\n" + bytes([0, 9]), "too many"),
        (b"#binvox 1\ndim 2 2 2\ndata\n" + bytes(100), "more data than"),
    ],
)
def test_broken_files_are_said_to_be(tmp_path: Path, content: bytes, reason: str) -> None:
    path = _file(tmp_path, content)
    with pytest.raises(InputError, match=reason) as caught:
        read_binvox(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_a_folder_and_a_missing_file_are_bad_input(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "no.binvox"):
        with pytest.raises(InputError, match="cannot read"):
            read_binvox(path)


@pytest.mark.parametrize("cube", [np.zeros((2, 2, 3), bool), np.zeros((2, 2, 2)), [[[True]]]])
def test_only_bool_cubes_are_written(tmp_path: Path, cube: object) -> None:
    with pytest.raises(InputError, match="cubic bool array"):
        write_binvox(tmp_path / "a.binvox", cube)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_3d_r2n2s_files_are_known_by_their_header(tmp_path: Path) -> None:
    raw = np.zeros((32, 32, 32), bool)
    raw[3, 10, 20] = True
    lonely = 3 * 1024 + 10 * 32 + 20
    runs = bytes([0, 255]) * (lonely // 255) + bytes([0, lonely % 255, 1, 1])
    left = 32**3 - lonely - 1
    runs += bytes([0, 255]) * (left // 255) + bytes([0, left % 255])
    theirs = read_binvox(_file(tmp_path, SHAPENETVOX32_HEADER + runs))
    assert theirs.layout == "ShapeNetVox32" and np.argwhere(theirs.data).tolist() == [[20, 10, 28]]
    other = SHAPENETVOX32_HEADER.replace(b"scale 1\n", b"scale 1.0\n")
    assert np.argwhere(read_binvox(_file(tmp_path, other + runs)).data).tolist() == [[3, 20, 10]]


def test_a_chair_is_the_same_in_shapenetvox32_and_shapenetcore(real_data: Path) -> None:
    compared = []
    for chair in sorted((real_data / "ShapeNetCore.v2" / "03001627").iterdir()):
        solid = read_binvox(chair / "models" / "model_normalized.solid.binvox")
        small = read_binvox(real_data / "ShapeNetVox32" / "03001627" / chair.name / "model.binvox")
        assert (solid.layout, small.layout) == ("binvox", "ShapeNetVox32")
        compared.append(_iou(resample(centre(solid.data)), small.data))
    assert len(compared) == 8
    assert min(compared) > 0.66 and max(compared) > 0.99  # measured: 0.667 to 0.997


def test_resampling_keeps_a_single_voxel_and_finds_its_place() -> None:
    for n in (33, 48, 64, 100, 128):
        cube = np.zeros((n, n, n), bool)
        cube[n - 1, 0, n // 2] = True
        grid = resample(cube)
        assert grid.shape == (32, 32, 32) and grid[31, 0, 16] and grid.sum() <= 8
    small = np.zeros((8, 8, 8), bool)
    small[7, 0, 4] = True
    assert (np.argwhere(resample(small)).min(0) == [28, 0, 16]).all() and resample(small).sum() == 64


def test_centring_moves_by_whole_voxels_and_scales_only_small_shapes() -> None:
    cube = np.zeros((64, 64, 64), bool)
    cube[:10, :60, :20] = True
    moved = centre(cube)
    assert moved.shape == (64, 64, 64) and moved[27:37, 2:62, 22:42].all() and moved.sum() == cube.sum()
    cube = np.zeros((64, 64, 64), bool)
    cube[5:10, 7:27, 9:19] = True
    assert centre(cube).shape == (20, 20, 20)
    assert not centre(np.zeros((64, 64, 64), bool)).any()


@pytest.mark.parametrize(
    "header",
    [
        SHAPENETVOX32_HEADER.replace(b"\n", b"\r\n"),
        b"#binvox 1\ndim 32 32 32\ntranslate 0.0 0.0 0.0\nscale 1.0\ndata\n",
    ],
)
def test_shapenetvox32_rewritten_keeps_its_axis_order_in_its_own_folder_alone(
    tmp_path: Path, header: bytes
) -> None:
    runs = bytes([1, 200]) + bytes([0, 255]) * 127 + bytes([0, 183])
    expected = read_binvox(_file(tmp_path, SHAPENETVOX32_HEADER + runs)).data
    path = _file(tmp_path, header + runs)
    read = read_binvox(path, shapenetvox32=True)
    assert (read.data == expected).all() and read.layout == "ShapeNetVox32"
    assert read_binvox(path).layout == "binvox"
    path = _file(tmp_path, header.replace(b"translate 0", b"translate 3") + runs)
    assert read_binvox(path, shapenetvox32=True).layout == "binvox"


def test_a_file_of_short_runs_is_decoded_without_being_held_whole(tmp_path: Path) -> None:
    pairs = np.ones((200**3, 2), np.uint8)
    pairs[::2, 0] = 0
    path = _file(tmp_path, b"#binvox 1\ndim 200 200 200\ndata\n" + pairs.tobytes())
    tracemalloc.start()
    data = read_binvox(path).data
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert data.sum() == 200**3 // 2 and peak < 2.3 * 200**3
