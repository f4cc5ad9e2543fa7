"""Opening, importing and exporting: from the menu, by dropping, or named on the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from voxview.counts import counted
from voxview.engine.request import LoadedChair
from voxview.errors import VoxViewError
from voxview.gui.context.actions import ActionSpec
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Feature
from voxview.gui.context.folder_reading import read_folder
from voxview.gui.context.imported import list_imported
from voxview.gui.files.chair_files import ChairFiles
from voxview.gui.files.dropped import Sorted, file_kinds, held_image, local_files, sort_files
from voxview.gui.files.export_choice import ExportChoice, Subject, What
from voxview.gui.files.exporter import Exporter
from voxview.gui.files.imported import read_all
from voxview.gui.files.turn_offer import TurnOffer
from voxview.gui.files.watcher import FileWatch
from voxview.gui.session.session_file import is_session_name
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.chair import Chair
from voxview.shapes.io.there import is_folder

if TYPE_CHECKING:
    from voxview.engine.export.options import ExportOptions
    from voxview.engine.pace import Pace
    from voxview.model.orientation import FoundOrientation
    from voxview.surface.camera import Camera


_SAID = 2
"""Notices of files that are said beside what was imported; there is one line for all of it."""


class FilesFeature(Feature):
    """Reads and writes files; whatever fails leaves the window as it was."""

    pictures_came = Signal(list)
    """Paths of pictures, to make chairs of."""
    points_came = Signal(list)
    """Paths of clouds of points, to make chairs of."""
    session_came = Signal(object)
    """The path of a session, to open it."""
    image_came = Signal(QImage)
    """An image that is in no file."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.exporter = Exporter(context)
        self.camera: Callable[[], Camera] = _default_camera
        """From where pictures are taken: from where the window's view is."""
        self._offer = TurnOffer(context.session, context.notifications, self.turn, self)
        self.watch = FileWatch(context, self)
        self.chair_files = ChairFiles(context, self)
        self.chair_files.reveal.connect(self.reveal)

    @property
    def actions(self) -> Sequence[ActionSpec]:
        """Opening, importing, exporting."""
        return (
            ActionSpec(
                "open_folder",
                "&File",
                0,
                "&Open data folder…",
                self.open_folder,
                "Ctrl+O",
                "open-folder",
                tip="List the chairs of a folder: ShapeNet, or any files of shapes",
            ),
            ActionSpec(
                "import_shape",
                "&File",
                0,
                "&Import shapes, pictures or scans…",
                self.import_shape,
                "Ctrl+I",
                "import",
                tip="Read chairs from files, one or several, and take them as A or B",
            ),
            ActionSpec(
                "paste",
                "&File",
                0,
                "&Paste a picture or files",
                self.paste,
                "Ctrl+V",
                tip="Make a chair of the picture or the files on the clipboard",
            ),
            ActionSpec(
                "export_blend",
                "&File",
                1,
                "&Export…",
                self.export_blend,
                "Ctrl+E",
                "export",
                tip="Write what is on screen to files: shapes, pictures, films",
            ),
            ActionSpec(
                "export_morph",
                "&File",
                1,
                "Export &morph…",
                self.export_morph,
                "Ctrl+Shift+E",
                "morph",
                tip="Write the whole way from A to B to files",
            ),
            *self.chair_files.actions,
        )

    def stop(self) -> None:
        """Watch no files any more."""
        self.watch.stop()

    # ---- in -------------------------------------------------------------------------------------

    def open_folder(self) -> None:
        """Ask for a folder of chairs, and list it."""
        folder = QFileDialog.getExistingDirectory(
            self.context.dialog_parent, "Open data folder", str(self.context.settings.folder)
        )
        if folder:
            self.open(Path(folder))

    def import_shape(self) -> None:
        """Ask for files: a shape, and how it stands, a picture, points and what part counts, or several."""
        names, _ = QFileDialog.getOpenFileNames(
            self.context.dialog_parent,
            "Import shapes, pictures or scans",
            str(self.context.settings.folder),
            file_kinds(),
        )
        self.take_files([Path(name) for name in names])

    def paste(self) -> None:
        """Take files that were copied, or a picture from the clipboard."""
        data = QGuiApplication.clipboard().mimeData()
        self.take_data(local_files(data), held_image(data))

    def take_data(self, paths: list[Path], image: QImage, letter: str = "") -> None:
        """Take what was dropped or pasted: files, or else an image; where there is neither, say so.

        With a letter the first shape becomes A or B.
        """
        if paths:
            self.take_files(paths, letter)
        elif not image.isNull():
            self.image_came.emit(image)
        else:
            self.context.notifications.note("there is no picture and no file to take: copy one first")

    def open(self, folder: Path, then_pair: bool = False) -> None:
        """List the chairs of a folder, beside what is listed already; with `then_pair` show its first two."""

        def listed(catalog: Catalog) -> None:
            self.context.listing.clear_search()
            self.context.listing.add_catalog(catalog)
            self.context.changes.use_listed()
            if catalog.notice:
                self.context.notifications.note(catalog.notice)
            self.context.settings.remember("folder", str(folder))
            if then_pair and len(catalog) > 1:
                self.context.session.selection.choose(a=catalog[0], b=catalog[1])

        read_folder(self.context, folder, listed, self.context.notifications.error)

    def ask_how_it_stands(self, path: Path, letter: str = "") -> None:
        """Show a preview in which a person can turn the shape, then import it, as A or B with a letter."""
        from voxview.gui.files.import_dialog import ImportDialog
        from voxview.gui.files.orientation_search import OrientationSearch

        dialog = ImportDialog(path, self.context.dialog_parent)
        dialog.search_with(OrientationSearch(self.context.session, dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.accepted.connect(lambda: self.add_chair(dialog.chair, letter))
        dialog.open()

    def import_all(self, paths: list[Path], then_pair: bool = False, letter: str = "") -> None:
        """Import shape files as they stand; with `then_pair` the first becomes A and the second B, with a
        letter the first that one.

        Pictures and clouds of points among them are passed on.
        """
        files = sort_files(paths)
        self._pass_on(files)
        if files.shapes:
            self.context.background.run(
                "Importing",
                partial(read_all, files.shapes),
                partial(self._imported, then_pair, letter),
                self.context.notifications.error,
            )

    def add_chair(self, chair: Chair | None, letter: str = "") -> None:
        """List an imported chair, select it, and take it or say what can be done with it."""
        if chair is None:
            return
        chair = list_imported(self.context, chair)
        self.reveal.emit(chair)
        if letter:
            self.context.session.selection.take(letter, chair)
        else:
            self.context.notifications.note(f"{chair.name} is imported: press A or B to take it")

    def turn(self, loaded: LoadedChair, found: FoundOrientation) -> None:
        """Turn a chair so that it stands as it is held best; where it is A or B, that is the new one.

        One of a folder stays in its list, any other becomes an import; files stay as they are.
        """
        from voxview.gui.files.imported import orientation_of, turn_imported

        said = (
            "turned; its file is as it was: 'voxview convert IN OUT --up auto --turn auto' "
            "writes one that stands"
        )
        listed = self.context.listing.now(loaded.chair)
        if listed is not None and self.context.listing.catalog_of(listed) is not None:
            self.chair_files.turn_so([listed], found.best.orientation.after(orientation_of(listed)))
            self.context.notifications.note(f"{listed.name} is {said}")
            return
        turned = list_imported(self.context, turn_imported(loaded.chair, loaded.grid, found.best.orientation))
        selection = self.context.session.selection
        for letter, selected in zip("AB", selection.pair, strict=True):
            if selected == loaded.chair:
                selection.take(letter, turned)
        self.reveal.emit(turned)
        self.context.notifications.note(f"{turned.name} is among the imported files now, {said}")

    def take_files(self, paths: list[Path], letter: str = "") -> None:
        """Open a folder as a catalog; import shapes, a single one after its preview; pass the rest on."""
        for folder in (path for path in paths if is_folder(path)):
            self.open(folder)
        for session in [path for path in paths if is_session_name(path)][:1]:
            self.session_came.emit(session)
        files = sort_files(path for path in paths if not (is_folder(path) or is_session_name(path)))
        if len(files.shapes) == 1:
            self.ask_how_it_stands(files.shapes[0], letter)
        elif files.shapes:
            self.import_all(files.shapes, letter=letter)
        self._pass_on(files)

    def _pass_on(self, files: Sorted) -> None:
        """Pass on what is no shape yet."""
        if files.pictures:
            self.pictures_came.emit(files.pictures)
        if files.points:
            self.points_came.emit(files.points)

    def _imported(self, then_pair: bool, letter: str, read: tuple[list[Chair], list[str]]) -> None:
        chairs = [list_imported(self.context, chair) for chair in read[0]]
        said = "".join(f"; {line}" for line in read[1][:_SAID])
        self.reveal.emit(chairs[-1])
        if then_pair:
            self.context.session.selection.choose(a=chairs[0], b=chairs[1] if len(chairs) > 1 else None)
        if letter:
            self.context.session.selection.take(letter, chairs[0])
            self.reveal.emit(chairs[0])
        if said or not then_pair:
            self.context.notifications.note(
                f"{counted(len(chairs), 'file')} imported: press A or B to take one{said}"
            )

    # ---- out ------------------------------------------------------------------------------------

    def export_blend(self) -> None:
        """Ask how what is in the middle now is written, and write that, whatever is there meanwhile."""
        self._ask("there is nothing to export yet: wait for the first blend", What.SHOWN)

    def export_morph(self) -> None:
        """Ask how the whole path is written, and write it."""
        self._ask("there is no morph to export yet: wait for the first blend", What.MORPH)

    def export_to(self, path: Path) -> None:
        """Write what is in the middle; the suffix decides how."""
        from voxview.engine.export.options import FORMATS, PARTS_FORMAT, SET_FORMATS, check_formats

        result = self.context.session.shown.result
        if result is not None:
            try:
                known = [kind for kind in (*FORMATS, PARTS_FORMAT) if kind not in SET_FORMATS]
                formats = check_formats([path.suffix], known)
            except VoxViewError as error:
                self.context.notifications.error(str(error))
                return
            self.exporter.write_file(result, path, self._as_on_screen(formats))

    def export_morph_to(
        self,
        folder: Path,
        steps: int,
        formats: tuple[str, ...],
        chairs: tuple[Chair, Chair] | None = None,
        pace: Pace = "linear",
    ) -> int | None:
        """Write the whole path between two chairs, those on screen if none are named, to a folder.

        That is done on the engine's thread; the task's number comes back.
        """
        chairs = chairs or self.context.session.shown.chairs
        if chairs is None:
            return None
        options = self._as_on_screen(formats)
        choice = ExportChoice(What.MORPH, options, folder.parent, folder.name, steps=steps, pace=pace)
        return self.exporter.write_blends(chairs, choice)

    def _ask(self, nothing_yet: str, what: What) -> None:
        """Show the export dialog, and write what it answers."""
        shown = self.context.session.shown
        if shown.result is None:
            self.context.notifications.note(nothing_yet)
            return
        from voxview.gui.files.export_dialog import ExportDialog

        subject = Subject(shown.result, shown.chairs, shown.pair)
        dialog = ExportDialog(self.context, subject, what, self.camera())
        dialog.finished.connect(dialog.deleteLater)
        dialog.accepted.connect(lambda: self.exporter.write_or_ask(subject, dialog.choice()))
        dialog.open()

    def _as_on_screen(self, formats: tuple[str, ...]) -> ExportOptions:
        """Return the options with which files are what is seen."""
        from voxview.engine.export.options import ExportOptions, PictureOptions

        selection = self.context.session.selection
        return ExportOptions(
            formats,
            surface_resolution=selection.surface_resolution,
            remove_small_components=selection.remove_small_components,
            picture=PictureOptions(camera=self.camera()),
        )


def _default_camera() -> Camera:
    from voxview.surface.camera import DEFAULT_CAMERA

    return DEFAULT_CAMERA
