"""What chairs have of each number, and what one number does."""

from __future__ import annotations

import numpy as np
import pytest

from voxview.engine.along_number import SPREADS, decode_along
from voxview.engine.engine import Engine
from voxview.engine.latent_request import LatentRequest
from voxview.engine.latent_spread import spread_of_chairs
from voxview.engine.unusual_latent import far_numbers_text
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.surface.moved_voxels import CAME, STAYED, WENT, moved_colours, render_moved


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine("study", device="cpu")


@pytest.fixture(scope="module")
def latent(engine: Engine) -> np.ndarray:
    return engine.encode_unrefined(sample_catalog()[1].read()[None], "cpu")[0]


class CalledOffError(Exception):
    pass


def test_work_that_is_called_off_goes_on_where_it_was(engine: Engine) -> None:
    looks = 0

    def look(last: int) -> None:
        nonlocal looks
        looks += 1
        if looks == last:
            raise CalledOffError

    with pytest.raises(CalledOffError):
        spread_of_chairs(engine, lambda: look(5))
    before, looks = looks, 0
    spread = spread_of_chairs(engine, lambda: look(100))
    assert before == 5 and looks == 12 - 4, "24 chairs in twos, of which 4 were there"
    assert (spread.low <= spread.mean).all() and (spread.mean <= spread.high).all()


def test_the_strip_goes_two_spreads_to_each_side_of_the_mean(engine: Engine, latent: np.ndarray) -> None:
    along, spread = decode_along(engine, "cpu", latent, 20), spread_of_chairs(engine)
    wanted = spread.mean[20] + np.array(SPREADS) * spread.deviation[20]
    assert along.values == pytest.approx(wanted)
    moved = latent.copy()
    moved[2, 4] = along.values[3]
    alone = engine.decode_latent(LatentRequest(moved, "")).field
    assert np.array_equal(along.fields[3], alone), "only this number differs"


def test_of_a_number_that_chairs_hardly_have_the_spread_is_that_of_all(engine: Engine) -> None:
    spread = spread_of_chairs(engine)
    flat = spread.deviation.copy()
    flat[63] = 0
    odd = type(spread)(spread.mean, flat, spread.low, spread.high)
    assert odd.hardly_differs(63) and odd.step(63) == odd.overall > 0
    assert not odd.hardly_differs(5) and odd.step(5) == flat[5]


def test_far_numbers_are_named_and_usual_ones_are_not(engine: Engine, latent: np.ndarray) -> None:
    assert far_numbers_text(latent, engine) == ""
    far = latent.copy()
    far[4, 3] = 1e9
    assert "1 number far outside" in far_numbers_text(far, engine)
    assert "row 4, column 3" in far_numbers_text(far, engine)


def test_voxels_that_came_are_green_and_what_touched_those_that_went_is_purple() -> None:
    before, after = np.zeros((2, 32, 32, 32), np.bool_)
    before[10:20, 10:12, 10:20] = after[10:20, 10:12, 10:20] = True
    after[10:20, 12, 10] = True  # an edge more
    before[19, 12:16, 19] = True  # and a post less
    colours = moved_colours(before, after)
    assert (colours[12, 12, 10] == CAME).all() and (colours[15, 10, 15] == STAYED).all()
    assert (colours[18, 11, 18] == WENT).all(), "the seat below the post that is gone"
    moved = render_moved(before, np.where(after, 1.0, 0.0).astype(np.float32), 40)
    assert (moved.came, moved.went) == (10, 4) and moved.image.shape == (40, 40, 4)
