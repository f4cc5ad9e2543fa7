"""Opening, importing and exporting: from the menu, by dropping, or named on the command line."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from voxview.counts import counted
from voxview.engine.latent_request import LatentResult
from voxview.engine.mix import MixResult
from voxview.engine.request import LoadedChair
from voxview.engine.step import Step
from voxview.gui.context.actions import ActionSpec
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Feature
from voxview.gui.context.imported import list_imported
from voxview.gui.files.dropped import Sorted, file_kinds, held_image, local_files, sort_files
from voxview.gui.files.imported import notices_of, read_imported
from voxview.gui.files.result_writer import ResultWriter
from voxview.gui.files.turn_offer import TurnOffer
from voxview.gui.files.writing import writable
from voxview.gui.session.titles import mix_file_stem
from voxview.gui.widgets.save_path import ask_save_path, may_replace
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.chair import Chair

if TYPE_CHECKING:
    from voxview.engine.pace import Pace
    from voxview.model.orientation import FoundOrientation


_SAID = 2
"""Notices of files that are said beside what was imported; there is one line for all of it."""


class FilesFeature(Feature):
    """Reads and writes files; whatever fails leaves the window as it was."""

    pictures_came = Signal(list)
    """Paths of pictures, to make chairs of."""
    points_came = Signal(list)
    """Paths of clouds of points, to make chairs of."""
    image_came = Signal(QImage)
    """An image that is in no file."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._writer = ResultWriter(context)
        self._offer = TurnOffer(context.session, context.notifications, self.turn, self)

    @property
    def actions(self) -> Sequence[ActionSpec]:
        """Opening, importing, exporting."""
        return (
            ActionSpec(
                "open_folder", "&File", 0, "&Open data folder…", self.open_folder, "Ctrl+O", "open-folder"
            ),
            ActionSpec(
                "import_shape",
                "&File",
                0,
                "&Import a shape, picture or scan…",
                self.import_shape,
                "Ctrl+I",
                "import",
            ),
            ActionSpec("paste", "&File", 0, "&Paste a picture or files", self.paste, "Ctrl+V"),
            ActionSpec("export_blend", "&File", 1, "&Export blend…", self.export_blend, "Ctrl+E", "export"),
            ActionSpec(
                "export_morph", "&File", 1, "Export &morph…", self.export_morph, "Ctrl+Shift+E", "morph"
            ),
        )

    # ---- in -------------------------------------------------------------------------------------

    def open_folder(self) -> None:
        """Ask for a folder of chairs, and list it."""
        folder = QFileDialog.getExistingDirectory(
            self.context.dialog_parent, "Open data folder", str(self.context.settings.folder)
        )
        if folder:
            self.open(Path(folder))

    def import_shape(self) -> None:
        """Ask for a shape, and how it stands, for a picture, or for points, and what part of them counts."""
        name, _ = QFileDialog.getOpenFileName(
            self.context.dialog_parent,
            "Import a shape, picture or scan",
            str(self.context.settings.folder),
            file_kinds(),
        )
        if name:
            self.take_files([Path(name)])

    def paste(self) -> None:
        """Take files that were copied, or a picture from the clipboard."""
        data = QGuiApplication.clipboard().mimeData()
        self.take_data(local_files(data), held_image(data))

    def take_data(self, paths: list[Path], image: QImage) -> None:
        """Take what was dropped or pasted: files, or else an image; where there is neither, say so."""
        if paths:
            self.take_files(paths)
        elif not image.isNull():
            self.image_came.emit(image)
        else:
            self.context.notifications.note("there is no picture and no file to take: copy one first")

    def open(self, folder: Path, then_pair: bool = False) -> None:
        """List the chairs of a folder, beside what is listed already; with `then_pair` show its first two."""
        from voxview.shapes.catalogs.open import open_catalog

        def listed(catalog: Catalog) -> None:
            self.context.listing.clear_search()
            self.context.listing.add_catalog(catalog)
            self.context.settings.remember("folder", str(folder))
            if then_pair and len(catalog) > 1:
                self.context.session.selection.choose(a=catalog[0], b=catalog[1])

        self.context.background.run(
            f"Opening {folder.name}", partial(open_catalog, folder), listed, self.context.notifications.error
        )

    def ask_how_it_stands(self, path: Path) -> None:
        """Show a preview in which a person can turn the shape, then import it."""
        from voxview.gui.files.import_dialog import ImportDialog
        from voxview.gui.files.orientation_search import OrientationSearch

        dialog = ImportDialog(path, self.context.dialog_parent)
        dialog.search_with(OrientationSearch(self.context.session, dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.accepted.connect(lambda: self.add_chair(dialog.chair))
        dialog.open()

    def import_all(self, paths: list[Path], then_pair: bool = False) -> None:
        """Import shape files as they stand; with `then_pair` the first becomes A and the second B.

        Pictures and clouds of points among them are passed on.
        """
        files = sort_files(paths)
        self._pass_on(files)
        if files.shapes:
            self.context.background.run(
                "Importing",
                partial(_read_all, files.shapes),
                partial(self._imported, then_pair),
                self.context.notifications.error,
            )

    def add_chair(self, chair: Chair | None) -> None:
        """List an imported chair, select it, and say what can be done with it."""
        if chair is not None:
            chair = list_imported(self.context, chair)
            self.reveal.emit(chair)
            self.context.notifications.note(f"{chair.name} is imported: press A or B to take it")

    def turn(self, loaded: LoadedChair, found: FoundOrientation) -> None:
        """List a chair as an import that stands as it is held best; where it is A or B, that is the new one.

        The file and the catalog that it comes from stay as they are.
        """
        from voxview.gui.files.imported import turn_imported

        turned = list_imported(self.context, turn_imported(loaded.chair, loaded.grid, found.best.orientation))
        selection = self.context.session.selection
        for letter, selected in zip("AB", selection.pair, strict=True):
            if selected == loaded.chair:
                selection.take(letter, turned)
        self.reveal.emit(turned)
        self.context.notifications.note(
            f"{turned.name} is among the imported files now, turned; its file is as it was: "
            "'voxview convert IN OUT --up auto --turn auto' writes one that stands"
        )

    def take_files(self, paths: list[Path]) -> None:
        """Open a folder as a catalog; import shapes, a single one after its preview; pass the rest on."""
        for folder in (path for path in paths if path.is_dir()):
            self.open(folder)
        files = sort_files(path for path in paths if not path.is_dir())
        if len(files.shapes) == 1:
            self.ask_how_it_stands(files.shapes[0])
        elif files.shapes:
            self.import_all(files.shapes)
        self._pass_on(files)

    def _pass_on(self, files: Sorted) -> None:
        """Pass on what is no shape yet."""
        if files.pictures:
            self.pictures_came.emit(files.pictures)
        if files.points:
            self.points_came.emit(files.points)

    def _imported(self, then_pair: bool, read: tuple[list[Chair], list[str]]) -> None:
        chairs = [list_imported(self.context, chair) for chair in read[0]]
        said = "".join(f"; {line}" for line in read[1][:_SAID])
        self.reveal.emit(chairs[-1])
        if then_pair:
            self.context.session.selection.choose(a=chairs[0], b=chairs[1] if len(chairs) > 1 else None)
        if said or not then_pair:
            self.context.notifications.note(
                f"{counted(len(chairs), 'file')} imported: press A or B to take one{said}"
            )

    # ---- out ------------------------------------------------------------------------------------

    def export_blend(self) -> None:
        """Ask for a file, and write what is in the middle now, whatever is there when the file is chosen."""
        result = self.context.session.shown.result
        if result is None:
            self.context.notifications.note("there is nothing to export yet: wait for the first blend")
            return
        stem, kind = "blend", "blend"
        if isinstance(result, MixResult):
            stem, kind = mix_file_stem(result.request), "mix"
        elif isinstance(result, LatentResult):
            stem = kind = "chair"
        suggested = self.context.settings.folder / f"{stem}.obj"
        session = self.context.session
        kinds = writable(session.selection.surface_resolution, has_parts=session.parts.is_on)
        path = ask_save_path(self.context.dialog_parent, f"Export {kind}", suggested, kinds)
        if path is not None:
            self._writer.write(result, path)

    def export_to(self, path: Path) -> None:
        """Write what is in the middle; the suffix decides how."""
        result = self.context.session.shown.result
        if result is not None:
            self._writer.write(result, path)

    def export_morph(self) -> None:
        """Ask for a folder, steps and formats, and write the whole path."""
        from voxview.gui.files.morph_dialog import MorphDialog

        chairs = self.context.session.shown.chairs
        if chairs is None or self.context.session.shown.result is None:
            self.context.notifications.note("there is no morph to export yet: wait for the first blend")
            return
        settings = self.context.settings
        pace: Pace = "even" if settings.flag("even_pace") else "linear"
        dialog = MorphDialog(
            chairs,
            str(settings.folder),
            self.context.dialog_parent,
            pace=pace,
            surface_resolution=self.context.session.selection.surface_resolution,
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.accepted.connect(
            lambda: self.export_morph_or_ask(
                Path(dialog.folder), dialog.steps, dialog.formats, chairs, dialog.pace
            )
        )
        dialog.open()

    def export_morph_or_ask(
        self,
        folder: Path,
        steps: int,
        formats: tuple[str, ...],
        chairs: tuple[Chair, Chair] | None = None,
        pace: Pace = "linear",
    ) -> None:
        """Write the whole path; ask before it replaces a morph that is in the folder."""
        record = folder / "morph.json"
        if not record.exists() or may_replace(self.context.dialog_parent, record):
            self.export_morph_to(folder, steps, formats, chairs, pace)

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
        from voxview.engine.morph import ExportedMorph, export_morph

        chairs = chairs or self.context.session.shown.chairs
        request = self.context.session.selection.request()
        if request is None or chairs is None:
            return None
        a, b = chairs

        def done(value: object) -> None:
            assert isinstance(value, ExportedMorph)
            parts = [counted(len(value.files), "file"), *([value.pace_text] if value.pace_text else [])]
            self.context.notifications.note(
                f"the morph from {a.name} to {b.name} is in {folder}: {'; '.join(parts)}"
            )

        return self.context.session.tasks.run(
            "Exporting the morph",
            lambda engine: export_morph(
                engine,
                a,
                b,
                steps=steps,
                out=folder,
                formats=formats,
                backend=request.backend,
                device=request.device,
                remove_small_components=request.remove_small_components,
                pace=pace,
                surface_resolution=request.surface_resolution,
            ),
            done,
            kept=lambda: "the files that it had finished are whole",
        )


def _read_all(paths: list[Path]) -> Generator[Step, None, tuple[list[Chair], list[str]]]:
    """Return the chairs in some files, and notices; each is read now, so that a broken one is not listed."""
    chairs: list[Chair] = []
    notices: list[str] = []
    for path in paths:
        yield Step(len(chairs), len(paths), None, "files")
        chairs.append(read_imported(path)[0])
        notices += [f"{path.name}: {line}" for line in notices_of(chairs[-1])]
    return chairs, notices
