"""What features share that make chairs of files of another kind, such as pictures and clouds of points."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Feature
from voxview.gui.context.imported import list_imported

if TYPE_CHECKING:  # the bare window must not wait for NumPy
    from voxview.gui.context.catalog_search import CatalogSearch
    from voxview.shapes.chair import Chair

Batch = TypeVar("Batch")
"""Several files that were read."""


class ChairMaker(Feature, Generic[Batch]):
    """Base class of these features: lists what was made, and has batches wait for the engine."""

    made_of: str
    """What chairs are made of, as in "no chair can be made of points"."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._search: CatalogSearch | None = None
        self._waiting: list[Batch] = []
        """What was named on the command line, say, and waits for an engine."""
        context.session.engine.ready.connect(self._go_on)

    def stop(self) -> None:
        """Drop the catalog that is being read."""
        if self._search is not None:
            self._search.stop()

    def catalog_search(self) -> CatalogSearch:
        """Return the search for the nearest chair of the listed catalog, made when it is first used."""
        from voxview.gui.context.catalog_search import CatalogSearch

        if self._search is None:
            self._search = CatalogSearch(self.context.session, self.context.listing, self)
        return self._search

    def take_chair(self, chair: Chair, letter: str) -> None:
        """List a chair that was made in a dialog; it is A or B then, unless the letter is empty."""
        chair = list_imported(self.context, chair)
        self.reveal.emit(chair)
        if letter:
            self.context.session.selection.take(letter, chair)
        else:
            self.context.notifications.note(f"{chair.name} is imported: press A or B to take it")

    def make_when_ready(self, batch: Batch) -> None:
        """Make the chairs of a batch once there is an engine; say where there will be none."""
        engine = self.context.session.engine
        if engine.failure:
            self.context.notifications.error(f"no chair can be made of {self.made_of}: {engine.failure}")
        elif engine.is_ready:
            self.make_batch(batch)
        else:
            self._waiting.append(batch)

    @abstractmethod
    def make_batch(self, batch: Batch) -> None:
        """Queue what makes the chairs of a batch; the engine is ready."""

    def list_batch(self, chairs: Sequence[Chair], summary: str, *, is_whole: bool) -> None:
        """List the chairs of a batch, and say what came of it."""
        listed = [list_imported(self.context, chair) for chair in chairs]
        if listed:
            self.reveal.emit(listed[-1])
        # A note leaves by itself, an error stays until it was read.
        say = self.context.notifications.note if is_whole else self.context.notifications.error
        say(summary)

    def _go_on(self) -> None:
        waiting, self._waiting = self._waiting, []
        for batch in waiting:
            self.make_when_ready(batch)
