"""From chairs and the parts that each gives to a chair of them, on the engine's thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from voxview.errors import VoxViewError
from voxview.gui.session.at_rest import AtRest, Check
from voxview.gui.session.labelling import Labelling
from voxview.gui.session.session import Session
from voxview.shapes.chair import Chair

if TYPE_CHECKING:
    from voxview.engine.engine import Engine


@dataclass(frozen=True)
class Exchanged:
    """A chair of parts of several ones."""

    chair: Chair
    lacking: tuple[int, ...]
    """Parts that the chairs that should give them have not: they are left out."""


class Exchanging(QObject):
    """Makes such chairs, of which only the newest is wanted; a slider that moves ends it."""

    made = Signal(object)
    """An `Exchanged`."""
    failed = Signal(str)
    """Why there is none, in one line."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parts = session.parts
        self._at_rest = AtRest(session.engine, session.selection, "exchange of parts", self)
        session.selection.position_changed.connect(self.drop)
        session.selection.pair_changed.connect(self.drop)

    def want(self, choices: Mapping[int, Chair | None]) -> None:
        """Make the chair whose parts come from others, by label; None leaves a part out."""
        labelling = self._parts.labelling
        try:
            labelling.require()
        except VoxViewError as error:
            self.failed.emit(str(error))
            return
        self._at_rest.want(
            partial(_exchange, choices, labelling), self.made.emit, self.failed.emit, at_once=True
        )

    def drop(self) -> None:
        """Want none any more."""
        self._at_rest.drop()


def _exchange(
    choices: Mapping[int, Chair | None], labelling: Labelling, engine: Engine, check: Check
) -> Exchanged:
    from voxview.engine.exchange import exchanged_chair
    from voxview.shapes.parts import SEAT

    labels = {
        chair: labelling.label(engine, engine.grid(chair), check)
        for chair in choices.values()
        if chair is not None
    }
    named: dict[int, Chair | None] = {}
    lacking = []
    for part, chair in choices.items():
        has_none = chair is not None and part != SEAT and not (labels[chair] == part).any()
        if has_none:
            lacking.append(part)
        # It is read once for all: a mesh may take a second.
        named[part] = None if chair is None or has_none else replace(chair, read=partial(engine.grid, chair))
    chair = exchanged_chair(named, lambda grid: labelling.label(engine, grid, check))
    return Exchanged(chair, tuple(lacking))
