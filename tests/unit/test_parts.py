"""Parts by rules, and files that carry parts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import trimesh

from voxview.errors import InputError
from voxview.shapes.catalogs.samples import Recipe, sample_catalog
from voxview.shapes.generator.build import label_chair
from voxview.shapes.io.read import read_shape
from voxview.shapes.part_rules import label_grid_by_rules, label_points_by_rules
from voxview.shapes.parts import BACK, LEG, NO_PART, PART_COLOURS, PARTS
from voxview.surface.write import write_shape


def labelled(number: int) -> np.ndarray:
    return label_chair(Recipe(**dict(sample_catalog()[number].details)))


@pytest.fixture(scope="module")
def chair() -> np.ndarray:
    """An armchair: all four parts."""
    return labelled(6)


def test_rules_find_most_voxels_of_most_chairs() -> None:
    right = []
    for number in range(0, 240, 12):
        labels = labelled(number)
        by_rules = label_grid_by_rules(labels != NO_PART)
        assert np.array_equal(by_rules == NO_PART, labels == NO_PART)
        right.append((by_rules == labels)[labels != NO_PART].mean())
    assert np.mean(right) > 0.8


def test_rules_label_points_in_their_order() -> None:
    rng = np.random.default_rng(1)
    points = (np.argwhere(labelled(0) != NO_PART) + rng.random((1, 3))) / 32 - 0.5
    order = rng.permutation(len(points))
    labels = label_points_by_rules(points)
    assert labels.dtype == np.uint8 and labels.shape == (len(points),)
    assert np.array_equal(label_points_by_rules(points[order]), labels[order])
    assert (labels[points[:, 1] > 0.4] == BACK).all() and (labels[points[:, 1] < -0.4] == LEG).all()
    assert label_points_by_rules(np.empty((0, 3))).shape == (0,)


def test_an_obj_has_a_group_for_each_part(chair: np.ndarray, tmp_path: Path) -> None:
    write_shape(tmp_path / "plain.obj", chair != NO_PART)
    write_shape(tmp_path / "parts.obj", chair != NO_PART, parts=chair)
    plain, parts = ((tmp_path / name).read_text().splitlines() for name in ("plain.obj", "parts.obj"))
    assert [line[2:] for line in parts if line.startswith("g ")] == list(PARTS)
    assert sorted(line for line in parts if not line.startswith("g ")) == sorted(plain)
    assert np.array_equal(read_shape(tmp_path / "parts.obj"), read_shape(tmp_path / "plain.obj"))


@pytest.mark.parametrize("suffix", [".ply", ".glb"])
def test_vertices_have_the_colours_of_their_parts(suffix: str, chair: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / f"chair{suffix}"
    write_shape(path, chair != NO_PART, parts=chair)
    (mesh,) = trimesh.load_scene(path).geometry.values()
    colours = np.asarray(mesh.visual.vertex_colors)[:, :3]
    assert {tuple(colour) for colour in colours.tolist()} == set(PART_COLOURS)
    low = np.asarray(mesh.vertices)[:, 1] < -0.45
    assert low.any() and (colours[low] == PART_COLOURS[LEG]).all()


def test_an_npz_holds_the_labels_and_is_read_as_its_grid(chair: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "chair.npz"
    write_shape(path, chair != NO_PART, parts=chair)
    with np.load(path) as file:
        assert np.array_equal(file["parts"], chair) and file["parts"].dtype == np.uint8
    assert np.array_equal(read_shape(path), chair != NO_PART)


def test_parts_that_cannot_be_written_get_one_line(chair: np.ndarray, tmp_path: Path) -> None:
    grid = chair != NO_PART
    with pytest.raises(InputError, match=r"cannot write parts to .*one of \.obj"):
        write_shape(tmp_path / "chair.stl", grid, parts=chair)
    with pytest.raises(InputError, match=r"uint8 \(32, 32, 32\), but int64"):
        write_shape(tmp_path / "chair.obj", grid, parts=chair.astype(np.int64))
    with pytest.raises(InputError, match="0 to 3"):
        write_shape(tmp_path / "chair.obj", grid, parts=np.full_like(chair, NO_PART))
    with pytest.raises(InputError, match="one of"):
        write_shape(tmp_path / "chair.npz", grid)
    assert not list(tmp_path.iterdir())
