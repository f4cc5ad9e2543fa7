"""Which parts the three shapes on screen have, while that is wanted; made when they rest."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from voxview.engine.events import Answered
from voxview.errors import VoxViewError
from voxview.gui.session.at_rest import AtRest
from voxview.gui.session.engine_client import EngineClient
from voxview.gui.session.labelling import Labelling
from voxview.gui.session.selection import Selection

if TYPE_CHECKING:
    from voxview.shapes.frame import Field, Grid
    from voxview.shapes.parts import Labels

MIDDLE = 1
"""The place of the blend; A's is 0, B's 2. Its labels come first."""


class Parts(NamedTuple):
    """The parts of one shape, and which of them are not to be seen."""

    labels: Labels
    hidden: frozenset[int] = frozenset()

    def is_like(self, other: Parts | None) -> bool:
        """Return whether both look the same on the same shape."""
        return other is not None and self.labels is other.labels and self.hidden == other.hidden


class ShownParts(QObject):
    """Owner of the labels of what is on screen: those of a shape are there, or none are."""

    switched = Signal(bool)
    """Parts are wanted, or no longer."""
    changed = Signal(int)
    """The place whose shape has labels now, or none any more, or other hidden parts."""
    hidden_changed = Signal()
    """Other parts are hidden."""
    failed = Signal(str)
    """Why there are no labels, in one line; parts are not wanted any more."""
    note = Signal(str)

    def __init__(self, client: EngineClient, selection: Selection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.labelling = Labelling()
        self.is_on = False
        self.hidden: frozenset[int] = frozenset()
        """The parts that are not to be seen, by label."""
        self._shapes: dict[int, Grid | Field] = {}
        """What is on screen, by place."""
        self._labels: dict[int, Labels] = {}
        self._at_rest = AtRest(client, selection, "parts", self)
        self._client = client
        self._files = itertools.count(1)
        self._exports: dict[int, Callable[[Labels | None], None]] = {}
        """What waits for labels, by the number of its answer."""
        self._said = ""
        client.answered.connect(self._take_answer)

    # ---- what the person wants ------------------------------------------------------------------

    def switch(self, on: bool) -> None:
        """Want parts, or no longer: then those that were hidden come back. Says why where it cannot."""
        if on == self.is_on:
            return
        if on:
            try:
                self.labelling.require()
            except VoxViewError as error:
                self.failed.emit(str(error))
                return
        self.is_on = on
        self.hidden = frozenset()
        self.switched.emit(on)
        if on:
            for place in self._shapes:
                self._take_known(place)
            self._want_next()
        else:
            self._at_rest.drop()
            self._forget(*self._labels)

    def hide(self, part: int, hidden: bool) -> None:
        """Leave a part out of all three shapes, or show it again."""
        after = self.hidden | {part} if hidden else self.hidden - {part}
        if self.is_on and after != self.hidden:
            self.hidden = after
            self.hidden_changed.emit()
            for place in self._labels:
                self.changed.emit(place)

    # ---- what is shown --------------------------------------------------------------------------

    def show(self, shapes: Mapping[int, Grid | Field]) -> None:
        """Note what is on screen from now on, by place: labels of what was there before go."""
        before = {place: self._shapes.get(place) for place in shapes}
        self._shapes |= shapes
        if not self.is_on:
            return
        for place, voxels in shapes.items():
            if place in self._labels and _are_same(before[place], voxels):
                self.changed.emit(place)  # drawn anew, as with another surface
            else:
                self._forget(place)
                if place != MIDDLE:  # of the blend that would cost each picture of a moving slider
                    self._take_known(place)
        self._want_next()

    def of(self, place: int) -> Parts | None:
        """Return the parts of the shape in a place; None where they are not wanted or not known yet."""
        labels = self._labels.get(place)
        return None if labels is None else Parts(labels, self.hidden)

    def shares(self, place: int) -> dict[int, float]:
        """Return which share of its voxels each part has, by label; nothing where that is not known."""
        from voxview.shapes.parts import part_shares

        labels = self._labels.get(place)
        return {} if labels is None else dict(enumerate(part_shares(labels).values()))

    def for_file(self, voxels: Grid | Field, then: Callable[[Labels | None], None]) -> None:
        """Call `then` with the labels of what is exported; with None where parts are not wanted."""
        known = self.labelling.known(voxels) if self.is_on else None
        number = None
        if self.is_on and known is None:
            # Another topic each time: no file replaces another one.
            topic = f"parts of file {next(self._files)}"
            number = self._client.ask(lambda engine: self.labelling.label(engine, voxels), topic)
        if number is None:
            then(known)
        else:
            self._exports[number] = then

    # ---- inside ---------------------------------------------------------------------------------

    def _want_next(self, *, at_once: bool = False) -> None:
        """Want the labels of the next shape that has none, the blend's first."""
        missing = [place for place in (MIDDLE, 0, 2) if place in self._shapes and place not in self._labels]
        if not missing:
            self._at_rest.drop()
            return
        voxels = self._shapes[missing[0]]
        self._at_rest.want(
            lambda engine, check: self.labelling.label(engine, voxels, check),
            self._take,
            self._fail,
            at_once=at_once,
        )

    def _take(self, _labels: object) -> None:
        if self.labelling.notice != self._said:
            self._said = self.labelling.notice
            self.note.emit(self._said)
        for place in self._shapes:
            if place not in self._labels:
                self._take_known(place)
        self._want_next(at_once=True)

    def _take_known(self, place: int) -> None:
        known = self.labelling.known(self._shapes[place])
        if known is not None:
            self._labels[place] = known
            self.changed.emit(place)

    def _forget(self, *places: int) -> None:
        for place in places:
            if self._labels.pop(place, None) is not None:
                self.changed.emit(place)

    def _take_answer(self, answer: Answered) -> None:
        """Pass labels on to what is exported; a file without them is better than none."""
        then = self._exports.pop(answer.number, None)
        if then is None:
            return
        if answer.message:
            self._fail(answer.message)
        then(answer.value)  # type: ignore[arg-type]

    def _fail(self, message: str) -> None:
        self.switch(False)
        self.failed.emit(message)


def _are_same(before: Grid | Field | None, now: Grid | Field) -> bool:
    import numpy as np

    return before is now or (before is not None and np.array_equal(before, now))
