"""Places that are pointed at go through the engine's thread without a queue, and never before a blend."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from test_thread import A, B, C, Heard

from voxview.engine import events
from voxview.engine.engine import Engine
from voxview.engine.latent_request import LatentRequest
from voxview.engine.request import BlendRequest
from voxview.engine.thread import EngineThread


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine("study", device="cpu")


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def thread(heard: Heard, engine: Engine) -> Iterator[EngineThread]:
    thread = EngineThread(lambda: engine, heard)
    thread.start()
    heard.until(lambda e: isinstance(e, events.Ready))
    yield thread
    assert thread.stop(), "the engine thread outlived its test"


def _request(value: float) -> LatentRequest:
    return LatentRequest(np.full((8, 8), value, np.float32), str(value))


def _decoded(event: events.Event) -> str | None:
    return event.result.request.name if isinstance(event, events.Decoded) else None


def test_a_chairs_latent_decodes_to_its_reconstruction(engine: Engine) -> None:
    latent = engine.encode_unrefined(A.read()[None], "cpu")[0]
    result = engine.decode_latent(LatentRequest(latent, A.name))
    blend = engine.blend(BlendRequest(A, B, 0.0))
    assert np.allclose(result.field, blend.field, atol=1e-4)
    assert len(result.surface.faces) and result.grid.shape == (32, 32, 32)


def test_of_many_places_the_last_is_decoded_and_most_are_skipped(thread: EngineThread, heard: Heard) -> None:
    for place in range(200):
        thread.decode(_request(place / 1000))
    heard.until(lambda e: _decoded(e) == "0.199")
    assert sum(isinstance(event, events.Decoded) for event in heard.all) < 100


def test_a_place_never_takes_the_turn_of_a_pair_that_waits(thread: EngineThread, heard: Heard) -> None:
    thread.blend(BlendRequest(A, B, 0.5))
    thread.blend(BlendRequest(A, C, 0.5))
    for place in range(20):
        thread.decode(_request(place / 1000))
    heard.until(lambda e: isinstance(e, events.Blended) and e.result.request.b == C)
    heard.until(lambda e: _decoded(e) == "0.019")


def test_going_back_to_the_blend_forgets_the_place_that_waits(thread: EngineThread, heard: Heard) -> None:
    thread.blend(BlendRequest(A, B, 0.5))  # reading and encoding: what comes now has to wait
    thread.decode(_request(0.0))
    thread.blend(BlendRequest(A, B, 0.25))
    heard.until(lambda e: isinstance(e, events.Blended) and e.result.request.t == 0.25)
    after = [_decoded(e) for e in heard.all[_first_blend(heard, 0.25) :]]
    assert not any(after)


def _first_blend(heard: Heard, t: float) -> int:
    return next(
        i for i, e in enumerate(heard.all) if isinstance(e, events.Blended) and e.result.request.t == t
    )
