"""A picture becomes a chair as any other, decoded by the autoencoder that the picture weights name."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from random_picture_weights import write_random_picture_weights

import voxview
from voxview.engine import pictures
from voxview.engine.catalog.index import index_catalog
from voxview.engine.engine import Engine
from voxview.engine.pictures import PictureReader, chair_from_picture, encode_picture, is_from_picture
from voxview.engine.request import BlendRequest
from voxview.engine.timings import Stage
from voxview.errors import InputError, VoxViewError
from voxview.model.weights import find_weights, read_weights
from voxview.pictures.crop import Crop
from voxview.pictures.network_input import prepare_input
from voxview.pictures.read import picture_from_array, read_picture
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.orient import Orientation
from voxview.shapes.turned import turned_chair
from voxview.surface.picture import render_chair, write_png
from voxview.to_end import run_to_end

SAMPLE = sample_catalog()[0]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Picture weights for the study's autoencoder, which is small."""
    return write_random_picture_weights(tmp_path_factory.mktemp("weights") / "random.safetensors")


@pytest.fixture(scope="module")
def reader(weights: Path) -> PictureReader:
    return PictureReader("cpu", weights)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pictures") / "my-old_chair.png"
    write_png(path, render_chair(SAMPLE.read(), (300, 260)))
    return path


def test_a_chair_holds_what_its_latent_is_decoded_to(reader: PictureReader, file: Path) -> None:
    result = reader.read(prepare_input(read_picture(file)))
    assert result.latent.shape == (8, 8) and result.latent.dtype == np.float32
    autoencoder = voxview.load_autoencoder("study", device="cpu")
    assert np.array_equal(autoencoder.decode(result.latent[None])[0], result.field)
    assert np.array_equal(result.grid, result.field > 0.5) and 0 < result.seconds < 60
    assert (result.autoencoder, result.is_unfamiliar) == ("study", False)
    chair = chair_from_picture(file, reader)
    assert np.array_equal(chair.read(), result.grid) and chair.name == "My old chair"
    assert chair.details["picture"] == str(file) and chair.details["autoencoder"] == "study"
    assert chair.details["view"] == result.view and is_from_picture(chair) and not is_from_picture(SAMPLE)


def test_other_parts_of_a_picture_are_other_chairs(reader: PictureReader, file: Path) -> None:
    whole, part = (
        chair_from_picture(file, reader),
        chair_from_picture(file, reader, crop=Crop(20, 20, 200, 200)),
    )
    assert whole != part and whole.id == str(file) and part.details["crop"] == "20,20,200,200"
    assert whole == chair_from_picture(file, reader)


# ---- in the engine ----------------------------------------------------------------------------------


def test_the_very_weights_blend_the_pictures_own_latent_unencoded(
    reader: PictureReader, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chair = chair_from_picture(file, reader)
    latent = reader.read(prepare_input(read_picture(file))).latent
    engine = Engine("study", "cpu")
    loaded, _ = engine.load_pair(chair, SAMPLE, quick=True)
    assert loaded.iou == 1.0 and loaded.missing == loaded.added == 0
    (z, _), _ = engine._chairs.latents([chair, SAMPLE], "cpu")
    assert np.array_equal(z, latent)
    half = engine.blend(BlendRequest(chair, SAMPLE, 0.5))
    z_b = voxview.load_autoencoder("study", device="cpu").encode(SAMPLE.read()[None])[0]
    blend = voxview.interpolate(latent, z_b, np.array([0.5]))
    assert np.array_equal(half.field, engine._autoencoders["cpu"].decode(blend)[0])


def test_refinement_leaves_a_known_latent_as_it_is(tmp_path: Path, file: Path) -> None:
    own = write_random_picture_weights(tmp_path / "random.safetensors", "chairs")
    chair = chair_from_picture(file, PictureReader("cpu", own))
    engine = Engine("chairs", "cpu")
    request = BlendRequest(chair, SAMPLE, 0.0)
    list(engine.encode_pair(request))
    engine.load_pair(chair, SAMPLE, quick=True)
    assert engine._chairs.unrefined([chair, SAMPLE]) == [] == engine._chairs.without_latent([chair, SAMPLE])
    assert np.array_equal(engine.blend(request).grid, chair.read())
    live = engine.blend(replace(request, live=True))
    assert Stage.ENCODE in live.timings and np.array_equal(live.grid, chair.read())


def test_all_pairs_and_the_map_take_a_known_latent_as_it_is(reader: PictureReader, file: Path) -> None:
    chair = chair_from_picture(file, reader)
    latent = reader.read(prepare_input(read_picture(file))).latent
    engine = Engine("study", "cpu")
    catalog = Catalog("A picture and samples", "few", [SAMPLE, chair, sample_catalog()[1]])
    index = run_to_end(index_catalog(engine, catalog))
    encoded = engine.encode_unrefined(np.stack([c.read() for c in catalog]), "cpu")
    assert np.array_equal(index.latents, [encoded[0], latent, encoded[2]])
    assert not np.array_equal(encoded[1], latent)
    scorer = engine.scorer(tuple(catalog), "numpy", "cpu")
    assert list(scorer.encode())[-1] == 3
    ends = run_to_end(scorer.ends(slice(0, 3)))
    assert ends[2, 1] == 0, "what is decoded from the latent is the chair itself: no novelty"


def test_other_weights_encode_the_grid(reader: PictureReader, file: Path) -> None:
    chair = chair_from_picture(file, reader)
    engine = Engine("chairs", "cpu")
    (z,), timings = engine._chairs.latents([chair], "cpu")
    assert Stage.ENCODE in timings
    expected = voxview.load_autoencoder("chairs", device="cpu").encode(chair.read()[None])[0]
    assert np.allclose(z, expected, atol=1e-4)


def test_a_turned_chair_from_a_picture_is_encoded_anew(reader: PictureReader, file: Path) -> None:
    turned = turned_chair(chair_from_picture(file, reader), Orientation("y", 90))
    (z,), timings = Engine("study", "cpu")._chairs.latents([turned], "cpu")
    assert Stage.ENCODE in timings
    assert np.array_equal(z, voxview.load_autoencoder("study", device="cpu").encode(turned.read()[None])[0])


# ---- which weights ----------------------------------------------------------------------------------


def test_an_autoencoder_of_that_name_and_other_numbers_is_refused(tmp_path: Path, file: Path) -> None:
    other = write_random_picture_weights(tmp_path / "other.safetensors", fingerprint="0" * 32)
    with pytest.raises(InputError, match="trained for an autoencoder 'study' that is not installed"):
        chair_from_picture(file, PictureReader("cpu", other))


def test_an_autoencoder_in_a_file_of_ones_own_is_found_where_it_is_given(tmp_path: Path, file: Path) -> None:
    mine = Path(shutil.copy(find_weights("study"), tmp_path / "mine.safetensors"))
    own = write_random_picture_weights(tmp_path / "pictures.safetensors", mine)
    with pytest.raises(InputError, match="'mine' that is not installed"):
        chair_from_picture(file, PictureReader("cpu", own))
    assert chair_from_picture(file, PictureReader("cpu", own, mine)).details["autoencoder"] == "mine"


def test_weights_of_the_other_kind_are_refused_in_a_line(weights: Path, file: Path) -> None:
    with pytest.raises(InputError, match="no picture weights"):
        chair_from_picture(file, PictureReader("cpu", find_weights("study")))
    with pytest.raises(InputError, match="--picture-weights"):
        read_weights(weights)
    with pytest.raises(InputError, match="--picture-weights"):
        voxview.load_autoencoder("picture")


def test_without_picture_weights_one_line_says_how_to_get_some(file: Path, monkeypatch) -> None:
    monkeypatch.setattr("voxview.model.shipped_encoders.is_installed", lambda name: False)
    with pytest.raises(VoxViewError, match="no picture weights are installed: train some with"):
        chair_from_picture(file)


def test_a_gpu_that_fails_is_left_to_the_cpu(
    weights: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = PictureReader("cuda", weights)
    read, loads = PictureReader._read, []

    def failing(self: PictureReader, picture: object, device: str) -> object:
        loads.append(device)
        if device == "cuda":
            raise torch.AcceleratorError("CUDA error: an illegal memory access was encountered")
        return read(self, picture, device)

    monkeypatch.setattr(PictureReader, "_read", failing)
    seen = prepare_input(read_picture(file))
    assert reader.read(seen).grid.any() and "so the CPU read the picture" in reader.notice
    reader.read(seen)
    assert loads == ["cuda", "cpu", "cpu"]


def test_nothing_that_came_out_is_no_chair(reader: PictureReader, file: Path) -> None:
    result = reader.read(prepare_input(read_picture(file)))
    empty = replace(result, grid=np.zeros_like(result.grid))
    with pytest.raises(InputError, match="no chair came out"):
        pictures.chair_of_result(file, empty)


# ---- the stable surface -----------------------------------------------------------------------------


def test_encode_picture_takes_an_array_and_returns_64_numbers(
    weights: Path, reader: PictureReader, file
) -> None:
    rgba = np.array(Image.open(file))
    z = encode_picture(rgba, weights=weights, device="cpu")
    assert z.shape == (8, 8) and z.dtype == np.float32
    assert np.array_equal(z, reader.read(prepare_input(picture_from_array(rgba))).latent)
    assert voxview.encode_picture is encode_picture
    with pytest.raises(ValueError, match=r"uint8 \(height, width, 3\)"):
        voxview.encode_picture(rgba.astype(float))
