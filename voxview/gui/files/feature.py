"""Opening, importing and exporting: from the menu, by dropping, or named on the command line."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from voxview.counts import counted
from voxview.engine.latent_request import LatentResult
from voxview.engine.mix import MixRequest, MixResult
from voxview.engine.request import BlendRequest, LoadedChair
from voxview.engine.step import Step
from voxview.gui.context.actions import ActionSpec
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Feature
from voxview.gui.files.imported import read_imported
from voxview.gui.files.turn_offer import TurnOffer
from voxview.gui.session.shown import Result
from voxview.gui.session.surface_texts import SURFACE_NAMES, is_fine
from voxview.gui.session.titles import mix_file_stem, mix_title
from voxview.gui.widgets.save_path import ask_save_path, may_replace
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.chair import Chair

if TYPE_CHECKING:
    from voxview.engine.pace import Pace
    from voxview.model.orientation import FoundOrientation

_WRITABLE = {
    ".obj": "Wavefront surface",
    ".stl": "STL surface",
    ".ply": "PLY surface",
    ".glb": "glTF surface",
    ".binvox": "binvox voxels",
    ".npy": "NumPy voxels",
}
_VOXELS = (".binvox", ".npy")


class FilesFeature(Feature):
    """Reads and writes files; whatever fails leaves the window as it was."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._offer = TurnOffer(context.session, context.notifications, self.turn, self)

    @property
    def actions(self) -> Sequence[ActionSpec]:
        """Opening, importing, exporting."""
        return (
            ActionSpec(
                "open_folder", "&File", 0, "&Open data folder…", self.open_folder, "Ctrl+O", "open-folder"
            ),
            ActionSpec("import_shape", "&File", 0, "&Import a shape…", self.import_shape, "Ctrl+I", "import"),
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
        """Ask for a shape file, and how it stands."""
        from voxview.shapes.io.read import READABLE_SUFFIXES

        kinds = " ".join(f"*{suffix}" for suffix in READABLE_SUFFIXES)
        name, _ = QFileDialog.getOpenFileName(
            self.context.dialog_parent,
            "Import a shape",
            str(self.context.settings.folder),
            f"Shapes ({kinds});;All files (*)",
        )
        if name:
            self.ask_how_it_stands(Path(name))

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
        """Import shape files as they stand; with `then_pair` the first becomes A and the second B."""
        self.context.background.run(
            "Importing",
            partial(_read_all, paths),
            partial(self._imported, then_pair),
            self.context.notifications.error,
        )

    def add_chair(self, chair: Chair | None) -> None:
        """List an imported chair, select it, and say what can be done with it."""
        if chair is not None:
            chair = self._list(chair)
            self.reveal.emit(chair)
            self.context.notifications.note(f"{chair.name} is imported: press A or B to take it")

    def turn(self, loaded: LoadedChair, found: FoundOrientation) -> None:
        """List a chair as an import that stands as it is held best; where it is A or B, that is the new one.

        The file and the catalog that it comes from stay as they are.
        """
        from voxview.gui.files.imported import turn_imported

        turned = self._list(turn_imported(loaded.chair, loaded.grid, found.best.orientation))
        selection = self.context.session.selection
        for letter, selected in zip("AB", selection.pair, strict=True):
            if selected == loaded.chair:
                selection.take(letter, turned)
        self.reveal.emit(turned)
        self.context.notifications.note(
            f"{turned.name} is among the imported files now, turned; its file is as it was: "
            "'voxview convert IN OUT --up auto --turn auto' writes one that stands"
        )

    def take_dropped(self, paths: list[Path]) -> None:
        """Open a folder as a catalog; import shape files, a single one after its preview."""
        for folder in (path for path in paths if path.is_dir()):
            self.open(folder)
        shapes = [path for path in paths if not path.is_dir()]
        if len(shapes) == 1:
            self.ask_how_it_stands(shapes[0])
        elif shapes:
            self.import_all(shapes)

    def _imported(self, then_pair: bool, chairs: list[Chair]) -> None:
        chairs = [self._list(chair) for chair in chairs]
        self.reveal.emit(chairs[-1])
        if then_pair:
            self.context.session.selection.choose(a=chairs[0], b=chairs[1] if len(chairs) > 1 else None)
        else:
            self.context.notifications.note(
                f"{counted(len(chairs), 'file')} imported: press A or B to take one"
            )

    def _list(self, chair: Chair) -> Chair:
        """List an imported chair; where an older content of its file is A or B, that is the new one now."""
        selection, listed = self.context.session.selection, self.context.listing.add_imported(chair)
        for letter, selected in zip("AB", selection.pair, strict=True):
            if selected is not None and selected.id == listed.id and selected != listed:
                selection.take(letter, listed)
        return listed

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
        kinds = _writable(self.context.session.selection.surface_resolution)
        path = ask_save_path(self.context.dialog_parent, f"Export {kind}", suggested, kinds)
        if path is not None:
            self._write(result, path)

    def export_to(self, path: Path) -> None:
        """Write what is in the middle; the suffix decides how."""
        result = self.context.session.shown.result
        if result is not None:
            self._write(result, path)

    def _write(self, result: Result, path: Path) -> None:
        what, resolution = _called(result), self.context.session.selection.surface_resolution
        if path.suffix.lower() not in _VOXELS and is_fine(resolution):
            what += f" with a {SURFACE_NAMES[resolution]} surface"
        self.context.background.run(
            f"Exporting {path.name}",
            partial(_write_file, path, result, resolution),
            lambda _: self.context.notifications.note(f"{what} is in {path}"),
            self.context.notifications.error,
        )

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


def _writable(surface_resolution: int) -> dict[str, str]:
    """Return what can be written: suffix → what it is."""
    if not is_fine(surface_resolution):
        return _WRITABLE
    name = SURFACE_NAMES[surface_resolution]
    return {
        suffix: text if suffix in _VOXELS else f"{text}, {name}, as on screen"
        for suffix, text in _WRITABLE.items()
    }


def _write_file(path: Path, result: Result, surface_resolution: int) -> None:
    """Write a result; its surface is extracted anew where it is that of a slider in motion."""
    from voxview.surface.extract import extract_surface
    from voxview.surface.write import write_shape

    if path.suffix.lower() in _VOXELS:
        write_shape(path, result.grid)
    elif result.surface.resolution == surface_resolution:
        write_shape(path, result.surface)
    else:
        write_shape(path, extract_surface(result.field, resolution=surface_resolution))


def _called(result: Result) -> str:
    """Return what a message calls what was exported."""
    request = result.request
    if isinstance(request, BlendRequest):
        return f"the blend of {request.a.name} and {request.b.name} at t = {request.t:g}"
    if isinstance(request, MixRequest):
        return f"the mix on screen ({mix_title(request)})"
    return f"the chair on the map ({request.name})"


def _read_all(paths: list[Path]) -> Generator[Step, None, list[Chair]]:
    """Return the chairs in some files; each is read now, so that a broken one is not listed."""
    chairs: list[Chair] = []
    for path in paths:
        yield Step(len(chairs), len(paths), None, "files")
        chairs.append(read_imported(path)[0])
    return chairs
