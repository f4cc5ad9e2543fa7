"""A chair whose seat was moved until its legs were gone is flagged, with the weights that ship."""

from __future__ import annotations

from dataclasses import replace

import pytest

from voxview.engine.engine import Engine
from voxview.engine.mix import MixRequest
from voxview.shapes.catalogs.samples import sample_catalog


@pytest.fixture(scope="module")
def engine() -> Engine:
    engine = Engine(device="cpu")
    for _ in engine.learn_directions():
        pass
    return engine


@pytest.mark.slow
@pytest.mark.parametrize(
    "place",
    [
        9,  # a rocking chair, left with two front legs: in one piece, and it reaches the floor
        113,  # a swivel chair with one foot and loose voxels: 99 % are one piece, and it reaches the floor
    ],
)
def test_a_seat_that_was_lowered_until_the_legs_were_gone_is_said_to_fall_over(
    engine: Engine, place: int
) -> None:
    start = MixRequest((sample_catalog()[place],), (1.0,))
    before = engine.mix(start)
    assert before.quality.is_good and before.quality.is_stable
    height = before.attributes.seat_height
    assert engine.directions is not None and height is not None
    lowest = engine.directions.span("seat_height")[0]
    after = engine.mix(replace(start, shift=(("seat_height", lowest - height),)))
    assert after.quality.is_good, "the measures that there were see nothing"
    assert not after.quality.is_stable
