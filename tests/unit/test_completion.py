"""Claims about completing chairs that a network guessed."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest

from voxview.conventions import LEVEL
from voxview.model.autoencoder import Autoencoder, load_autoencoder
from voxview.model.completion import POSSIBLE, complete
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.frame import Floats


@pytest.fixture(scope="module")
def autoencoder() -> Autoencoder:
    return load_autoencoder("chairs", "cpu")


@pytest.fixture(scope="module")
def unsure(autoencoder: Autoencoder) -> Floats:
    """Means of two chairs each, `(3, 8, 8)`: as a network answers that cannot tell which of them it sees."""
    latents = autoencoder.encode(np.stack([chair.read() for chair in sample_catalog()[:60:10]]), refine=0)
    return (latents[::2] + latents[1::2]) / 2


def test_parts_that_are_unsure_become_solid(autoencoder: Autoencoder, unsure: Floats) -> None:
    before = autoencoder.decode(unsure)
    after = autoencoder.decode(complete(autoencoder, unsure)) > LEVEL
    doubtful = (before > POSSIBLE) & (before < LEVEL)
    assert doubtful.any(axis=(1, 2, 3)).all()
    assert after[doubtful].mean() > 0.5, "most of what is possible is there"
    assert after[before > 0.9].mean() > 0.9, "what was sure stays"
    assert after[before < 0.01].mean() < 0.005, "and hardly anything comes from nowhere"


def test_a_chair_that_the_decoder_is_sure_of_stays_nearly_the_same(autoencoder: Autoencoder) -> None:
    grid = sample_catalog()[0].read()
    latent = autoencoder.encode(grid[None], refine=0)
    before, after = (autoencoder.decode(z)[0] > LEVEL for z in (latent, complete(autoencoder, latent)))
    assert (before & after).sum() / (before | after).sum() > 0.93


def test_a_latent_out_of_which_nothing_comes_stays_as_it_is(unsure: Floats) -> None:
    class Nothing:
        def decode(self, z: Floats) -> Floats:
            return np.zeros((len(z), 32, 32, 32), np.float32)

    assert np.array_equal(complete(cast(Autoencoder, Nothing()), unsure), unsure)
