"""Directions of the attributes: found where they are known, and seen in chairs that are decoded."""

from __future__ import annotations

import numpy as np
import pytest

from voxview.errors import InputError
from voxview.model.attributes import ATTRIBUTES, Attributes, measure
from voxview.model.autoencoder import load_autoencoder
from voxview.model.directions import corrected_shift, fit_directions, learn_directions, shift_error
from voxview.shapes.catalogs.samples import sample_catalog


def attributes(values: np.ndarray) -> Attributes:
    return Attributes(**dict(zip(ATTRIBUTES, map(float, values), strict=True)))


def test_directions_that_are_there_are_found_with_the_others_held() -> None:
    rng = np.random.default_rng(0)
    true = rng.standard_normal((7, 64))
    a = rng.random((400, 7))
    a[:, 1] = 0.7 * a[:, 0] + 0.3 * a[:, 1]  # what goes together must not be mistaken for each other
    z = (a @ true + 0.01 * rng.standard_normal((400, 64))).reshape(-1, 8, 8).astype(np.float32)
    found = fit_directions(z, [attributes(row) for row in a]).near(z[0]).reshape(7, 64)
    for d, expected in zip(found, true, strict=True):
        assert np.dot(d, expected) / np.linalg.norm(d) / np.linalg.norm(expected) > 0.95


def test_chairs_that_lack_an_attribute_are_left_out_and_too_few_are_refused() -> None:
    rng = np.random.default_rng(0)
    z = rng.standard_normal((40, 8, 8)).astype(np.float32)
    some = [attributes(rng.random(7)) if i % 4 else Attributes(seat_height=0.5) for i in range(40)]
    assert len(fit_directions(z, some).latents) == 30
    with pytest.raises(InputError, match="21 chairs"):
        fit_directions(z[:24], some[:24])


def test_a_requested_higher_seat_is_decoded_as_one() -> None:
    # With the study's network, which is fast: the seats of sixteen chairs rise, or fall if requested.
    autoencoder = load_autoencoder("study", device="cpu")
    learning = learn_directions(autoencoder.encode, chairs=160)
    progress = []
    while True:
        try:
            progress.append(next(learning))
        except StopIteration as end:
            directions = end.value
            break
    assert progress[-1] == (160, 160)
    z = autoencoder.encode(np.stack([sample_catalog()[i].read() for i in range(0, 240, 15)]))

    def heights(amount: float) -> np.ndarray:
        moved = np.stack([one + directions.step(one, {"seat_height": amount}) for one in z])
        return np.array([measure(field > 0.5).seat_height or 0.0 for field in autoencoder.decode(moved)])

    assert (heights(0.1) - heights(0.0)).mean() > 0.02
    assert (heights(-0.1) - heights(0.0)).mean() < -0.02


def test_a_shift_that_is_close_enough_is_not_corrected() -> None:
    before, after = Attributes(seat_height=0.4), Attributes(seat_height=0.48)
    assert corrected_shift({"seat_height": 0.1}, before, after) is None
    assert shift_error({"seat_height": 0.1}, before, after) == pytest.approx(0.02 * 32)


def test_a_correction_is_a_secant_step_and_at_most_four_times_as_much() -> None:
    before = Attributes(seat_height=0.4, back_tilt=0.0)
    half = corrected_shift({"seat_height": 0.2}, before, Attributes(seat_height=0.5))
    assert half == {"seat_height": pytest.approx(0.4)}
    for came in (0.4, 0.39, 0.41):
        assert corrected_shift({"seat_height": 0.2}, before, Attributes(seat_height=came)) == {
            "seat_height": pytest.approx(0.8)
        }
    both = corrected_shift(
        {"seat_height": 0.2, "back_tilt": 10.0}, before, Attributes(seat_height=0.6, back_tilt=20.0)
    )
    assert both == {"seat_height": pytest.approx(0.2), "back_tilt": pytest.approx(5.0)}
