"""The chair that a picture's is held against: by latents of the same weights, else by voxels in common."""

from __future__ import annotations

import numpy as np
import pytest

from voxview.gui.context.searched_catalog import SearchedCatalog, read_catalog
from voxview.model.metrics import intersection_over_union
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.to_end import run_to_end

COUNT = 12


@pytest.fixture(scope="module")
def catalog() -> SearchedCatalog:
    """Return a dozen sample chairs, by their voxels."""
    return run_to_end(read_catalog(Catalog("A dozen", "dozen", sample_catalog()[:COUNT])))


def _with_latents(catalog: SearchedCatalog) -> SearchedCatalog:
    latents = np.arange(COUNT, dtype=np.float32)[:, None, None] * np.ones((8, 8), np.float32)
    return SearchedCatalog(catalog.name, catalog.chairs, catalog.words, catalog.voxels, latents, "chairs")


def test_without_latents_the_largest_iou_decides(catalog: SearchedCatalog) -> None:
    grid = sample_catalog()[COUNT + 3].read()
    ious = [intersection_over_union(c.read()[None], grid[None])[0] for c in sample_catalog()[:COUNT]]
    found = catalog.nearest(np.zeros((8, 8), np.float32), grid, "chairs")
    assert found is not None and found.distance is None
    assert found.chair == catalog.chairs[int(np.argmax(ious))]
    assert found.iou == pytest.approx(max(ious))
    assert np.array_equal(found.grid, found.chair.read())
    assert found.text == f"by IoU: {max(ious):.2f}"


def test_latents_of_the_same_weights_decide_where_there_are_some(catalog: SearchedCatalog) -> None:
    grid = sample_catalog()[0].read()
    found = _with_latents(catalog).nearest(np.full((8, 8), 4.25, np.float32), grid, "chairs")
    assert found is not None and found.chair == catalog.chairs[4]
    assert found.distance == pytest.approx(8 * 0.25)
    assert found.text.startswith("by its 64 numbers: distance 2.00, IoU 0.")


def test_latents_of_other_weights_decide_nothing(catalog: SearchedCatalog) -> None:
    grid = sample_catalog()[7].read()
    found = _with_latents(catalog).nearest(np.zeros((8, 8), np.float32), grid, "study")
    assert found is not None and found.chair == catalog.chairs[7] and found.iou == 1.0


def test_an_empty_catalog_has_no_nearest_chair() -> None:
    empty = run_to_end(read_catalog(Catalog("Nothing", "nothing", [])))
    assert empty.nearest(np.zeros((8, 8), np.float32), sample_catalog()[0].read(), "chairs") is None
