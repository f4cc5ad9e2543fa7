"""Chairs from clouds of points: that are opened, dropped or named on the command line."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.gui.context.app_context import AppContext
from voxview.gui.context.chair_maker import ChairMaker

if TYPE_CHECKING:  # the bare window must not wait for NumPy, and a window without a cloud not for the rest
    from voxview.gui.points.dialog import PointsDialog
    from voxview.gui.points.reading import EngineReader, LoadReader
    from voxview.gui.points.several import Batch


class PointsFeature(ChairMaker["Batch"]):
    """Makes chairs of clouds: of one in a dialog, of several as they are found to stand."""

    made_of = "points"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.load_reader: LoadReader | None = None
        """Makes what reads points, on the engine's thread; None: the program's own."""
        self._read: EngineReader | None = None
        self._dialog: PointsDialog | None = None
        """The one that is open."""

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
        super().stop()

    # ---- one ------------------------------------------------------------------------------------

    def _ask(self, path: Path) -> None:
        from voxview.gui.points.dialog import PointsDialog
        from voxview.gui.points.encoders import choices
        from voxview.gui.points.reading import PointsReading

        reading = PointsReading(self.context.session, self._reader())
        dialog = PointsDialog(path, reading, choices(), self.context.dialog_parent)
        dialog.accepted.connect(lambda: self._take_made(dialog))
        dialog.finished.connect(lambda _: self._forget(dialog))
        search = self.catalog_search()
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
        self.take_chair(points_chair(dialog.path, dialog.made), dialog.letter)

    # ---- several --------------------------------------------------------------------------------

    def _import_all(self, paths: list[Path]) -> None:
        from voxview.gui.points.several import prepare_all

        self.context.background.run(
            "Reading points", partial(prepare_all, paths), self._make_all, self.context.notifications.error
        )

    def _make_all(self, batch: Batch) -> None:
        if batch.clouds:
            self.make_when_ready(batch)
        else:
            reasons = "; ".join(batch.refused)
            self.context.notifications.error(f"none of the clouds can be used: {reasons}")

    def make_batch(self, batch: Batch) -> None:
        """Make chairs of clouds that were read and cleaned, each as it is found to stand."""
        from voxview.gui.points.encoders import choices
        from voxview.gui.points.several import BatchOfChairs, make_all, summary

        def done(made: object) -> None:
            assert isinstance(made, BatchOfChairs)
            self.list_batch(made.chairs, summary(batch, made), is_whole=not batch.refused)

        work = make_all(batch, self._reader(), choices()[0].weights)
        self.context.session.tasks.run("Making chairs of points", work, done)

    # ---- what is made when it is first used -------------------------------------------------------

    def _reader(self) -> EngineReader:
        from voxview.gui.points.reading import EngineReader

        if self._read is None:
            self._read = EngineReader(self.load_reader)
        return self._read
