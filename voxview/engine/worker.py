"""The engine's own thread: a one-place mailbox for the slider, a queue for long tasks, idle work last.

The first slider move runs at once; while it runs, the newest move replaces the one that waits. Long
tasks and idle work are generators, so that between two of their steps a slider move gets its turn.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voxview.engine.events import (
    Blended,
    Broken,
    Decoded,
    Event,
    Mixed,
    MixRefused,
    PairLoaded,
    Ready,
    Refused,
    TaskCancelled,
    TaskDone,
    TaskFailed,
    TaskProgress,
    WeightsChanged,
)
from voxview.engine.latent_request import LatentRequest
from voxview.engine.mix import MixRequest
from voxview.engine.request import BlendRequest
from voxview.errors import VoxViewError

if TYPE_CHECKING:
    from voxview.engine.engine import Engine  # imports torch, which belongs to the engine's thread

log = logging.getLogger(__name__)

QUIET = 0.4
"""Seconds without a slider move before anything is measured: a live run is longer than a picture may wait."""

Step = tuple[int, int] | tuple[int, int, object]
"""How far a long task is: (done, total), and what there is so far where the task shows that."""

Work = Callable[["Engine"], Generator[Step, None, object]]
"""A long task: given the engine, yields a `Step` between its steps and returns its value."""


@dataclass
class _Task:
    number: int
    title: str
    work: Work
    replaces: bool = False
    """Whether its value is the engine that works from then on."""
    cancelled: threading.Event = field(default_factory=threading.Event)
    steps: Generator[Step, None, object] | None = None


class EngineThread:
    """Owns the engine, and with it every torch and CuPy call. Events are emitted on this thread."""

    def __init__(self, build: Callable[[], Engine], emit: Callable[[Event], None]) -> None:
        """`build` makes the engine, on this thread, once it has started; `emit` hears what happens."""
        self._build = build
        self._emit = emit
        self._changed = threading.Condition()
        self._waiting: BlendRequest | MixRequest | None = None
        self._pointed: LatentRequest | None = None
        self._tasks: deque[_Task] = deque()
        self._ahead: Iterator[Event | None] | None = None
        self._measuring: Iterator[Event | None] | None = None
        self._last_move = 0.0
        self._current: BlendRequest | None = None
        self._next: Engine | None = None
        """The engine of the next turn, if it is another one."""
        self._stopping = False
        self._numbers = itertools.count(1)
        self._thread = threading.Thread(target=self._live, name="voxview-engine", daemon=True)

    def start(self) -> None:
        """Start the thread; `Ready` or `Broken` follows."""
        self._thread.start()

    def blend(self, request: BlendRequest | MixRequest) -> None:
        """Ask for a blend, of two chairs or more. If one waits already, this one takes its place."""
        with self._changed:
            self._waiting, self._pointed = request, None
            self._changed.notify()

    def decode(self, request: LatentRequest) -> None:
        """Ask what is at a place in the latent space. If one waits already, this one takes its place.

        A blend that waits goes first: it may be the first of a pair.
        """
        with self._changed:
            self._pointed = request
            self._changed.notify()

    def run(self, title: str, work: Work) -> int:
        """Queue a long task; its number comes back in the task events and goes into `cancel`."""
        with self._changed:
            task = _Task(next(self._numbers), title, work)
            self._tasks.append(task)
            self._changed.notify()
        return task.number

    def use_weights(self, title: str, weights: str | None) -> int:
        """Queue the change to other weights, as a task. It waits for the tasks before it, which were asked of
        the weights before; `WeightsChanged` comes right before its `TaskDone`. If it fails, nothing changes.
        """

        def work(engine: Engine) -> Generator[Step, None, object]:
            yield 0, 1
            return engine.with_weights(weights)

        with self._changed:
            task = _Task(next(self._numbers), title, work, replaces=True)
            self._tasks.append(task)
            self._changed.notify()
        return task.number

    def cancel(self, number: int) -> None:
        """Stop a task before its next step; `TaskCancelled` follows."""
        with self._changed:
            for task in self._tasks:
                if task.number == number:
                    task.cancelled.set()

    def stop(self, timeout: float = 20.0) -> bool:
        """Cancel everything, let the running step end, and wait; True if the thread has ended."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    # ---- on the engine thread -------------------------------------------------------------------

    def _live(self) -> None:
        try:
            engine = self._build()
        except Exception as error:
            self._emit(Broken(_one_line(error)))
            return
        self._emit(Ready(engine.report, engine.weights, engine.card))
        while self._turn(engine):
            engine, self._next = self._next or engine, None
        for task in self._tasks:
            if task.steps is not None:
                task.steps.close()

    def _turn(self, engine: Engine) -> bool:
        """Do the most urgent thing, or wait for one; False when it is time to end."""
        with self._changed:
            while not (
                self._stopping or self._is_asked() or self._tasks or self._ahead or self._may_measure()
            ):
                self._changed.wait(QUIET if self._measuring else None)
            if self._stopping:
                return False
            request, self._waiting = self._waiting, None
            pointed = None
            if request is None:
                pointed, self._pointed = self._pointed, None
        if request is not None:
            self._answer(engine, request)
        elif pointed is not None:
            self._decode(engine, pointed)
        elif self._tasks:
            self._step_task(engine, self._tasks[0])
        elif self._ahead:
            self._ahead = self._step(engine, self._ahead)
        elif self._measuring:
            self._measuring = self._step(engine, self._measuring)
        return True

    def _is_asked(self) -> bool:
        return self._waiting is not None or self._pointed is not None

    def _may_measure(self) -> bool:
        return self._measuring is not None and time.monotonic() - self._last_move >= QUIET

    def _answer(self, engine: Engine, request: BlendRequest | MixRequest) -> None:
        self._last_move = time.monotonic()
        if isinstance(request, MixRequest):
            self._answer_mix(engine, request)
            return
        try:
            if not request.same_path(self._current):
                self._current = self._ahead = self._measuring = None
                self._emit(PairLoaded(*engine.load_pair(request.a, request.b, request.device, quick=True)))
                self._current = request
                self._ahead = engine.decode_ahead(request)
                self._measuring = engine.measure(request)
            self._emit(Blended(engine.blend(request)))
            self._current = request
        except Exception as error:
            self._emit(Refused(request, _one_line(error)))

    def _decode(self, engine: Engine, request: LatentRequest) -> None:
        self._last_move = time.monotonic()
        try:
            self._emit(Decoded(engine.decode_latent(request)))
        except Exception:
            # The mouse has moved on: the next place is asked for anyway, and the pair's blend tells errors.
            log.debug("a place that was pointed at could not be decoded", exc_info=True)

    def _answer_mix(self, engine: Engine, request: MixRequest) -> None:
        try:
            self._emit(Mixed(engine.mix(request)))
        except Exception as error:
            self._emit(MixRefused(request, _one_line(error)))

    def _step_task(self, engine: Engine, task: _Task) -> None:
        try:
            if task.cancelled.is_set():
                if task.steps is not None:
                    task.steps.close()
                self._end(task, TaskCancelled(task.number, task.title))
                return
            if task.steps is None:
                task.steps = task.work(engine)
            self._emit(TaskProgress(task.number, task.title, *next(task.steps)))
        except StopIteration as end:
            if task.replaces:
                self._replace(end.value)
            self._end(task, TaskDone(task.number, task.title, None if task.replaces else end.value))
        except Exception as error:
            self._end(task, TaskFailed(task.number, task.title, _one_line(error)))

    def _replace(self, engine: Engine) -> None:
        """Another engine from the next turn on; what the one before had begun for its pair is dropped."""
        self._next = engine
        self._current = self._ahead = self._measuring = None
        self._emit(WeightsChanged(engine.weights, engine.card))

    def _end(self, task: _Task, event: Event) -> None:
        with self._changed:
            self._tasks.remove(task)
        self._emit(event)

    def _step(self, engine: Engine, work: Iterator[Event | None]) -> Iterator[Event | None] | None:
        """One step of what nobody waits for; None when it has ended."""
        try:
            event = next(work)
            if event is not None:
                self._emit(event)
            if isinstance(event, PairLoaded) and self._current is not None:
                self._emit(Blended(engine.blend(self._current)))  # of the latents that are refined now
        except StopIteration:
            return None
        except Exception:
            # Nobody asked for this step: the request that needs it will meet the error and tell it.
            log.debug("work ahead of the slider failed", exc_info=True)
            return None
        return work


def _one_line(error: Exception) -> str:
    if isinstance(error, VoxViewError):
        return str(error)
    log.debug("unexpected error in the engine", exc_info=error)
    first = str(error).splitlines()[0] if str(error) else "no message"
    return f"something failed that should not: {type(error).__name__}: {first}; please report it"
