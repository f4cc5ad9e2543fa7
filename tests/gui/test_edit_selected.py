"""The edited blend as it is selected: what is requested for it, and what ends it. No engine runs here."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from voxview.engine.latent_request import LatentRequest
from voxview.engine.mix import MixRequest
from voxview.engine.request import BlendRequest, LoadedChair, Position
from voxview.gui.session.edit import Edit
from voxview.gui.session.selection import Selection
from voxview.gui.session.session import Session
from voxview.shapes.chair import Chair

EDIT = Edit().with_number(10, 3.0)


def chair(name: str) -> Chair:
    return Chair(name, name, "test", lambda: np.zeros((32, 32, 32), np.bool_))


def loaded(one: Chair, number: float, lowest: int) -> LoadedChair:
    grid = np.zeros((32, 32, 32), np.bool_)
    grid[:, lowest:] = True
    nothing: Any = None
    latent = np.full((8, 8), number, np.float32)
    return LoadedChair(one, grid, nothing, 1.0, nothing, nothing, 0, 0, latent)


A, B, C = chair("a"), chair("b"), chair("c")


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    return []


@pytest.fixture
def session(qapp: object, monkeypatch: pytest.MonkeyPatch, requests: list[object]) -> Session:
    """Return a session whose requests go into a list."""
    session = Session()
    monkeypatch.setattr(session.engine, "blend", requests.append)
    monkeypatch.setattr(session.engine, "decode", requests.append)
    session.selection.choose(a=A, b=B)
    return session


@pytest.fixture
def selection(session: Session) -> Selection:
    """Return the selection of a pair that is loaded."""
    session.engine.pair_loaded.emit(loaded(A, 0.0, 1), loaded(B, 1.0, 4))
    return session.selection


def test_an_edit_is_decoded_from_the_blend_at_the_selected_position(
    selection: Selection, requests: list[object]
) -> None:
    selection.move(Position(0.25))
    selection.set_edit(EDIT)
    request = requests[-1]
    assert isinstance(request, LatentRequest) and request.is_edit and request.edited_at == 0.25
    assert request.latent[1, 2] == 3 and (np.delete(request.latent, 10) == 0.25).all()
    assert request.floor == 4, "it should stand where the higher-standing of its chairs stands"


def test_an_edit_of_a_pair_that_is_still_loading_waits_for_it(
    session: Session, requests: list[object]
) -> None:
    selection = session.selection
    selection.set_edit(EDIT)
    assert isinstance(requests[-1], BlendRequest), "the pair first"
    session.engine.pair_loaded.emit(loaded(A, 0.0, 1), loaded(B, 1.0, 4))
    assert isinstance(requests[-1], LatentRequest) and requests[-1].latent[1, 2] == 3


def test_when_a_pair_s_latents_are_refined_the_other_numbers_are_those_of_the_new_blend(
    session: Session, selection: Selection, requests: list[object]
) -> None:
    selection.set_edit(EDIT)
    session.engine.pair_loaded.emit(loaded(A, 2.0, 1), loaded(B, 4.0, 4))
    request = requests[-1]
    assert isinstance(request, LatentRequest)
    assert request.latent[1, 2] == 3 and request.latent[0, 0] == 3 == request.latent[7, 7]


def test_each_change_is_announced_once(selection: Selection, requests: list[object]) -> None:
    heard: list[object] = []
    selection.edit_changed.connect(heard.append)
    before = len(requests)
    for edit in (EDIT, EDIT, None, None):
        selection.set_edit(edit)
    assert heard == [EDIT, None] and len(requests) == before + 2
    assert isinstance(requests[-1], BlendRequest)


@pytest.mark.parametrize("how", ["slider", "mix", "pair", "weights"])
def test_what_ends_an_edit(session: Session, selection: Selection, how: str) -> None:
    heard: list[object] = []
    selection.set_edit(EDIT)
    selection.edit_changed.connect(heard.append)
    {
        "slider": lambda: selection.move(selection.position),
        "mix": lambda: selection.show_mix(MixRequest((A, B, C), (1.0, 0.0, 0.0))),
        "pair": lambda: selection.take("B", C),
        "weights": lambda: session.engine.weights_changed.emit(None),
    }[how]()
    assert selection.edit is None and heard == [None]


def test_pointing_at_the_map_goes_before_an_edit_and_back_to_it(
    selection: Selection, requests: list[object]
) -> None:
    selection.set_edit(EDIT)
    selection.point_at(LatentRequest(np.zeros((8, 8), np.float32), "a spot"))
    assert selection.is_pointing and selection.edit == EDIT
    selection.stop_pointing()
    assert isinstance(requests[-1], LatentRequest) and requests[-1].is_edit


def test_an_edit_ends_a_mix(selection: Selection, requests: list[object]) -> None:
    selection.show_mix(MixRequest((A, B), (0.5, 0.5)))
    selection.set_edit(EDIT)
    assert selection.mix is None and isinstance(requests[-1], LatentRequest)


def test_an_edit_stays_where_the_pair_is_swapped_or_computed_elsewhere(selection: Selection) -> None:
    selection.set_edit(EDIT)
    selection.swap()
    selection.compute_on(device="cpu")
    selection.set_remove_small_components(True)
    assert selection.edit == EDIT


def test_numbers_that_cannot_be_decoded_are_said_and_given_up(
    session: Session, selection: Selection, requests: list[object]
) -> None:
    said: list[str] = []
    selection.error.connect(said.append)
    selection.set_edit(EDIT)
    session.engine.edit_refused.emit(requests[-1], "the field is not finite")
    assert selection.edit is None and said == ["these numbers cannot be decoded: the field is not finite"]
    assert isinstance(requests[-1], BlendRequest)


def test_a_refused_pair_takes_its_edit_and_its_mix_with_it(session: Session, selection: Selection) -> None:
    for mix in (None, MixRequest((A, C), (0.5, 0.5))):
        selection.put_edit(EDIT)
        selection.put((A, C), Position(0.5), mix)
        session.engine.blend_refused.emit(BlendRequest(A, C, 0.5), "C is gone")
        assert selection.pair == (A, B) and selection.edit is None and selection.mix is None
