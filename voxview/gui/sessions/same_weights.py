"""Whether a session comes back with the weights that it was made with, by their fingerprint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from voxview.gui.context.app_context import AppContext
from voxview.gui.session.at_rest import AtRest

if TYPE_CHECKING:
    from voxview.engine.engine import Engine


class SameWeights(QObject):
    """Knows the fingerprint of the weights in use, and says it where a session was made with others.

    A file of weights may have been trained on, and a new version of the program may bring others by a name
    that it had: chairs and numbers of a session are the same then, and what they decode to is not.
    """

    known = Signal(str)
    """The fingerprint of the weights in use; empty while it is not known."""

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._fingerprint = ""
        self._made_with: tuple[str, str] | None = None
        session = context.session
        self._at_rest = AtRest(session.engine, session.selection, "weights", self)
        session.engine.ready.connect(self._ask)
        session.engine.weights_changed.connect(self._ask)

    def expect(self, weights: str, fingerprint: str) -> None:
        """Say it once if the weights of this name turn out to have another fingerprint; empty: not known."""
        self._made_with = (weights, fingerprint) if weights and fingerprint else None
        self._compare()

    def _ask(self, _: object) -> None:
        """Have the fingerprint made when nothing else is to be done."""
        self._know("")

        def work(engine: Engine, check: object) -> str:
            return engine.weights_fingerprint

        self._at_rest.want(work, lambda value: self._know(str(value)), lambda _: None)

    def _know(self, fingerprint: str) -> None:
        self._fingerprint = fingerprint
        self.known.emit(fingerprint)
        self._compare()

    def _compare(self) -> None:
        card = self._context.session.engine.card
        if self._made_with is None or not self._fingerprint or card is None:
            return
        weights, fingerprint = self._made_with
        if weights != card.choice or weights != self._context.keeper.weights:
            return  # they are on their way
        self._made_with = None
        if fingerprint != self._fingerprint:
            self._context.notifications.note(
                f"the weights {card.title} are others than when this was saved: its blends may look otherwise"
            )
