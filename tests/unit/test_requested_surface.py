"""Fine surfaces from the engine: of blends, mixes, places and pairs, with the figures of their voxels."""

from __future__ import annotations

import json
import queue
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh
from scipy.spatial import cKDTree

from voxview.cli.parser import parser_for
from voxview.engine.engine import Engine
from voxview.engine.events import Blended, DecodedAhead, Event, Mixed, PairLoaded
from voxview.engine.export.options import ExportOptions
from voxview.engine.latent_request import LatentRequest
from voxview.engine.mix import MixRequest
from voxview.engine.morph import export_morph
from voxview.engine.request import BlendRequest
from voxview.engine.thread import EngineThread
from voxview.engine.timings import Stage
from voxview.errors import InputError
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.surface.extract import extract_surface

A, B = sample_catalog()[0], sample_catalog()[1]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine("study", device="cpu")


@pytest.mark.parametrize("resolution", [64, 96])
def test_a_blend_has_the_fine_surface_of_the_same_field(engine: Engine, resolution: int) -> None:
    plain = engine.blend(BlendRequest(A, B, 0.4))
    fine = engine.blend(BlendRequest(A, B, 0.4, surface_resolution=resolution))
    assert np.array_equal(fine.field, plain.field) and fine.voxels == plain.voxels
    assert fine.surface.resolution == resolution
    expected = extract_surface(plain.field, resolution=resolution)
    assert np.array_equal(fine.surface.vertices, expected.vertices)
    assert set(fine.timings) == set(plain.timings) - {Stage.ENCODE}


def test_the_time_of_a_fine_surface_is_that_of_the_stage(engine: Engine) -> None:
    def surface_ms(resolution: int) -> float:
        request = BlendRequest(A, B, 0.4, surface_resolution=resolution)
        return min(engine.blend(request).timings[Stage.SURFACE] for _ in range(5))

    assert surface_ms(96) > 2 * surface_ms(32)


def test_in_motion_the_finest_surface_waits(engine: Engine) -> None:
    for chosen, now in ((32, 32), (64, 64), (96, 64)):
        moving = BlendRequest(A, B, 0.4, surface_resolution=chosen, in_motion=True)
        assert engine.blend(moving).surface.resolution == now
        assert engine.blend(replace(moving, in_motion=False)).surface.resolution == chosen


def test_mixes_and_places_are_fine_and_their_figures_stay(engine: Engine) -> None:
    mix = MixRequest((A, B), (0.5, 0.5))
    plain, fine = engine.mix(mix), engine.mix(replace(mix, surface_resolution=64))
    assert fine.surface.resolution == 64
    assert (fine.quality, fine.attributes, fine.voxels) == (plain.quality, plain.attributes, plain.voxels)
    place = LatentRequest(engine.encode_unrefined(A.read()[None], "cpu")[0], "A")
    there = engine.decode_latent(replace(place, surface_resolution=96))
    assert there.surface.resolution == 96
    assert there.quality == engine.decode_latent(place).quality


def test_a_pair_and_its_reconstructions_are_fine_and_as_good(engine: Engine) -> None:
    plain, fine = engine.load_pair(A, B), engine.load_pair(A, B, surface_resolution=64)
    for before, after in zip(plain, fine, strict=True):
        assert before.surface.resolution == before.rebuilt.resolution == 32
        assert after.surface.resolution == after.rebuilt.resolution == 64
        assert after.iou == before.iou


def test_small_components_are_left_out_of_fine_surfaces_too() -> None:
    engine = Engine("study", device="cpu")
    request = BlendRequest(sample_catalog()[14], sample_catalog()[15], 0.5, surface_resolution=64)
    found = [
        engine.blend(replace(request, t=t, remove_small_components=True)) for t in (0.3, 0.4, 0.5, 0.6, 0.7)
    ]
    clean = [result for result in found if result.removed_voxels]
    assert clean, "this pair should leave loose pieces: take another for this test"
    for result in clean:
        centres = (np.argwhere(result.grid) + 0.5) / 32 - 0.5
        far = cKDTree(centres).query(result.surface.vertices)[0]
        assert far.max() < 1.8 / 32, "something is drawn beside no voxel"


def test_another_surface_loads_the_pair_again_and_nothing_is_decoded_anew() -> None:
    heard: queue.Queue[Event] = queue.Queue()
    thread = EngineThread(lambda: Engine("study", device="cpu"), heard.put)
    thread.start()
    try:
        request = BlendRequest(A, B, 0.5)
        thread.blend(request)
        seen: list[Event] = []
        while not (isinstance(seen[-1:] and seen[-1], DecodedAhead) and seen[-1].done == seen[-1].total):  # type: ignore[union-attr]
            seen.append(heard.get(timeout=60))
        thread.blend(replace(request, surface_resolution=64))
        after: list[Event] = []
        while not any(isinstance(event, Blended) for event in after):
            after.append(heard.get(timeout=60))
        (pair,) = (event for event in after if isinstance(event, PairLoaded))
        assert pair.a.surface.resolution == pair.b.rebuilt.resolution == 64
        (blended,) = (event for event in after if isinstance(event, Blended))
        assert blended.result.decoded_ahead and blended.result.surface.resolution == 64
        thread.blend(MixRequest((A, B), (0.5, 0.5), surface_resolution=96))
        while not any(isinstance(event, Mixed) for event in after):
            after.append(heard.get(timeout=60))
        assert [event.a.surface.resolution for event in after if isinstance(event, PairLoaded)] == [64, 96]
        assert not any(isinstance(event, DecodedAhead) and event.done < event.total for event in after)
    finally:
        assert thread.stop(60)


def test_a_fine_morph_has_fine_meshes_and_pictures_and_the_same_voxels(
    engine: Engine, tmp_path: Path
) -> None:
    for resolution in (32, 64):
        export = export_morph(
            engine,
            A,
            B,
            steps=2,
            out=tmp_path / str(resolution),
            options=ExportOptions(("obj", "binvox", "png"), surface_resolution=resolution),
            backend="numpy",
            device="cpu",
        )
        for _ in export:
            pass
    plain, fine = (sorted((tmp_path / name).iterdir()) for name in ("32", "64"))
    assert [path.name for path in plain] == [path.name for path in fine]
    for one, other in zip(plain, fine, strict=True):
        if one.suffix == ".binvox":
            assert one.read_bytes() == other.read_bytes()
        elif one.suffix == ".obj":
            assert trimesh.load_mesh(other).is_watertight
            assert len(trimesh.load_mesh(other).faces) > 3 * len(trimesh.load_mesh(one).faces)
            said = "Fine surface: interpolated between 32^3 voxels to 64^3 samples"
            assert said in other.read_text() and "Fine" not in one.read_text()
        else:
            assert one.read_bytes() != other.read_bytes()
    assert json.loads((tmp_path / "64/morph.json").read_text())["surface_resolution"] == 64


@pytest.mark.parametrize("verb", ["morph", "mix a --out b.obj"])
def test_the_command_line_takes_a_surface_resolution(verb: str) -> None:
    def parse(*more: str) -> int:
        arguments = [*verb.split(), *more]
        return int(parser_for(arguments).parse_args(arguments).surface_resolution)

    assert parse() == 32
    assert parse("--surface-resolution", "96") == 96
    with pytest.raises(InputError, match="choose from 32, 64, 96"):
        parse("--surface-resolution", "48")
