"""Grids whose values or axes do not say what they mean: what they are taken for is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from reading import read, refusal
from shape_files import obj

from voxview.errors import InputError
from voxview.shapes.io.binvox import SHAPENETVOX32_HEADER
from voxview.shapes.io.read import chair_from_file, read_shape

_GRID = np.zeros((32, 32, 32), bool)
_GRID[6:26, 13:17, 6:26] = _GRID[6:26, :, 22:26] = True


def _distances(grid: np.ndarray) -> np.ndarray:
    from scipy import ndimage

    return ndimage.distance_transform_edt(~grid) - ndimage.distance_transform_edt(grid)


def _npy(folder: Path, array: np.ndarray, suffix: str = ".npy") -> bytes:
    path = folder / f"source{suffix}"
    np.savez(path, grid=array) if suffix == ".npz" else np.save(path, array)
    return path.read_bytes()


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_signed_values_are_occupied_on_the_side_that_the_border_is_not_on(
    tmp_path: Path, suffix: str
) -> None:
    distances = _distances(_GRID)
    arrays = {
        "signed distances, occupied where they are below 0": (
            distances,
            (distances / 32).astype(np.float32),
            distances.clip(-1, 1),
            (4 * distances).astype(np.int16),
        ),
        "logits, occupied where they are above 0": (
            np.where(_GRID, 4.2, -7.0),
            -distances.astype(np.float16),
            np.where(_GRID, 1, -1).astype(np.int8),
        ),
    }
    for meaning, values in arrays.items():
        for array in values:
            grid, said = read(tmp_path, f"a{suffix}", _npy(tmp_path, array, suffix))
            assert (grid == _GRID).all(), meaning
            assert said == [f"its values are on both sides of 0: read as {meaning}"]


def test_probabilities_a_little_below_zero_are_probabilities(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(0, 0.01, _GRID.shape)
    grid, said = read(tmp_path, "a.npy", _npy(tmp_path, np.where(_GRID, 0.9, 0.0) + noise))
    assert (grid == _GRID).all() and not said


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_a_batch_of_one_is_the_grid_in_it(tmp_path: Path, suffix: str) -> None:
    for shape in ((1, 32, 32, 32), (1, 1, 32, 32, 32), (32, 32, 32, 1), (1, 32, 32, 32, 1)):
        for array in (_GRID, _GRID.astype(np.float32), np.asfortranarray(_GRID)):
            assert (
                read(tmp_path, f"a{suffix}", _npy(tmp_path, array.reshape(shape), suffix))[0] == _GRID
            ).all()
    assert "a batch of 2 grids; save one of them" in refusal(
        tmp_path, f"b{suffix}", _npy(tmp_path, np.stack([_GRID, _GRID]), suffix)
    )


def _runs(cube: np.ndarray) -> bytes:
    flat = cube.ravel()
    return b"".join(bytes([value, 1]) for value in flat.astype(np.uint8).tolist())


@pytest.mark.parametrize(
    ("header", "taken", "other"),
    [
        (SHAPENETVOX32_HEADER, "ShapeNetVox32", "binvox"),
        (b"#binvox 1\ndim 32 32 32\ntranslate 0.0 0.0 0.0\nscale 1.0\ndata\n", "binvox", "ShapeNetVox32"),
        (b"#binvox 1\ndim 32 32 32\ndata\n", "binvox", "ShapeNetVox32"),
    ],
)
def test_a_binvox_that_does_not_say_its_axis_order_can_be_read_in_both(
    tmp_path: Path, header: bytes, taken: str, other: str
) -> None:
    cubes = {"binvox": _GRID.transpose(0, 2, 1), "ShapeNetVox32": _GRID[:, :, ::-1].transpose(2, 1, 0)}
    grid, said = read(tmp_path, "a.binvox", header + _runs(cubes[taken]))
    assert (grid == _GRID).all()
    assert said == [
        f"its header does not say its axis order: read in that of {taken}; "
        f"'--axis-order {other.lower()}' reads it in that of {other}"
    ]
    grid, said = read(tmp_path, "a.binvox", header + _runs(cubes[other]), axis_order=other.lower())
    assert (grid == _GRID).all() and not said
    chair = chair_from_file(tmp_path / "a.binvox", axis_order=other.lower())
    assert (chair.read() == _GRID).all()


def test_a_binvox_that_says_its_place_or_is_in_shapenets_folder_is_read_without_a_word(
    tmp_path: Path,
) -> None:
    header = b"#binvox 1\ndim 32 32 32\ntranslate -0.5 -0.5 -0.5\nscale 1\ndata\n"
    grid, said = read(tmp_path, "a.binvox", header + _runs(_GRID.transpose(0, 2, 1)))
    assert (grid == _GRID).all() and not said
    folder = tmp_path / "ShapeNetVox32" / "03001627" / "a"
    folder.mkdir(parents=True)
    cube = _GRID[:, :, ::-1].transpose(2, 1, 0)
    grid, said = read(folder, "model.binvox", SHAPENETVOX32_HEADER + _runs(cube))
    assert (grid == _GRID).all() and not said


def test_only_a_binvox_has_an_axis_order(tmp_path: Path) -> None:
    (tmp_path / "a.obj").write_bytes(obj())
    with pytest.raises(InputError, match="only these have an axis order to choose"):
        read_shape(tmp_path / "a.obj", axis_order="binvox")
    with pytest.raises(InputError, match="is no axis order: choose one of auto, binvox, shapenetvox32"):
        read_shape(tmp_path / "a.obj", axis_order="xyz")
