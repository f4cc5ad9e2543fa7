"""The nearest chairs of a shape are found exactly, and none is left out."""

from __future__ import annotations

import numpy as np
import pytest

from voxview.errors import InputError
from voxview.shapes.bits import pack_words
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Grid
from voxview.shapes.retrieval import count_voxels, nearest, pack_catalog, similarities


@pytest.fixture(scope="module")
def grids() -> np.ndarray:
    return np.stack([chair.read() for chair in sample_catalog()[:40]])


def _iou(a: Grid, b: Grid) -> float:
    return float((a & b).sum() / (a | b).sum())


def test_similarity_is_the_intersection_over_union_to_the_last_voxel(grids: np.ndarray) -> None:
    words = pack_words(grids)
    found = similarities(grids[7], words, count_voxels(words))
    assert found.tolist() == [_iou(grids[7], grid) for grid in grids]


def test_voxels_are_counted_exactly_in_words_that_are_full_and_empty() -> None:
    grids = (
        np.random.default_rng(0).random((5, 32, 32, 32))
        < np.array([0, 0.1, 0.5, 0.9, 1])[:, None, None, None]
    )
    assert count_voxels(pack_words(grids)).tolist() == grids.sum(axis=(1, 2, 3)).tolist()


def test_a_chair_of_the_catalog_finds_itself_first(grids: np.ndarray) -> None:
    words = pack_words(grids)
    places, ious = nearest(grids[11], words, count_voxels(words), k=8)
    assert places[0] == 11 and ious[0] == 1.0
    assert len(places) == 8 and (np.diff(ious) <= 0).all()


def test_equal_chairs_come_in_the_catalogs_order(grids: np.ndarray) -> None:
    words = pack_words(np.stack([grids[1], grids[0], grids[0]]))
    assert nearest(grids[0], words, count_voxels(words))[0].tolist() == [1, 2, 0]


def test_fewer_chairs_than_requested_and_an_empty_shape_are_accepted(grids: np.ndarray) -> None:
    words = pack_words(grids[:3])
    places, ious = nearest(np.zeros((32, 32, 32), bool), words, count_voxels(words), k=8)
    assert len(places) == 3 and not ious.any()


def test_a_broken_file_is_left_out_with_its_reason() -> None:
    def broken() -> Grid:
        raise InputError("bad.obj is empty: there is no shape in it")

    good = list(sample_catalog()[:2])
    steps = pack_catalog([good[0], Chair("bad", "Bad", "test", broken), good[1]])
    seen = []
    with pytest.raises(StopIteration) as end:
        while True:
            seen.append(next(steps))
    chairs, words, left_out = end.value.value
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert chairs == good and words.shape == (512, 2)
    assert left_out == ["bad.obj is empty: there is no shape in it"]
