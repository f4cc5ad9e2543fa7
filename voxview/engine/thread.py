"""The engine's own thread: mailboxes for slider and questions, a queue for long tasks, idle work last.

The first slider move runs at once; while it runs, the newest move replaces the one that waits. Long
tasks and idle work are generators, so that between two of their steps a slider move gets its turn. The
refined encodings of a pair that was chosen come before them, too.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voxview.engine.events import (
    Answered,
    Blended,
    BlendRefused,
    Decoded,
    EditRefused,
    EngineFailed,
    Event,
    Mixed,
    MixRefused,
    PairLoaded,
    Ready,
    WeightsChanged,
)
from voxview.engine.latent_request import LatentRequest
from voxview.engine.messages import one_line
from voxview.engine.mix import MixRequest
from voxview.engine.request import BlendRequest
from voxview.engine.tasks import AnyStep, TaskQueue, Work

if TYPE_CHECKING:
    from voxview.engine.engine import Engine  # imports torch, which belongs to the engine's thread

log = logging.getLogger(__name__)

QUIET = 0.4
"""Seconds without a slider move before anything is measured: a live run is longer than a picture may wait."""


_PATIENCE = 0.25
"""Seconds after which a task gets its next step although the slider moves without a pause, as in playing."""


@dataclass(frozen=True, eq=False)
class _Question:
    """A short piece of work, and the number of its answer."""

    number: int
    work: Callable[[Engine], object]


class EngineThread:
    """The owner of the engine, and with it of every torch and CuPy call; it emits events on its thread."""

    def __init__(self, build: Callable[[], Engine], emit: Callable[[Event], None]) -> None:
        """Call `build` for the engine, on this thread, once it has started; `emit` gets every event."""
        self._build = build
        self._emit = emit
        self._changed = threading.Condition()
        self._waiting: BlendRequest | MixRequest | None = None
        self._latent: LatentRequest | None = None
        self._questions: dict[str, _Question] = {}
        """The one that waits of each topic, in the topics' order."""
        self._tasks = TaskQueue(emit)
        self._refining: Iterator[Event | None] | None = None
        self._ahead: Iterator[Event | None] | None = None
        self._measuring: Iterator[Event | None] | None = None
        self._last_move = 0.0
        self._is_held = False
        self._last_step = 0.0
        """When a task had its last step, or began to wait for its first."""
        self._current: BlendRequest | None = None
        self._next: Engine | None = None
        """The engine of the next turn, if it is another one."""
        self._stopping = False
        self._thread = threading.Thread(target=self._live, name="voxview-engine", daemon=True)

    def start(self) -> None:
        """Start the thread; the first event is `Ready` or `EngineFailed`."""
        self._thread.start()

    def blend(self, request: BlendRequest | MixRequest) -> None:
        """Request a blend, of two chairs or more. If one waits already, this one takes its place."""
        with self._changed:
            self._waiting, self._latent = request, None
            self._changed.notify()

    def decode(self, request: LatentRequest) -> None:
        """Request the chair at a place in the latent space. If one waits already, this one takes its place.

        A blend that waits goes first: it may be the first of a pair.
        """
        with self._changed:
            self._latent = request
            self._changed.notify()

    def ask(self, number: int, work: Callable[[Engine], object], topic: str = "") -> None:
        """Request a short piece of work, such as reading a picture; its event is `Answered` with the number.

        If one of the same topic waits already, this one takes its place. It goes before long tasks and after
        the slider.
        """
        with self._changed:
            self._questions[topic] = _Question(number, work)
            self._changed.notify()

    def hold_idle_work(self, on: bool) -> None:
        """Let refining, decoding ahead and measuring wait, or go on: others need the processor more."""
        with self._changed:
            self._is_held = on
            self._changed.notify()

    def run(self, title: str, work: Work) -> int:
        """Queue a long task and return its number, which its events have and `cancel` takes."""
        return self._add(title, work)

    def use_weights(self, title: str, weights: str | None) -> int:
        """Queue the change to other weights as a task, and return its number.

        The tasks before it keep the weights that they were queued for; `WeightsChanged` comes right before
        its `TaskDone`. If it fails, nothing changes.
        """

        def work(engine: Engine) -> Generator[AnyStep, None, object]:
            yield 0, 1
            return engine.with_weights(weights)

        return self._add(title, work, self._replace)

    def cancel(self, number: int) -> None:
        """Stop a task before its next step; its last event is `TaskCancelled`."""
        self._tasks.cancel(number)

    def hasten(self, number: int) -> bool:
        """Let a task that waits be the next one; return whether it is now (see `TaskQueue.hasten`)."""
        return self._tasks.hasten(number)

    def stop(self, timeout: float = 20.0) -> bool:
        """Cancel everything, let the running step end, and wait; return whether the thread has ended."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _add(self, title: str, work: Work, deliver: Callable[[Engine], None] | None = None) -> int:
        with self._changed:
            if not self._tasks:
                self._last_step = time.monotonic()
            number = self._tasks.add(title, work, deliver)
            self._changed.notify()
        return number

    # ---- on the engine thread -------------------------------------------------------------------

    def _live(self) -> None:
        try:
            engine = self._build()
        except Exception as error:
            self._emit(EngineFailed(one_line(error)))
            return
        self._emit(Ready(engine.report, engine.weights, engine.card))
        while self._turn(engine):
            engine, self._next = self._next or engine, None
        self._tasks.close()

    def _turn(self, engine: Engine) -> bool:
        """Do the most urgent thing, or wait for one; return False when it is time to end."""
        with self._changed:
            while not (self._stopping or self._has_work()):
                self._changed.wait(QUIET if self._measuring else None)
            if self._stopping:
                return False
            request = self._take_request()
        self._tasks.end_cancelled()
        if isinstance(request, LatentRequest):
            self._decode(engine, request)
        elif isinstance(request, _Question):
            self._reply(engine, request)
        elif request is not None:
            self._answer(engine, request)
        elif self._refining and not self._is_held:
            self._refining = self._step(engine, self._refining)
        elif self._tasks:
            self._tasks.step(engine)
            self._last_step = time.monotonic()
        elif self._ahead:
            self._ahead = self._step(engine, self._ahead)
        elif self._measuring:
            self._measuring = self._step(engine, self._measuring)
        return True

    def _take_request(self) -> BlendRequest | MixRequest | LatentRequest | _Question | None:
        """Return the request that is next, if there is one; it waits where a task is overdue."""
        if self._tasks and time.monotonic() - self._last_step >= _PATIENCE:
            return None
        request, self._waiting = self._waiting, None
        if request is not None:
            return request
        latent, self._latent = self._latent, None
        if latent is not None:
            return latent
        return self._questions.pop(next(iter(self._questions))) if self._questions else None

    def _has_work(self) -> bool:
        """Return whether there is anything to do now; measuring waits until the slider is quiet."""
        requests = self._waiting, self._latent
        if self._tasks or self._questions or any(request is not None for request in requests):
            return True
        if self._is_held:
            return False
        if self._refining or self._ahead:
            return True
        return self._measuring is not None and time.monotonic() - self._last_move >= QUIET

    def _answer(self, engine: Engine, request: BlendRequest | MixRequest) -> None:
        self._last_move = time.monotonic()
        if isinstance(request, MixRequest):
            self._answer_mix(engine, request)
            return
        try:
            if not request.same_path(self._current):
                self._drop_pair()
                self._load_pair(engine, request)
                self._refining = engine.refine(request)
                self._ahead = engine.decode_ahead(request)
            self._match_surfaces(engine, request)
            self._emit(Blended(engine.blend(request)))
            self._current = request
        except Exception as error:
            self._emit(BlendRefused(request, one_line(error)))

    def _match_surfaces(self, engine: Engine, request: BlendRequest | MixRequest | LatentRequest) -> None:
        """Load the pair once more where its surfaces are of another resolution than what is shown with it."""
        resolution = request.surface_resolution
        if self._current is not None and self._current.surface_resolution != resolution:
            self._load_pair(engine, replace(self._current, surface_resolution=resolution))

    def _load_pair(self, engine: Engine, request: BlendRequest) -> None:
        loaded = engine.load_pair(
            request.a,
            request.b,
            request.device,
            quick=True,
            surface_resolution=request.surface_resolution,
        )
        self._emit(PairLoaded(*loaded))
        self._current = request
        self._measuring = engine.measure(request)

    def _answer_mix(self, engine: Engine, request: MixRequest) -> None:
        try:
            self._match_surfaces(engine, request)
            self._emit(Mixed(engine.mix(request)))
        except Exception as error:
            self._emit(MixRefused(request, one_line(error)))

    def _decode(self, engine: Engine, request: LatentRequest) -> None:
        self._last_move = time.monotonic()
        try:
            self._match_surfaces(engine, request)
            self._emit(Decoded(engine.decode_latent(request)))
        except Exception as error:
            if request.is_edit:
                self._emit(EditRefused(request, one_line(error)))
                return
            # The mouse has moved on: the next place comes anyway, and the pair's blend reports errors.
            log.debug("a place that was pointed at could not be decoded", exc_info=True)

    def _reply(self, engine: Engine, question: _Question) -> None:
        try:
            self._emit(Answered(question.number, question.work(engine)))
        except Exception as error:
            self._emit(Answered(question.number, None, one_line(error)))

    def _replace(self, engine: Engine) -> None:
        """Take another engine from the next turn on, and drop what the one before had begun for its pair."""
        self._next = engine
        self._drop_pair()
        self._emit(WeightsChanged(engine.weights, engine.card))

    def _drop_pair(self) -> None:
        self._current = self._refining = self._ahead = self._measuring = None

    def _step(self, engine: Engine, work: Iterator[Event | None]) -> Iterator[Event | None] | None:
        """Do one step of what nobody waits for; return the work, or None when it has ended."""
        try:
            event = next(work)
            if event is not None:
                self._emit(event)
            if isinstance(event, PairLoaded) and self._current is not None:
                self._emit(Blended(engine.blend(self._current)))  # of the latents that are refined now
        except StopIteration:
            return None
        except Exception:
            # Nobody waits for this step: the request that needs it will meet the error and report it.
            log.debug("work ahead of the slider failed", exc_info=True)
            return None
        return work
