"""Look, slice and cameras as parts of the state: taken, checked, put back."""

from __future__ import annotations

from typing import Any

import pytest

from voxview.gui.session.camera import FIRST, VIEWS
from voxview.gui.session.state import Aspect, Plain
from voxview.gui.session.views import Views
from voxview.gui.views.kept import keep_views


class _Keeper:
    """Holds what is registered."""

    def __init__(self) -> None:
        self.aspects: dict[str, Aspect] = {}
        self.notes = 0

    def register(self, aspect: Aspect) -> None:
        self.aspects[aspect.name] = aspect

    def note(self, _: object) -> None:
        self.notes += 1


@pytest.fixture
def views(qapp: object) -> Views:
    return Views()


def kept(views: Views) -> tuple[dict[str, Aspect], _Keeper]:
    keeper: Any = _Keeper()
    keep_views(keeper, views)
    return keeper.aspects, keeper


def test_what_is_taken_is_valid_and_comes_back(views: Views) -> None:
    aspects, keeper = kept(views)
    views.change(shape="voxels", edges=True, linked=False, slice_axis="z", slice_layer=3)
    views.look_by(VIEWS["side"], 0)
    taken = {name: aspect.take() for name, aspect in aspects.items()}
    assert keeper.notes == 1 and all(aspects[name].is_valid(value) for name, value in taken.items())
    before = views.look, views.cameras
    views.change(shape="surface", edges=False, linked=True, slice_layer=9)
    views.reset()
    assert views.cameras == (FIRST,) * 3
    for name, value in taken.items():
        aspects[name].put(value)
    assert (views.look, views.cameras) == before


def test_a_look_that_is_put_back_leaves_the_slice_where_it_is(views: Views) -> None:
    aspects, _ = kept(views)
    look = aspects["look"].take()
    views.change(ghost=True, slice_layer=5)
    aspects["look"].put(look)
    assert not views.look.ghost and views.look.slice_layer == 5


def test_steps_are_called_what_one_sees(views: Views) -> None:
    aspects, _ = kept(views)
    assert aspects["look"].title(()) == "Look as at first"
    assert aspects["look"].title((("shape", "voxels"), ("edges", True), ("linked", False))) == (
        "Look: voxels, edges, not linked"
    )
    assert aspects["slice"].title(("y", 3)) == "Slice y"


_GOOD = tuple((*one.position, *one.target, *one.up) for one in (FIRST,) * 3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("look", 3),
        ("look", (("shape",),)),
        ("look", (("shape", "fog"),)),
        ("look", (("edges", 1),)),
        ("look", (("slice_layer", 3),)),
        ("slice", ("x",)),
        ("slice", ("w", 3)),
        ("slice", ("x", 32)),
        ("cameras", _GOOD[:2]),
        ("cameras", (*_GOOD[:2], (0.0,) * 9)),
        ("cameras", (*_GOOD[:2], (float("nan"),) * 9)),
        ("cameras", (*_GOOD[:2], (*_GOOD[0][:6], 0.0, 5.0, 0.0))),
        ("cameras", (*_GOOD[:2], (*_GOOD[0][:8], "up"))),
    ],
)
def test_what_makes_no_sense_is_left_out(views: Views, name: str, value: Plain) -> None:
    aspects, _ = kept(views)
    assert not aspects[name].is_valid(value)
