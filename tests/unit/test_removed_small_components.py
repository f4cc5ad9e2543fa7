"""Small components are left out of what is shown and written where requested; of nothing that is measured."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from voxview.engine.blending import Blender
from voxview.engine.engine import Engine
from voxview.engine.export.item import of_blend
from voxview.engine.export.options import ExportOptions
from voxview.engine.morph import export_morph
from voxview.engine.request import BlendRequest, BlendResult
from voxview.engine.requested_surface import strip_if_requested
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.components import is_one_piece, without_small_components
from voxview.surface.extract import extract_surface

A, B = sample_catalog()[14], sample_catalog()[15]  # a thin-legged stool and a tub: half have small components


def result_of(field: np.ndarray) -> BlendResult:
    request = BlendRequest(A, B, 0.5, remove_small_components=True)
    return BlendResult(request, field, extract_surface(field), {}, "cpu", False)


def block_and_small_component() -> np.ndarray:
    field = np.full((32, 32, 32), 0.02, np.float32)
    field[8:18, 8:18, 8:18] = 0.9
    field[25:27, 25, 25] = 0.7
    return field


def test_a_small_component_goes_and_the_rest_does_not_move() -> None:
    with_both = block_and_small_component()
    alone = with_both.copy()
    alone[25:27, 25, 25] = 0.02
    clean = strip_if_requested(result_of(with_both))
    assert (clean.removed_voxels, clean.voxels) == (2, 1000)
    assert np.array_equal(clean.surface.vertices, extract_surface(alone).vertices)
    assert np.array_equal(clean.surface.faces, extract_surface(alone).faces)


def test_what_has_no_small_components_comes_back_as_it_is() -> None:
    field = block_and_small_component()
    field[25:27, 25, 25] = 0.02
    result = result_of(field)
    assert strip_if_requested(result) is result


@pytest.mark.parametrize("level", [0.5, 0.3])
def test_an_export_that_wants_them_has_what_the_screen_is_without(level: float) -> None:
    on_screen = strip_if_requested(result_of(block_and_small_component()))
    cut = {
        wanted: of_blend(on_screen).cut(
            ExportOptions(("npy",), level=level, remove_small_components=not wanted)
        )
        for wanted in (True, False)
    }
    assert np.array_equal(cut[True].grid, block_and_small_component() > level)
    assert cut[True].surface.vertices.max() > cut[False].surface.vertices.max() + 0.1
    assert cut[False].grid.sum() == on_screen.voxels
    without = cut[False].facts(ExportOptions((), remove_small_components=True))
    assert without["small_component_voxels_removed"] == 2
    assert "small_component_voxels_removed" not in cut[True].facts(ExportOptions(()))


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine("study", device="cpu")


def test_only_a_request_that_wants_it_loses_its_small_components(engine: Engine) -> None:
    positions = [step / 10 for step in range(11)]
    plain = list(engine.morph(BlendRequest(A, B, 0.0), positions))
    clean = list(engine.morph(BlendRequest(A, B, 0.0, remove_small_components=True), positions))
    assert all(result.removed_voxels == 0 for result in plain)
    assert any(result.removed_voxels for result in clean), (
        "this pair should have small components: take another"
    )
    for before, after in zip(plain, clean, strict=True):
        assert np.array_equal(after.grid, without_small_components(before.grid))
        assert after.removed_voxels == before.voxels - after.voxels


def test_scores_and_measurements_are_of_blends_as_they_are_decoded(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = BlendRequest(A, B, 0.5, remove_small_components=True)
    *_, ahead = engine.decode_ahead(request)
    assert ahead.scores is not None
    for step in range(0, 101, 5):
        plain = engine.blend(BlendRequest(A, B, step / 100))
        assert ahead.scores.is_whole(step) == is_one_piece(plain.grid)
    seen: list[BlendRequest] = []
    blend = Blender.blend_encoded

    def watched(self: Blender, live: BlendRequest, milliseconds: float) -> BlendResult:
        seen.append(live)
        return blend(self, live, milliseconds)

    monkeypatch.setattr(Blender, "blend_encoded", watched)
    assert any(list(engine.measure(request)))
    assert seen and not any(live.remove_small_components for live in seen)


def test_a_morphs_file_has_what_was_removed(engine: Engine, tmp_path: Path) -> None:
    for _ in export_morph(
        engine,
        A,
        B,
        steps=11,
        out=tmp_path,
        options=ExportOptions(("npy",), remove_small_components=True),
        backend="numpy",
        device="cpu",
    ):
        pass
    blends = json.loads((tmp_path / "morph.json").read_text())["blends"]
    removed = [blend["small_component_voxels_removed"] for blend in blends]
    request = BlendRequest(A, B, 0.0)
    plain = [engine.blend(replace(request, t=blend["t"])).voxels for blend in blends]
    assert sum(removed) > 0
    assert [blend["voxels"] for blend in blends] == [n - k for n, k in zip(plain, removed, strict=True)]
    for blend, path in zip(blends, sorted(tmp_path.glob("*.npy")), strict=True):
        assert np.load(path).sum() == blend["voxels"]
