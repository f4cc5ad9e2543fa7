"""Between the person's choices and the engine: asks for blends, and tells the window what came of it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from voxview.engine.device import DeviceReport
from voxview.engine.events import (
    Broken,
    DecodedAhead,
    Event,
    Measured,
    MixRefused,
    PairLoaded,
    Ready,
    Refused,
    TaskCancelled,
    TaskDone,
    TaskFailed,
    TaskProgress,
    WeightsChanged,
    WeightsRefused,
)
from voxview.engine.mix import MixRequest, MixResult
from voxview.engine.path_scores import PathScores
from voxview.engine.request import Backend, BlendRequest, BlendResult, Device, LoadedChair
from voxview.errors import VoxViewError
from voxview.gui.bridge import Bridge
from voxview.gui.state import Blending
from voxview.model.shipped import DEFAULT_WEIGHTS, WeightsCard
from voxview.shapes.chair import Chair

if TYPE_CHECKING:
    from voxview.engine.engine import Engine
    from voxview.engine.latent_request import LatentRequest
    from voxview.engine.worker import EngineThread, Work

_REMEMBERED_MOVES = 256


class Session(QObject):
    """The one place that changes the pair, the position, the backend and the device."""

    ready = Signal(object, str)
    """The engine answers from now on: its `DeviceReport` and the weights' name."""
    pair_changed = Signal()
    """Another pair is wanted; its pictures follow."""
    pair_loaded = Signal(object, object)
    """Two `LoadedChair`s: A and B as they are."""
    position_changed = Signal(float)
    blended = Signal(object)
    """A `BlendResult` to show."""
    decoded = Signal(object)
    """A `LatentResult` to show in the blend's place, until the next blend."""
    mixed = Signal(object)
    """A `MixResult` to show in the blend's place."""
    mix_left = Signal()
    """The pair's blend is wanted again, and no mix."""
    ahead = Signal(int, int)
    scored = Signal(object)
    """The `PathScores` of the pair that is wanted, as far as they are known."""
    weights_changed = Signal(object)
    """Other weights answer from now on: their `WeightsCard`. What was computed before was theirs before."""
    measured = Signal(object)
    error = Signal(str)
    note = Signal(str)
    task_started = Signal(int, str)
    task_step = Signal(int, int, int)
    task_ended = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.blending = Blending()
        self.report: DeviceReport | None = None
        self.weights = ""
        self.card: WeightsCard | None = None
        """What the weights in use are; None before the engine is ready."""
        self._loaded: tuple[LoadedChair, LoadedChair] | None = None
        self._scores: PathScores | None = None
        self.result: BlendResult | None = None
        """The blend that was shown last."""
        self.mix: MixRequest | None = None
        """The mix that is wanted; None while the pair's blend is."""
        self.mix_result: MixResult | None = None
        """The mix that is shown; None while the pair's blend is."""
        self._thread: EngineThread | None = None
        self._bridge = Bridge(self)
        self._bridge.heard.connect(self._hear)
        self._bridge.blended.connect(self._show)
        self._bridge.decoded.connect(self.decoded)
        self._moves: deque[tuple[object, float]] = deque(maxlen=_REMEMBERED_MOVES)
        self._endings: dict[int, Callable[[object], None]] = {}
        self._watchers: dict[int, Callable[[object], None]] = {}

    # ---- life -----------------------------------------------------------------------------------

    def start(self, build: Callable[[], Engine] | None = None, weights: str = "") -> None:
        """Start the engine's thread, which imports torch and loads `weights`, or the default ones."""
        from voxview.engine.worker import EngineThread

        self._thread = EngineThread(build or partial(self._build, weights), self._bridge.emit_event)
        self._thread.start()

    def stop(self) -> bool:
        """Cancel everything and wait for the engine's thread; True if it has ended."""
        self._bridge.close()
        thread, self._thread = self._thread, None
        return thread is None or thread.stop()

    def _build(self, weights: str) -> Engine:
        """The engine, on its own thread; with the default weights if those that are asked for are broken."""
        from voxview.engine.engine import Engine

        try:
            return Engine(weights or None)
        except VoxViewError as error:
            if weights in ("", DEFAULT_WEIGHTS):
                raise
            self._bridge.emit_event(WeightsRefused(f"{error}; the default weights are in use"))
            return Engine()

    # ---- what the person chooses ----------------------------------------------------------------

    def choose(self, *, a: Chair | None = None, b: Chair | None = None, t: float | None = None) -> None:
        """Take other chairs for A, for B or for both, and another position with them."""
        self._leave_mix()
        self.blending.a = a or self.blending.a
        self.blending.b = b or self.blending.b
        if t is not None and self.blending.set_position(t):
            self.position_changed.emit(self.blending.t)
        self._ask_for_pair()

    def swap(self) -> None:
        """Exchange A and B; the blend stays what it is."""
        self._leave_mix()
        self.blending.swap()
        self.position_changed.emit(self.blending.t)
        self._ask_for_pair()

    def move(self, t: float) -> None:
        """Move to a position between A and B."""
        was_mix = self._leave_mix()
        if self.blending.set_position(t) or was_mix:
            self.position_changed.emit(self.blending.t)
            self._moves.append((self.blending.t, time.perf_counter()))
            self._ask()

    def show_mix(self, request: MixRequest) -> None:
        """Show a mix in the blend's place from now on, computed where blends are."""
        self.mix = replace(request, backend=self.blending.backend, device=self.blending.device)
        self._moves.append((self.mix, time.perf_counter()))
        self._ask()

    def leave_mix(self) -> None:
        """Go back to the pair's blend."""
        if self._leave_mix():
            self._ask()

    def compute_on(self, *, backend: Backend | None = None, device: Device | None = None) -> None:
        """Compute elsewhere from now on."""
        self.blending.backend = backend or self.blending.backend
        self.blending.device = device or self.blending.device
        self._ask()

    def use_weights(self, choice: str) -> None:
        """Load other weights, a shipped name or a file, for this pair and all that follow."""
        if self._thread is None or self.report is None:
            self.note.emit("the engine has not started yet: try again in a moment")
            return
        title = f"Loading the weights {WeightsCard(choice).title}"
        number = self._thread.use_weights(title, choice)
        self._endings[number] = lambda _: None
        self.task_started.emit(number, title)

    def remove_crumbs(self, on: bool) -> None:
        """Leave small loose pieces out of what is shown and exported, or show blends as they are decoded."""
        self.blending.remove_crumbs = on
        self._ask()

    def point_at(self, request: LatentRequest | None) -> None:
        """Show what is at a place in the latent space; None: the pair's blend again."""
        if request is None:
            self._ask()
        elif self._thread is not None and self.report is not None:
            self._thread.decode(request)

    def measure_again(self) -> None:
        """Run the whole path live on every device, a few times."""
        request = self.blending.request()
        if request is None:
            return
        emit = self._bridge.emit_event

        def work(engine: Engine) -> Generator[tuple[int, int], None, object]:
            from voxview.engine.engine import MEASURED_RUNS

            total = MEASURED_RUNS * len(engine.devices)
            done = 0
            for event in engine.measure(request):
                if event is not None:
                    emit(event)
                    done += 1
                yield done, total
            return None

        self.run("Measuring", work, lambda _: None)

    def run(
        self,
        title: str,
        work: Work,
        then: Callable[[object], None],
        meanwhile: Callable[[object], None] | None = None,
    ) -> int | None:
        """Queue a long task on the engine's thread; `then` gets its value on this one.

        `meanwhile` gets what a step shows before the end, where the task's steps do.
        """
        if self._thread is None:
            return None
        number = self._thread.run(title, work)
        self._endings[number] = then
        if meanwhile is not None:
            self._watchers[number] = meanwhile
        self.task_started.emit(number, title)
        return number

    def cancel(self, number: int) -> None:
        """Stop a long task before its next step."""
        if self._thread is not None:
            self._thread.cancel(number)

    @property
    def scores(self) -> PathScores | None:
        """What is known of the path between A and B; None before anything is."""
        scores = self._scores
        if scores is None or not self.blending.is_wanted(scores.request.a, scores.request.b):
            return None
        return scores

    def milliseconds_since_asked(self, t: object) -> float | None:
        """How long ago the person moved to t, or asked for this mix, once; None if nobody did."""
        now = time.perf_counter()
        found = None
        while self._moves and any(asked == t for asked, _ in self._moves):
            asked, at = self._moves.popleft()
            if asked == t:
                found = (now - at) * 1e3
        return found

    # ---- asking ---------------------------------------------------------------------------------

    def _ask_for_pair(self) -> None:
        self._moves.clear()
        self.pair_changed.emit()
        # The engine tells these once. It may never hear of a pair that was wanted for a moment, and need not
        # load the one before it again.
        if self._loaded is not None and self.blending.is_wanted(*(loaded.chair for loaded in self._loaded)):
            self.pair_loaded.emit(*self._loaded)
        if self.scores is not None:
            self.scored.emit(self.scores)
        self._ask()

    def _ask(self) -> None:
        request = self.blending.request()
        if request is None or self._thread is None or self.report is None:
            return
        if self.mix is None or not self._is_loaded(request):
            self._thread.blend(request)  # the pair first: a mix waits until both are on screen
        else:
            self.mix = replace(self.mix, backend=request.backend, device=request.device)
            self._thread.blend(self.mix)

    def _is_loaded(self, request: BlendRequest) -> bool:
        """Whether the request's pair is on screen."""
        return self._loaded is not None and (request.a, request.b) == tuple(one.chair for one in self._loaded)

    def _leave_mix(self) -> bool:
        """No mix is wanted any more; True if one was."""
        was_mix, self.mix, self.mix_result = self.mix is not None, None, None
        if was_mix:
            self.mix_left.emit()
        return was_mix

    # ---- hearing --------------------------------------------------------------------------------

    def _hear(self, event: Event) -> None:
        match event:
            case Ready(report, weights, card):
                self.report, self.weights, self.card = report, weights, card
                self._loaded = None
                self.blending.backend, self.blending.device = report.best_backend, report.best_device
                self.ready.emit(report, weights)
                self._ask()
            case WeightsChanged(weights, card):
                self.weights, self.card = weights, card
                self._loaded = self._scores = None
                self.weights_changed.emit(card)
                self._ask()
            case WeightsRefused(message):
                self.error.emit(message)
            case Broken(message):
                self.error.emit(message)
            case PairLoaded(a, b):
                if self.blending.is_wanted(a.chair, b.chair):
                    self.blending.loaded(a.chair, b.chair)
                    self._loaded = a, b
                    self.pair_loaded.emit(a, b)
                    if self.mix is not None:
                        self._ask()  # it waited for the pair
            case Refused(request, message):
                if self.blending.is_wanted(request.a, request.b):
                    self.error.emit(message)
                    if self.blending.go_back():
                        self._ask_for_pair()
            case MixRefused(request, message):
                if self._is_mix_wanted(request):
                    self.error.emit(message)
                    self.leave_mix()
            case DecodedAhead(done, total, scores):
                self.ahead.emit(done, total)
                if scores is not None:
                    self._scores = scores
                    if self.scores is not None:
                        self.scored.emit(scores)
            case Measured():
                self.measured.emit(event)
            case TaskProgress(task, _, done, total, value):
                self.task_step.emit(task, done, total)
                if value is not None and task in self._watchers:
                    self._watchers[task](value)
            case TaskDone(task, _, value):
                self._end_task(task)(value)
            case TaskFailed(task, title, message):
                self._end_task(task)
                self.error.emit(f"{title} failed: {message}")
            case TaskCancelled(task, title):
                self._end_task(task)
                self.note.emit(f"{title} was cancelled; what it had finished is whole")

    def _end_task(self, task: int) -> Callable[[object], None]:
        """Forget a task; what was to be called with its value comes back."""
        self._watchers.pop(task, None)
        self.task_ended.emit(task)
        return self._endings.pop(task)

    def _show(self, result: BlendResult | MixResult) -> None:
        if isinstance(result, MixResult):
            self._show_mix(result)
            return
        if self.mix is not None or not self.blending.is_wanted(result.request.a, result.request.b):
            return
        if result.notice:
            self.note.emit(result.notice)
        self.result = result
        self.blended.emit(result)

    def _show_mix(self, result: MixResult) -> None:
        if not self._is_mix_wanted(result.request):
            return
        if result.notice:
            self.note.emit(result.notice)
        self.mix_result = result
        self.mixed.emit(result)

    def _is_mix_wanted(self, request: MixRequest) -> bool:
        """Whether a mix of these chairs is wanted: of a drag, every picture is shown that comes."""
        return self.mix is not None and self.mix.chairs == request.chairs
