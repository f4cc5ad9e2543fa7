"""Chairs from pictures: that are opened, dropped or pasted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from voxview.gui.context.app_context import AppContext
from voxview.gui.context.chair_maker import ChairMaker

if TYPE_CHECKING:  # the bare window must not wait for NumPy, and a window without a picture not for Pillow
    from voxview.engine.request import Device
    from voxview.gui.pictures.chairs import PictureSource
    from voxview.gui.pictures.dialog import PictureDialog
    from voxview.gui.pictures.reading import EngineReader, Reader
    from voxview.gui.pictures.several import Batch
    from voxview.pictures.read import Picture
    from voxview.shapes.chair import Chair


class PicturesFeature(ChairMaker["Batch"]):
    """Makes chairs of pictures: of one in a dialog, of several as they are."""

    made_of = "a picture"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.load_reader: Callable[[Device], Reader] | None = None
        """Makes what reads pictures on a device, on the engine's thread; None: the program's own."""
        self._read: EngineReader | None = None

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
        search = self.catalog_search()
        search.found.connect(dialog.search)
        search.start()
        dialog.read(load)
        dialog.open()

    def _take_made(self, dialog: PictureDialog) -> None:
        from voxview.gui.pictures.chairs import picture_chair

        if dialog.made is None:
            return
        self.take_chair(picture_chair(dialog.source, dialog.made), dialog.letter)

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
        if batch.pictures:
            self.make_when_ready(batch)
        else:
            names = ", ".join(batch.unreadable)
            self.context.notifications.error(f"none of the pictures can be read: {names}")

    def make_batch(self, batch: Batch) -> None:
        """Make chairs of pictures that were read, each with its whole crop."""
        from voxview.gui.pictures.several import make_all, summary

        def done(value: object) -> None:
            chairs: list[Chair] = value  # type: ignore[assignment]
            self.list_batch(chairs, summary(batch, chairs), is_whole=not batch.unreadable)

        self.context.session.tasks.run("Making chairs of pictures", make_all(batch, self._reader()), done)

    # ---- what is made when it is first used -------------------------------------------------------

    def _reader(self) -> EngineReader:
        from voxview.gui.pictures.reading import EngineReader

        if self._read is None:
            self._read = EngineReader(self.load_reader)
        return self._read
