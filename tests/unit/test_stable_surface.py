"""The names that scripts outside the project call, used as such a script would."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import voxview
from voxview.shapes.catalogs.samples import sample_catalog


@pytest.fixture(scope="module")
def autoencoder() -> object:
    return voxview.load_autoencoder(device="cpu")


@pytest.fixture(scope="module")
def grids() -> np.ndarray:
    return np.stack([chair.read() for chair in sample_catalog()[:6]])


def test_two_chairs_become_a_new_one_in_a_file(autoencoder, grids, tmp_path: Path) -> None:
    z = autoencoder.encode(grids[:2])
    assert z.shape == (2, 8, 8) and z.dtype == np.float32
    t = np.linspace(0, 1, 11)
    blends = voxview.interpolate(z[0], z[1], t)
    fields = autoencoder.decode(blends)
    assert fields.shape == (11, 32, 32, 32) and fields.dtype == np.float32
    assert fields.min() >= 0 and fields.max() <= 1
    surface = voxview.extract_surface(fields[5], level=0.5)
    voxview.write_shape(tmp_path / "new.obj", surface)
    voxview.write_shape(tmp_path / "new.binvox", fields[5] > 0.5)
    assert np.array_equal(voxview.read_shape(tmp_path / "new.binvox"), fields[5] > 0.5)


def test_blend_at_the_ends_is_the_chairs_own_latent(autoencoder, grids) -> None:
    z = autoencoder.encode(grids[:2])
    ends = voxview.interpolate(z[0], z[1], np.array([0.0, 1.0]))
    assert ends[0].tobytes() == z[0].tobytes() and ends[1].tobytes() == z[1].tobytes()


def test_all_pairs_hold_every_pair_in_both_orders(autoencoder, grids) -> None:
    z = autoencoder.encode(grids[:3])
    pairs = voxview.interpolate_all_pairs(z, np.array([0.0, 0.3, 1.0]))
    assert pairs.shape == (3, 3, 3, 8, 8)
    assert np.array_equal(pairs[2, 0, 1], voxview.interpolate(z[2], z[0], np.array([0.3]))[0])


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((32, 32, 32), bool),
        np.zeros((1, 32, 32, 31), bool),
        np.zeros((1, 32, 32, 32), np.float32),
        [[0]],
        None,
    ],
)
def test_encoding_anything_but_grids_says_what_came(autoencoder, wrong: object) -> None:
    with pytest.raises(ValueError, match=r"bool \(n, 32, 32, 32\), but .* came"):
        autoencoder.encode(wrong)


@pytest.mark.parametrize(
    "wrong", [np.zeros((8, 8), "f4"), np.zeros((1, 64), "f4"), np.zeros((1, 8, 8), int), "z"]
)
def test_decoding_anything_but_latents_says_what_came(autoencoder, wrong: object) -> None:
    with pytest.raises(ValueError, match=r"float32 \(n, 8, 8\), but .* came"):
        autoencoder.decode(wrong)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e300])
def test_decoding_what_is_no_number_is_refused(autoencoder, value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        autoencoder.decode(np.full((1, 8, 8), value))


def test_no_chairs_and_many_chairs_are_batches_too(autoencoder, grids) -> None:
    assert autoencoder.encode(grids[:0]).shape == (0, 8, 8)
    assert autoencoder.decode(np.empty((0, 8, 8), np.float32)).shape == (0, 32, 32, 32)
    many = autoencoder.encode(np.repeat(grids, 12, axis=0), 0)  # more than one pass
    assert np.allclose(many[::12], autoencoder.encode(grids, 0), atol=1e-4)


def test_inputs_are_left_as_they_were(autoencoder, grids) -> None:
    z = autoencoder.encode(grids, 0)
    before = z.copy()
    read_only = np.broadcast_to(z[0], (3, 8, 8))
    autoencoder.decode(read_only)
    autoencoder.decode(z[::-1])
    assert np.array_equal(z, before)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        voxview.nothing  # noqa: B018
