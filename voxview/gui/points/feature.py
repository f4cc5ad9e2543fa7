"""Chairs from clouds of points: that are opened, dropped or named on the command line."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Feature
from voxview.gui.context.imported import list_imported

if TYPE_CHECKING:  # the bare window must not wait for NumPy, and a window without a cloud not for the rest
    from voxview.gui.context.catalog_search import CatalogSearch
    from voxview.gui.points.dialog import PointsDialog
    from voxview.gui.points.reading import EngineReader, LoadReader
    from voxview.gui.points.several import Batch


class PointsFeature(Feature):
    """Makes chairs of clouds: of one in a dialog, of several as they are found to stand."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.load_reader: LoadReader | None = None
        """Makes what reads points, on the engine's thread; None: the program's own."""
        self._read: EngineReader | None = None
        self._search: CatalogSearch | None = None
        self._dialog: PointsDialog | None = None
        """The one that is open."""
        self._waiting: list[Batch] = []
        """What was named on the command line, say, and waits for an engine."""
        context.session.engine.ready.connect(self._go_on)

    def take(self, paths: list[Path]) -> None:
        """Make chairs of files of points: of a single one after a person has seen what comes out."""
        if len(paths) == 1:
            self._ask(paths[0])
        elif paths:
            self._import_all(paths)

    def stop(self) -> None:
        """Close the dialog, and drop the catalog that is being read."""
        if self._dialog is not None:
            self._dialog.reject()
        if self._search is not None:
            self._search.stop()

    # ---- one ------------------------------------------------------------------------------------

    def _ask(self, path: Path) -> None:
        from voxview.gui.points.dialog import PointsDialog
        from voxview.gui.points.encoders import choices
        from voxview.gui.points.reading import PointsReading

        reading = PointsReading(self.context.session, self._reader())
        dialog = PointsDialog(path, reading, choices(), self.context.dialog_parent)
        dialog.accepted.connect(lambda: self._take_made(dialog))
        dialog.finished.connect(lambda _: self._forget(dialog))
        search = self._catalog_search()
        search.found.connect(dialog.search)
        search.start()
        dialog.read()
        dialog.open()
        self._dialog = dialog

    def _forget(self, dialog: PointsDialog) -> None:
        self._dialog = None if self._dialog is dialog else self._dialog
        dialog.deleteLater()

    def _take_made(self, dialog: PointsDialog) -> None:
        from voxview.gui.points.chairs import points_chair

        if dialog.made is None:
            return
        chair = list_imported(self.context, points_chair(dialog.path, dialog.made))
        self.reveal.emit(chair)
        if dialog.letter:
            self.context.session.selection.take(dialog.letter, chair)
        else:
            self.context.notifications.note(f"{chair.name} is imported: press A or B to take it")

    # ---- several --------------------------------------------------------------------------------

    def _import_all(self, paths: list[Path]) -> None:
        from voxview.gui.points.several import prepare_all

        self.context.background.run(
            "Reading points", partial(prepare_all, paths), self._make_all, self.context.notifications.error
        )

    def _make_all(self, batch: Batch) -> None:
        from voxview.gui.points.encoders import choices
        from voxview.gui.points.several import BatchOfChairs, make_all, summary

        if not batch.clouds:
            reasons = "; ".join(batch.refused)
            self.context.notifications.error(f"none of the clouds can be used: {reasons}")
            return
        engine = self.context.session.engine
        if engine.failure:
            self.context.notifications.error(f"no chair can be made of points: {engine.failure}")
            return
        if not engine.is_ready:
            self._waiting.append(batch)
            return

        def done(made: object) -> None:
            assert isinstance(made, BatchOfChairs)
            listed = [list_imported(self.context, chair) for chair in made.chairs]
            if listed:
                self.reveal.emit(listed[-1])
            # A note leaves by itself, an error stays until it was read.
            say = self.context.notifications.error if batch.refused else self.context.notifications.note
            say(summary(batch, made))

        work = make_all(batch, self._reader(), choices()[0].weights)
        self.context.session.tasks.run("Making chairs of points", work, done)

    def _go_on(self) -> None:
        waiting, self._waiting = self._waiting, []
        for batch in waiting:
            self._make_all(batch)

    # ---- what is made when it is first used -------------------------------------------------------

    def _reader(self) -> EngineReader:
        from voxview.gui.points.reading import EngineReader

        if self._read is None:
            self._read = EngineReader(self.load_reader)
        return self._read

    def _catalog_search(self) -> CatalogSearch:
        from voxview.gui.context.catalog_search import CatalogSearch

        if self._search is None:
            self._search = CatalogSearch(self.context.session, self.context.listing, self)
        return self._search
