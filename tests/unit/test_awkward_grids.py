"""Grids whose values or axes do not say what they mean: what they are taken for is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from awkward_grids import (
    GRID,
    LIKE_THEIRS,
    OWN,
    REFUSED,
    SAID,
    SAME,
    THEIRS,
    array_file,
    distances,
    runs,
)
from reading import read, refusal
from shape_files import obj

from voxview.errors import InputError
from voxview.shapes.io.binvox import SHAPENETVOX32_HEADER
from voxview.shapes.io.read import chair_from_file, read_shape


@pytest.mark.parametrize("name", SAME)
def test_the_same_grid_is_read_however_it_is_written(tmp_path: Path, name: str) -> None:
    grid, said = read(tmp_path, name, SAME[name]())
    assert (grid == GRID).all() and not said


@pytest.mark.parametrize("name", SAID)
def test_what_a_grid_was_taken_for_is_said(tmp_path: Path, name: str) -> None:
    make, words = SAID[name]
    grid, said = read(tmp_path, name, make())
    assert (grid == GRID).all() and said == [words]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_with_a_grid_is_named(tmp_path: Path, name: str) -> None:
    make, words = REFUSED[name]
    assert words in refusal(tmp_path, name, make())


@pytest.mark.parametrize(
    "values", [distances() / 32, distances().clip(-1, 1), 4 * distances(), distances() + 0.5]
)
@pytest.mark.parametrize("kind", [np.float32, np.float16, np.float64])
def test_distances_of_any_unit_and_sign_are_told_by_the_border(
    tmp_path: Path, values: np.ndarray, kind: type
) -> None:
    for sign in (1, -1):
        grid, said = read(tmp_path, "a.npy", array_file((sign * values).astype(kind)))
        assert (grid == (values < 0)).all() and len(said) == 1


def test_whole_numbers_of_both_signs_are_told_by_the_border(tmp_path: Path) -> None:
    for inside in (1, -1):
        grid, _ = read(tmp_path, "a.npy", array_file(np.where(GRID, inside, -inside).astype(np.int8)))
        assert (grid == GRID).all()


@pytest.mark.parametrize(
    ("header", "taken", "other"),
    [
        (SHAPENETVOX32_HEADER, "ShapeNetVox32", "binvox"),
        (LIKE_THEIRS, "binvox", "ShapeNetVox32"),
        (b"#binvox 1\ndim 32 32 32\ndata\n", "binvox", "ShapeNetVox32"),
    ],
)
def test_a_binvox_that_does_not_say_its_axis_order_can_be_read_in_both(
    tmp_path: Path, header: bytes, taken: str, other: str
) -> None:
    cubes = {"binvox": OWN, "ShapeNetVox32": THEIRS}
    grid, said = read(tmp_path, "a.binvox", header + runs(cubes[taken]))
    assert (grid == GRID).all() and f"read in that of {taken}; " in said[0]
    grid, said = read(tmp_path, "a.binvox", header + runs(cubes[other]), axis_order=other.lower())
    assert (grid == GRID).all() and not said
    chair = chair_from_file(tmp_path / "a.binvox", axis_order=other.lower())
    assert (chair.read() == GRID).all()


def test_a_binvox_in_shapenets_folder_is_read_without_a_word(tmp_path: Path) -> None:
    folder = tmp_path / "ShapeNetVox32" / "03001627" / "a"
    folder.mkdir(parents=True)
    grid, said = read(folder, "model.binvox", SHAPENETVOX32_HEADER + runs(THEIRS))
    assert (grid == GRID).all() and not said


def test_only_a_binvox_has_an_axis_order(tmp_path: Path) -> None:
    (tmp_path / "a.obj").write_bytes(obj())
    with pytest.raises(InputError, match="only these have an axis order to choose"):
        read_shape(tmp_path / "a.obj", axis_order="binvox")
    with pytest.raises(InputError, match="is no axis order: choose one of auto, binvox, shapenetvox32"):
        read_shape(tmp_path / "a.obj", axis_order="xyz")
