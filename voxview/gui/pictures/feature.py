"""Chairs from pictures: that are opened, dropped or pasted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Feature
from voxview.gui.context.imported import list_imported

if TYPE_CHECKING:  # the bare window must not wait for NumPy, and a window without a picture not for Pillow
    from voxview.engine.request import Device
    from voxview.gui.context.catalog_search import CatalogSearch
    from voxview.gui.pictures.chairs import PictureSource
    from voxview.gui.pictures.dialog import PictureDialog
    from voxview.gui.pictures.reading import EngineReader, Reader
    from voxview.gui.pictures.several import Batch
    from voxview.pictures.read import Picture
    from voxview.shapes.chair import Chair


class PicturesFeature(Feature):
    """Makes chairs of pictures: of one in a dialog, of several as they are."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.load_reader: Callable[[Device], Reader] | None = None
        """Makes what reads pictures on a device, on the engine's thread; None: the program's own."""
        self._read: EngineReader | None = None
        self._search: CatalogSearch | None = None
        self._waiting: list[Batch] = []
        """What was named on the command line, say, and waits for an engine."""
        context.session.engine.ready.connect(self._go_on)

    def take(self, paths: list[Path]) -> None:
        """Make chairs of picture files: of a single one after a person has seen what comes out."""
        if len(paths) == 1:
            self._ask_about_file(paths[0])
        elif paths:
            self._import_all(paths)

    def take_image(self, image: QImage) -> None:
        """Make a chair of an image that is in no file, such as one from the clipboard."""
        from voxview.errors import InputError
        from voxview.gui.pictures.chairs import PictureSource
        from voxview.gui.pictures.images import pixels_of
        from voxview.pictures.read import picture_from_array

        try:
            pixels = pixels_of(image)
        except InputError as error:
            self.context.notifications.error(str(error))
            return
        self._ask(PictureSource.of_pixels(pixels), partial(picture_from_array, pixels))

    def stop(self) -> None:
        """Drop the catalog that is being read."""
        if self._search is not None:
            self._search.stop()

    # ---- one ------------------------------------------------------------------------------------

    def _ask_about_file(self, path: Path) -> None:
        from voxview.gui.pictures.chairs import PictureSource
        from voxview.pictures.read import read_picture

        self._ask(PictureSource.of_file(path), partial(read_picture, path))

    def _ask(self, source: PictureSource, load: Callable[[], Picture]) -> None:
        from voxview.gui.pictures.dialog import PictureDialog
        from voxview.gui.pictures.reading import PictureReading

        reading = PictureReading(self.context.session, self._reader())
        dialog = PictureDialog(source, reading, self.context.dialog_parent)
        dialog.accepted.connect(lambda: self._take_made(dialog))
        dialog.finished.connect(dialog.deleteLater)
        search = self._catalog_search()
        search.found.connect(dialog.search)
        search.start()
        dialog.read(load)
        dialog.open()

    def _take_made(self, dialog: PictureDialog) -> None:
        from voxview.gui.pictures.chairs import picture_chair

        if dialog.made is None:
            return
        chair = list_imported(self.context, picture_chair(dialog.source, dialog.made))
        self.reveal.emit(chair)
        if dialog.letter:
            self.context.session.selection.take(dialog.letter, chair)
        else:
            self.context.notifications.note(f"{chair.name} is imported: press A or B to take it")

    # ---- several --------------------------------------------------------------------------------

    def _import_all(self, paths: list[Path]) -> None:
        from voxview.gui.pictures.several import prepare_all

        self.context.background.run(
            "Reading pictures",
            partial(prepare_all, paths),
            self._make_all,
            self.context.notifications.error,
        )

    def _make_all(self, batch: Batch) -> None:
        from voxview.gui.pictures.several import make_all, summary

        if not batch.pictures:
            names = ", ".join(batch.unreadable)
            self.context.notifications.error(f"none of the pictures can be read: {names}")
            return
        engine = self.context.session.engine
        if engine.failure:
            self.context.notifications.error(f"no chair can be made of a picture: {engine.failure}")
            return
        if not engine.is_ready:
            self._waiting.append(batch)
            return

        def done(value: object) -> None:
            chairs: list[Chair] = value  # type: ignore[assignment]
            listed = [list_imported(self.context, chair) for chair in chairs]
            if listed:
                self.reveal.emit(listed[-1])
            # A note leaves by itself, an error stays until it was read.
            say = self.context.notifications.error if batch.unreadable else self.context.notifications.note
            say(summary(batch, listed))

        self.context.session.tasks.run("Making chairs of pictures", make_all(batch, self._reader()), done)

    def _go_on(self) -> None:
        waiting, self._waiting = self._waiting, []
        for batch in waiting:
            self._make_all(batch)

    # ---- what is made when it is first used -------------------------------------------------------

    def _reader(self) -> EngineReader:
        from voxview.gui.pictures.reading import EngineReader

        if self._read is None:
            self._read = EngineReader(self.load_reader)
        return self._read

    def _catalog_search(self) -> CatalogSearch:
        from voxview.gui.context.catalog_search import CatalogSearch

        if self._search is None:
            self._search = CatalogSearch(self.context.session, self.context.listing, self)
        return self._search
