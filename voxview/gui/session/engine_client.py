"""The engine as the GUI thread sees it: requests go out, events come back as signals."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from voxview.engine.device import DeviceReport
from voxview.engine.events import (
    Answered,
    BlendRefused,
    DecodedAhead,
    EditRefused,
    EngineFailed,
    Event,
    Measured,
    MixRefused,
    PairLoaded,
    Ready,
    WeightsChanged,
    WeightsRefused,
)
from voxview.engine.mix import MixRequest
from voxview.engine.request import BlendRequest
from voxview.errors import VoxViewError
from voxview.gui.session.bridge import Bridge
from voxview.model.weights_card import DEFAULT_WEIGHTS, WeightsCard

if TYPE_CHECKING:
    from voxview.engine.engine import Engine
    from voxview.engine.latent_request import LatentRequest
    from voxview.engine.tasks import Work
    from voxview.engine.thread import EngineThread


_CLOSING_SECONDS = 0.7
"""For the step that runs when the window is closed: a fifth of a second, unless PyTorch is being imported."""


class EngineClient(QObject):
    """Owns the engine's thread. Requests made before the engine is ready are dropped: `ready` comes later."""

    ready = Signal(object)
    """The engine answers from now on: its `DeviceReport`."""
    weights_changed = Signal(object)
    """Other weights answer from now on: their `WeightsCard`. What was computed before is of those before."""
    pair_loaded = Signal(object, object)
    """Two `LoadedChair`s, A and B: read and encoded, or encoded again."""
    blend_refused = Signal(object, str)
    """A `BlendRequest` that cannot be answered, and the reason in one line."""
    mix_refused = Signal(object, str)
    edit_refused = Signal(object, str)
    """A `MixRequest` that cannot be answered, and the reason in one line."""
    decoded_ahead = Signal(object)
    """A `DecodedAhead`: how much of the path is ready, and its scores."""
    measured = Signal(object)
    """A `Measured`: one live run on one device."""
    answered = Signal(object)
    """An `Answered`, with the number that `ask` returned."""
    task_event = Signal(object)
    """An event of a long task: see `Tasks`."""
    error = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.report: DeviceReport | None = None
        """What the machine can compute on; None before the engine is ready."""
        self.card: WeightsCard | None = None
        """The weights in use; None before the engine is ready."""
        self.weights = ""
        self.failure = ""
        """Why there will be no engine, in one line; empty unless that is so."""
        self._held_for: set[str] = set()
        """Why what nobody waits for has to wait, too."""
        self.bridge = Bridge(self)
        self.bridge.arrived.connect(self._dispatch)
        self._thread: EngineThread | None = None
        self._questions = itertools.count(1)

    # ---- life -----------------------------------------------------------------------------------

    def start(self, build: Callable[[], Engine] | None = None, weights: str = "") -> None:
        """Start the engine's thread, which imports torch and loads `weights`, or the default ones."""
        from voxview.engine.thread import EngineThread

        self._thread = EngineThread(build or partial(self._build, weights), self.bridge.put)
        self._thread.start()

    def stop(self) -> bool:
        """Cancel everything and wait for the engine's thread; return whether it has ended."""
        self.bridge.close()
        thread, self._thread = self._thread, None
        return thread is None or thread.stop(_CLOSING_SECONDS)

    # ---- requests -------------------------------------------------------------------------------

    @property
    def is_ready(self) -> bool:
        """Whether requests are answered."""
        return self._thread is not None and self.report is not None

    def blend(self, request: BlendRequest | MixRequest) -> None:
        """Request a blend or a mix; one that still waits is replaced by this one."""
        if self._thread is not None and self.report is not None:
            self._thread.blend(request)

    def decode(self, request: LatentRequest) -> None:
        """Request the chair at a place in the latent space; one that still waits is replaced."""
        if self._thread is not None and self.report is not None:
            self._thread.decode(request)

    def ask(self, work: Callable[[Engine], object], topic: str = "") -> int | None:
        """Request a short piece of work and return the number of its answer; None before the engine is ready.

        One of the same topic that still waits is replaced: it has no answer.
        """
        if self._thread is None or self.report is None:
            return None
        number = next(self._questions)
        self._thread.ask(number, work, topic)
        return number

    @property
    def holds_idle_work(self) -> bool:
        """Whether what nobody waits for waits."""
        return bool(self._held_for)

    def hold_idle_work(self, on: bool, why: str) -> None:
        """Let what nobody waits for wait, such as decoding ahead, until nothing holds it any more."""
        (self._held_for.add if on else self._held_for.discard)(why)
        if self._thread is not None:
            self._thread.hold_idle_work(self.holds_idle_work)

    def queue(self, title: str, work: Work) -> int | None:
        """Queue a long task and return its number; None before the thread has started."""
        return None if self._thread is None else self._thread.run(title, work)

    def queue_weights(self, title: str, choice: str) -> int | None:
        """Queue the change to other weights and return the task's number; None before there are any."""
        return (
            None if self._thread is None or self.report is None else self._thread.use_weights(title, choice)
        )

    def cancel(self, number: int) -> None:
        """Stop a long task before its next step."""
        if self._thread is not None:
            self._thread.cancel(number)

    def hasten(self, number: int) -> bool:
        """Let a long task that waits be the next one; return whether it is now."""
        return self._thread is not None and self._thread.hasten(number)

    # ---- events ---------------------------------------------------------------------------------

    def _build(self, weights: str) -> Engine:
        """Build the engine, on its own thread; with the default weights if the chosen ones are broken."""
        from voxview.engine.ahead import compile_ahead

        compile_ahead()  # before the import of PyTorch, which takes as long

        from voxview.engine.engine import Engine

        try:
            return Engine(weights or None)
        except VoxViewError as error:
            if weights in ("", DEFAULT_WEIGHTS):
                raise
            self.bridge.put(WeightsRefused(f"{error}; the default weights are in use"))
            return Engine()

    def _dispatch(self, event: Event) -> None:
        match event:
            case Ready(report, weights, card):
                self.report, self.weights, self.card = report, weights, card
                self.ready.emit(report)
            case WeightsChanged(weights, card):
                self.weights, self.card = weights, card
                self.weights_changed.emit(card)
            case WeightsRefused(message):
                self.error.emit(message)
            case EngineFailed(message):
                self.failure = message
                self.error.emit(message)
            case PairLoaded(a, b):
                self.pair_loaded.emit(a, b)
            case BlendRefused(request, message):
                self.blend_refused.emit(request, message)
            case MixRefused(request, message):
                self.mix_refused.emit(request, message)
            case EditRefused(request, message):
                self.edit_refused.emit(request, message)
            case Answered():
                self.answered.emit(event)
            case DecodedAhead():
                self.decoded_ahead.emit(event)
            case Measured():
                self.measured.emit(event)
            case _:
                self.task_event.emit(event)
