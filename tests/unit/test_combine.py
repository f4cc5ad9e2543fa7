"""Weighted sums of latents: exact where one chair is all of it, and what the weights say elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from voxview.errors import InputError
from voxview.latent.combine import MAX_MIX_LATENTS, bilinear_weights, combine
from voxview.latent.interpolate import interpolate


def latents(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n, 8, 8)).astype(np.float32)


@pytest.mark.parametrize("n", [1, 2, 5, MAX_MIX_LATENTS])
def test_a_single_one_gives_that_latent_bit_for_bit(n: int) -> None:
    z = latents(n)
    z[:, 0, 0], z[:, 0, 1] = -0.0, np.float32(1e-45)  # what 0 + 1·z would lose
    mixes = combine(z, np.eye(n, dtype=np.float32))
    assert np.array_equal(mixes.view(np.uint32), z.view(np.uint32))


def test_weights_may_be_negative_and_need_not_sum_to_one() -> None:
    z, w = latents(3), np.array([[1, -1, 1], [0.5, 2.0, -3.0]], np.float32)
    assert np.allclose(combine(z, w), np.einsum("kn,nij->kij", w, z), atol=1e-6)


def test_one_row_of_weights_is_one_mix() -> None:
    z = latents(4)
    w = np.array([0.1, 0.2, 0.3, 0.4])
    assert combine(z, w).shape == (1, 8, 8)
    assert np.array_equal(combine(z, w), combine(z, w[None]))


def test_two_chairs_are_blended_as_on_the_slider() -> None:
    z, t = latents(2), np.linspace(0, 1, 11, dtype=np.float32)
    assert np.array_equal(combine(z, np.stack([1 - t, t], 1)), interpolate(z[0], z[1], t))


def test_zero_weights_only_give_zeros() -> None:
    assert not combine(latents(3), np.zeros(3, np.float32)).any()


def test_a_sum_beyond_the_largest_float_is_infinite_and_no_warning() -> None:
    z = np.full((2, 8, 8), 3e38, np.float32)
    with np.errstate(all="raise"):
        assert np.isinf(combine(z, np.array([1.0, 1.0]))).all()


@pytest.mark.parametrize(
    ("z", "w", "says"),
    [
        (latents(10), np.zeros(10), "1 to 9 latents"),
        (latents(0), np.zeros(0), "1 to 9 latents"),
        (latents(3), np.zeros(2), "weights"),
        (latents(3), np.zeros((1, 1, 3)), "weights"),
        (latents(3), [1, 0, 0], "weights"),
        (np.full((2, 8, 8), np.nan, np.float32), np.ones(2), "finite"),
        (latents(2), np.array([1.0, np.inf]), "finite"),
        (latents(2).reshape(2, 64), np.ones(2), "latents"),
    ],
)
def test_what_cannot_be_combined_is_refused(z: np.ndarray, w: np.ndarray, says: str) -> None:
    with pytest.raises(InputError, match=says):
        combine(z, w)


def test_an_unknown_backend_is_refused() -> None:
    with pytest.raises(InputError, match="backend"):
        combine(latents(2), np.ones(2), backend="cuda")


def test_a_corner_of_the_square_is_one_chair() -> None:
    corners = [bilinear_weights(u, v) for v in (0.0, 1.0) for u in (0.0, 1.0)]
    assert np.array_equal(corners, np.eye(4))


def test_the_shares_sum_to_one_and_are_a_quarter_each_in_the_middle() -> None:
    assert bilinear_weights(0.5, 0.5) == (0.25, 0.25, 0.25, 0.25)
    rng = np.random.default_rng(0)
    assert all(sum(bilinear_weights(*rng.random(2))) == pytest.approx(1) for _ in range(100))


@pytest.mark.parametrize("place", [(-0.1, 0.5), (0.5, 1.1), (float("nan"), 0.0)])
def test_outside_the_square_is_no_place(place: tuple[float, float]) -> None:
    with pytest.raises(InputError, match="unit square"):
        bilinear_weights(*place)
