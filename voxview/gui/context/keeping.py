"""Keeper of the state: takes it whenever it changes, makes steps of the changes, and puts states back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from voxview.engine.request import Position
from voxview.gui.context.listing import Listing
from voxview.gui.context.playback import Playback
from voxview.gui.context.settings import Settings
from voxview.gui.session.history import History, Step
from voxview.gui.session.session import Session
from voxview.gui.session.state import Aspect, State, drag_between, plain_mix, step_title

if TYPE_CHECKING:
    from PySide6.QtCore import Qt

_LOOKED_AT_MS = 60
"""How often is looked whether a drag is over."""
_KEYS_SECONDS = 0.5
"""Presses of a key within that time of each other are one step."""


class Keeper(QObject):
    """Owner of the steps. A drag, held keys and playing are one step each."""

    stepped = Signal()
    """There is another step, or another one is the present one."""
    rested = Signal()
    """Something is different from before, and nothing is being dragged: what is kept may be written."""

    def __init__(
        self,
        session: Session,
        listing: Listing,
        playback: Playback,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._listing, self._playback, self._settings = session, listing, playback, settings
        self.history = History()
        self.aspects: dict[str, Aspect] = {}
        self._undone: frozenset[str] = frozenset()
        self._dragged: frozenset[str] = frozenset()
        self._pending: State | None = None
        """What becomes a step: when a drag ends, or all together that changes at once."""
        self._pending_kind = ""
        self._was_dragged = False
        self._changed_at = 0.0
        self._is_putting = False
        self._wanted_weights = ""
        """Those of a state that was put back, until they are loaded."""
        self._late_weights = ""
        """Those of a state that was put back before the engine was there."""
        self._weights_task: int | None = None
        self._opened_as = ""
        """What the next step is called where it is none of the usual ones."""
        self._came_from: int | None = None
        """The step from which the present one was reached by undo, redo or the list."""
        self._rest = QTimer(self, interval=_LOOKED_AT_MS)
        self._rest.timeout.connect(self._look_whether_it_rests)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.flush)
        session.selection.requested.connect(self.note)
        session.selection.refused.connect(self._forget_refused)
        session.parts.switched.connect(self.note)
        session.parts.hidden_changed.connect(self.note)
        session.engine.weights_changed.connect(self._take_weights)
        session.engine.ready.connect(self._take_first_weights)
        session.tasks.stopped.connect(self._give_up_weights)
        listing.catalogs_changed.connect(self.note)
        listing.catalog_removed.connect(self.note)

    def register(self, aspect: Aspect) -> None:
        """Keep something else as well; call `note` whenever it changes."""
        self.aspects[aspect.name] = aspect
        if aspect.is_undone:
            self._undone |= {aspect.name}
        if aspect.is_dragged:
            self._dragged |= {aspect.name}

    # ---- the present state ----------------------------------------------------------------------

    def take(self) -> State:
        """Return the present state with everything that files keep."""
        return self._taken(self._in_files)

    @property
    def kept_step(self) -> Step | None:
        """The state before the last step as files keep it; None where the step was one that they do not."""
        step, now = self.history.last, self.history.current
        if step is None or now is None:
            return None
        # The state of an earlier start, which comes from a file, has none of these.
        others = [name for name in step.state.aspects if name in self.aspects and name not in self._in_files]
        if any(step.state.aspects[name] != now.aspects.get(name) for name in others):
            return None
        state = step.state
        for name in others:
            state = state.without(name)
        return step._replace(state=state)

    @property
    def _in_files(self) -> frozenset[str]:
        return frozenset(name for name, aspect in self.aspects.items() if aspect.is_in_files)

    @property
    def weights(self) -> str:
        """The weights in use, or those that are on their way."""
        card = self._session.engine.card
        return self._wanted_weights or (card.choice if card else self._settings.text("weights"))

    def put(self, state: State, title: str = "") -> None:
        """Put a state back, aspects that are no steps included, as one step with this title."""
        self.step(title, lambda: self._put(state, self._in_files))

    def step(self, title: str, act: Callable[[], None]) -> None:
        """Do something that is one step, called by this title, whatever changes with it."""
        self.flush()
        self._opened_as = title
        act()
        self.note()
        self.flush()
        self._opened_as = ""

    # ---- steps ----------------------------------------------------------------------------------

    def note(self, _: object = None) -> None:
        """Take note of a change, whatever it is; what is no change does nothing."""
        if self._is_putting:
            return
        now = self._taken(self._undone)
        current = self.history.current
        if current is None or (self._session.shown.result is None and not self._opened_as):
            # Nothing of this start has been seen yet that one could want back.
            self.history.begin(now) if current is None else self.history.replace_current(now)
            return
        latest = self._pending or current
        if now == latest:
            return
        kind = drag_between(latest, now, self._dragged)
        if self._pending is None:
            self._pending_kind = kind
        elif self._pending_kind and kind != self._pending_kind:
            self.flush()
            self._pending_kind = kind
        self._pending = now
        self._changed_at = time.monotonic()
        if not self._pending_kind:
            self._soon.start()
        elif not self._rest.isActive():
            self._was_dragged = False
            self._rest.start()

    def flush(self) -> None:
        """Make a step of what is being dragged, now."""
        self._rest.stop()
        self._soon.stop()
        after, self._pending = self._pending, None
        before = self.history.current
        if after is None or before is None or after == before:
            return
        self._came_from = None
        self.history.push(self._opened_as or step_title(before, after, self.aspects), after)
        self._opened_as = ""
        self.stepped.emit()
        self.rested.emit()

    def undo(self) -> None:
        """Go back by one step."""
        self.flush()
        self.go(self.history.place - 1)

    def redo(self) -> None:
        """Go forth by one step that was undone."""
        self.flush()
        self.go(self.history.place + 1)

    def go(self, place: int) -> None:
        """Go to a place in the list of steps, with one request to the engine."""
        self.flush()
        came_from = self.history.place
        state = self.history.go(place)
        if state is not None:
            self._came_from = came_from
            self._put(state, self._undone)
            self.stepped.emit()
            self.rested.emit()

    def put_at_start(self, state: State, before: Step | None = None) -> None:
        """Begin with a state, as no step. Its weights are those that the engine is started with.

        `before` is the last step of an earlier run, which can be undone. Aspects that wait for the first
        picture come with `put_late`.
        """
        self._wanted_weights = state.weights
        self._put(state, frozenset(name for name in self._in_files if not self._is_late(name)))
        self.history.begin(self._taken(self._undone))
        if before is not None:
            self.history.put_before(before)
            self.stepped.emit()

    @property
    def is_putting(self) -> bool:
        """Whether a state is being put back: pages that open with it leave what is on screen alone."""
        return self._is_putting

    def put_late(self, state: State) -> None:
        """Put the aspects back that wait for the first picture of a start."""
        self._is_putting = True
        try:
            self._put_aspects(state, frozenset(name for name in self.aspects if self._is_late(name)))
        finally:
            self._is_putting = False

    def with_late(self, state: State, other: State) -> State:
        """Return a state with the aspects of another that wait for the first picture of a start."""
        late = {name: other.aspects[name] for name in other.aspects if self._is_late(name)}
        return replace(state, aspects={**state.aspects, **late})

    # ---- inside ---------------------------------------------------------------------------------

    def _taken(self, names: frozenset[str] | dict[str, Aspect]) -> State:
        selection = self._session.selection
        return State(
            selection.a,
            selection.b,
            selection.position.t,
            plain_mix(selection.mix),
            self.weights,
            self._listing.imported,
            {name: self.aspects[name].take() for name in names},
        )

    def _put(self, state: State, names: frozenset[str]) -> None:
        self._playback.pause()
        self._is_putting = True
        try:
            if state.imported != self._listing.imported:
                self._listing.set_imported(state.imported)
            self._put_aspects(state, names)
            if state.weights and state.weights != self.weights:
                self._want_weights(state.weights)
            self._session.selection.put((state.a, state.b), Position.clipped(state.t), plain_mix(state.mix))
        finally:
            self._is_putting = False

    def _put_aspects(self, state: State, names: frozenset[str]) -> None:
        for name, value in state.aspects.items():
            aspect = self.aspects.get(name) if name in names else None
            if aspect is not None and aspect.take() != value and aspect.is_valid(value):
                aspect.put(value)

    def _is_late(self, name: str) -> bool:
        return name in self.aspects and self.aspects[name].is_late

    def _want_weights(self, weights: str) -> None:
        if self._session.engine.is_ready:
            self._wanted_weights = weights
            self._weights_task = self._session.tasks.change_weights(weights)
        else:
            self._late_weights = weights

    def _take_weights(self, _: object) -> None:
        """Take over weights that were loaded: a step, unless a step wanted them."""
        was_wanted = bool(self._wanted_weights)
        self._wanted_weights, self._weights_task = "", None
        current = self.history.current
        now = self._taken(self._undone)
        has_stayed = current is not None and replace(now, aspects={}) == replace(current, aspects={})
        if was_wanted and current is not None and has_stayed and now != current:
            self._put(current, self._undone)  # what belongs to weights went with those before
        self.note()

    def _take_first_weights(self, _: object) -> None:
        self._wanted_weights, late, self._late_weights = "", self._late_weights, ""
        if late and late != self.weights:
            self._want_weights(late)
        self.note()

    def _give_up_weights(self, task: int) -> None:
        """Keep the weights that are in use where those of a step cannot be loaded."""
        if task == self._weights_task:
            self._wanted_weights, self._weights_task = "", None
            self.history.replace_current(self._taken(self._undone))
            self.stepped.emit()

    def _forget_refused(self) -> None:
        """Leave out the step to a pair that cannot be used; the one before it is selected next."""
        self.flush()
        self.history.forget_current(self._came_from)
        self._came_from = None
        self.stepped.emit()

    def _look_whether_it_rests(self) -> None:
        """End a step when the mouse is released, or no key has been pressed for a moment."""
        if _pressed().value or self._playback.playing:
            self._was_dragged = True
        elif self._was_dragged or time.monotonic() - self._changed_at > _KEYS_SECONDS:
            self.flush()


_pressed: Callable[[], Qt.MouseButton] = QGuiApplication.mouseButtons
