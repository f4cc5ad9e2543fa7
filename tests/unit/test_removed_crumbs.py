"""Crumbs are left out of what is shown and written if that is asked for, and of nothing that is measured."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from voxview.engine.crumbs import brushed
from voxview.engine.engine import Engine
from voxview.engine.morph import export_morph
from voxview.engine.request import BlendRequest, BlendResult
from voxview.model.metrics import is_one_piece
from voxview.shapes.crumbs import without_crumbs
from voxview.shapes.samples import sample_catalog
from voxview.surface.extract import extract_surface

A, B = sample_catalog()[14], sample_catalog()[15]  # a thin-legged stool and a tub: half of the way has crumbs


def result_of(field: np.ndarray) -> BlendResult:
    request = BlendRequest(A, B, 0.5, remove_crumbs=True)
    return BlendResult(request, field, extract_surface(field), {}, "cpu", False)


def block_and_crumb() -> np.ndarray:
    field = np.full((32, 32, 32), 0.02, np.float32)
    field[8:18, 8:18, 8:18] = 0.9
    field[25:27, 25, 25] = 0.7
    return field


def test_a_crumb_goes_and_the_rest_does_not_move() -> None:
    with_crumb = block_and_crumb()
    alone = with_crumb.copy()
    alone[25:27, 25, 25] = 0.02
    clean = brushed(result_of(with_crumb))
    assert (clean.crumbs, clean.voxels) == (2, 1000)
    assert np.array_equal(clean.surface.vertices, extract_surface(alone).vertices)
    assert np.array_equal(clean.surface.faces, extract_surface(alone).faces)


def test_what_has_no_crumbs_comes_back_as_it_is() -> None:
    field = block_and_crumb()
    field[25:27, 25, 25] = 0.02
    result = result_of(field)
    assert brushed(result) is result


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine("chairs", device="cpu")


def test_only_a_request_that_asks_for_it_loses_its_crumbs(engine: Engine) -> None:
    positions = [step / 10 for step in range(11)]
    plain = list(engine.morph(BlendRequest(A, B, 0.0), positions))
    clean = list(engine.morph(BlendRequest(A, B, 0.0, remove_crumbs=True), positions))
    assert all(result.crumbs == 0 for result in plain)
    assert any(result.crumbs for result in clean), "this pair should leave crumbs: take another for this test"
    for before, after in zip(plain, clean, strict=True):
        assert np.array_equal(after.grid, without_crumbs(before.grid))
        assert after.crumbs == before.voxels - after.voxels


def test_scores_and_measurements_are_of_blends_as_they_are_decoded(engine: Engine) -> None:
    asked = BlendRequest(A, B, 0.5, remove_crumbs=True)
    *_, ahead = engine.decode_ahead(asked)
    assert ahead.scores is not None
    for step in range(0, 101, 5):
        plain = engine.blend(BlendRequest(A, B, step / 100))
        assert ahead.scores.is_whole(step) == is_one_piece(plain.grid)
    seen: list[BlendRequest] = []
    answer = engine._answer
    engine._answer = lambda request, *rest: seen.append(request) or answer(request, *rest)  # type: ignore[method-assign,func-returns-value]
    try:
        list(engine.measure(asked))
    finally:
        del engine._answer  # type: ignore[method-assign]
    assert seen and not any(request.remove_crumbs for request in seen)


def test_a_morph_says_what_was_removed(engine: Engine, tmp_path: Path) -> None:
    for _ in export_morph(
        engine,
        A,
        B,
        steps=11,
        out=tmp_path,
        formats=("npy",),
        backend="numpy",
        device="cpu",
        remove_crumbs=True,
    ):
        pass
    blends = json.loads((tmp_path / "morph.json").read_text())["blends"]
    removed = [blend["crumb_voxels_removed"] for blend in blends]
    request = BlendRequest(A, B, 0.0)
    plain = [engine.blend(replace(request, t=blend["t"])).voxels for blend in blends]
    assert sum(removed) > 0
    assert [blend["voxels"] for blend in blends] == [n - k for n, k in zip(plain, removed, strict=True)]
    for blend, path in zip(blends, sorted(tmp_path.glob("*.npy")), strict=True):
        assert np.load(path).sum() == blend["voxels"]
