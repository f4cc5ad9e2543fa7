"""Mixes on the engine: what the weights make, what is measured, and one path with the slider's moves."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from voxview.engine.engine import Engine
from voxview.engine.events import Blended, Event, Mixed, MixRefused, PairLoaded
from voxview.engine.latent_request import LatentRequest
from voxview.engine.mix import MixRequest
from voxview.engine.request import BlendRequest
from voxview.engine.thread import EngineThread
from voxview.engine.timings import Stage
from voxview.errors import InputError
from voxview.model.attributes import measure
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.chair import Chair

CHAIRS = tuple(sample_catalog()[:8])


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine("study", device="cpu")


def test_a_single_one_is_the_chairs_own_reconstruction(engine: Engine) -> None:
    own = engine.blend(BlendRequest(CHAIRS[2], CHAIRS[0], 0.0)).field
    weights = tuple(float(i == 2) for i in range(8))
    assert np.array_equal(engine.mix(MixRequest(CHAIRS, weights)).field, own)


def test_a_mix_of_two_is_their_blend(engine: Engine) -> None:
    mix = engine.mix(MixRequest(CHAIRS[:2], (0.75, 0.25)))
    assert np.array_equal(mix.field, engine.blend(BlendRequest(*CHAIRS[:2], 0.25)).field)


def test_a_chair_minus_itself_plus_another_is_the_other(engine: Engine) -> None:
    a, c = CHAIRS[0], CHAIRS[1]
    mix = engine.mix(MixRequest((a, a, c), (1.0, -1.0, 1.0)))
    own = engine.blend(BlendRequest(a, c, 1.0)).field
    assert np.allclose(mix.field, own, atol=1e-4)


def test_a_result_is_consistent_in_itself(engine: Engine) -> None:
    mix = engine.mix(MixRequest(CHAIRS[:4], (0.25,) * 4))
    assert mix.voxels == (mix.field > 0.5).sum() > 0
    assert mix.attributes == measure(mix.grid)
    assert 0 < mix.quality.largest_share <= 1 and mix.device == "cpu" and mix.notice is None
    assert {Stage.INTERPOLATE, Stage.DECODE, Stage.SURFACE} <= set(mix.timings)


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (MixRequest((), ()), "1 to 8 chairs"),
        (MixRequest(tuple(sample_catalog()[:9]), (0.1,) * 9), "1 to 8 chairs"),
        (MixRequest(CHAIRS[:2], (1.0,)), "weight for each"),
        (MixRequest(CHAIRS[:1], (float("nan"),)), "finite"),
        (MixRequest(CHAIRS[:1], (1.0,), (("seat_height", float("inf")),)), "finite"),
        (MixRequest(CHAIRS[:1], (1.0,), (("colour", 1.0),)), "no attribute 'colour'"),
        (MixRequest(CHAIRS[:1], (1.0,), (("seat_height", 0.1),)), "not known yet"),
    ],
)
def test_a_mix_that_cannot_be_is_refused(engine: Engine, request_: MixRequest, says: str) -> None:
    with pytest.raises(InputError, match=says):
        engine.mix(request_)


def test_without_a_gpu_the_cpu_answers_and_says_so(engine: Engine) -> None:
    request = MixRequest(CHAIRS[:2], (0.5, 0.5), (), "cuda-shared", "cuda")
    mix = engine.mix(request)
    assert mix.device == "cpu" and mix.notice is not None and "CPU" in mix.notice
    assert np.array_equal(mix.field, engine.mix(replace(request, backend="numpy", device="cpu")).field)


def test_a_shift_comes_nearer_to_the_request_than_doing_nothing() -> None:
    engine = Engine("study", device="cpu")
    for _ in engine.learn_directions():
        pass
    assert list(engine.learn_directions()) == [], "learnt once"
    shift, missed = 0.12, []
    for chair in sample_catalog()[::20]:
        start = MixRequest((chair,), (1.0,))
        before = engine.mix(start).attributes.seat_height or 0.0
        result = engine.mix(replace(start, shift=(("seat_height", shift),)))
        assert result.attributes == measure(result.grid)
        decoded = engine.decode_latent(LatentRequest(result.latent, "")).field
        assert np.allclose(decoded, result.field, atol=1e-4), "its latent is what was decoded, with the step"
        missed.append(abs(before + shift - (result.attributes.seat_height or 0.0)))
    # Of half of the chairs, that is: a bench whose seat should rise may well become another bench.
    assert np.median(missed) < 0.5 * shift


def test_mixes_and_moves_share_one_mailbox_and_the_newest_is_answered(engine: Engine) -> None:
    events: list[Event] = []
    entered, go_on = threading.Event(), threading.Event()

    def read() -> np.ndarray:
        entered.set()
        go_on.wait(30)
        return CHAIRS[0].read()

    slow = Chair("slow", "slow", "test", read)
    done = threading.Event()

    def hear(event: Event) -> None:
        events.append(event)
        if isinstance(event, Mixed | MixRefused) and event_request(event).weights == (0.0, 1.0):
            done.set()

    def event_request(event: Mixed | MixRefused) -> MixRequest:
        return event.result.request if isinstance(event, Mixed) else event.request

    thread = EngineThread(lambda: engine, hear)
    thread.start()
    thread.blend(BlendRequest(slow, CHAIRS[1], 0.5))
    assert entered.wait(30)
    for share in (0.9, 0.5, 0.0):
        thread.blend(MixRequest(CHAIRS[:2], (share, 1 - share)))
    go_on.set()
    assert done.wait(30) and thread.stop()
    assert [type(event) for event in events if isinstance(event, Mixed | MixRefused)] == [Mixed]
    assert any(isinstance(event, PairLoaded) for event in events)
    assert any(isinstance(event, Blended) for event in events)


def test_a_mix_that_is_refused_says_why_and_the_thread_lives_on(engine: Engine) -> None:
    refused, mixed = threading.Event(), threading.Event()
    messages: list[str] = []

    def hear(event: Event) -> None:
        if isinstance(event, MixRefused):
            messages.append(event.message)
            refused.set()
        elif isinstance(event, Mixed):
            mixed.set()

    thread = EngineThread(lambda: engine, hear)
    thread.start()
    thread.blend(MixRequest(CHAIRS[:2], (1.0,)))
    assert refused.wait(30) and "weight for each" in messages[0]
    thread.blend(MixRequest(CHAIRS[:2], (0.5, 0.5)))
    assert mixed.wait(30) and thread.stop()
