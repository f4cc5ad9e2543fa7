"""Opening, importing and exporting: from the menu, by dropping, or named on the command line."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from voxview.engine.request import BlendResult
from voxview.errors import VoxViewError
from voxview.gui.mix_texts import mix_file_stem, mix_title
from voxview.shapes.catalog import Catalog
from voxview.shapes.chair import Chair

if TYPE_CHECKING:
    from voxview.gui.window import MainWindow

_WRITABLE = {
    ".obj": "Wavefront surface",
    ".stl": "STL surface",
    ".ply": "PLY surface",
    ".glb": "glTF surface",
    ".binvox": "binvox voxels",
    ".npy": "NumPy voxels",
}


class Files(QObject):
    """What goes to and comes from the disk; whatever fails leaves the window as it was."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    # ---- in -------------------------------------------------------------------------------------

    def open_folder(self) -> None:
        """Ask for a folder of chairs, and list it."""
        folder = QFileDialog.getExistingDirectory(self._window, "Open data folder", self._folder())
        if folder:
            self.open(Path(folder))

    def import_shape(self) -> None:
        """Ask for a shape file, and how it stands."""
        from voxview.shapes.read import READABLE_SUFFIXES

        kinds = " ".join(f"*{suffix}" for suffix in READABLE_SUFFIXES)
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Import a shape", self._folder(), f"Shapes ({kinds});;All files (*)"
        )
        if name:
            self.ask_how_it_stands(Path(name))

    def open(self, folder: Path, then_pair: bool = False) -> None:
        """List the chairs of a folder, beside what is listed already; with `then_pair` show its first two."""
        from voxview.shapes.open import open_catalog

        def listed(catalog: Catalog) -> None:
            self._window.browser.search.clear()
            self._window.browser.add_catalog(catalog)
            self._window.settings.remember("folder", str(folder))
            if then_pair and len(catalog) > 1:
                self._window.session.choose(a=catalog[0], b=catalog[1])

        self._window.background.run(
            f"Opening {folder.name}", partial(open_catalog, folder), listed, self._window.messages.error
        )

    def ask_how_it_stands(self, path: Path) -> None:
        """Show a preview in which a person can turn the shape, then import it."""
        from voxview.gui.import_dialog import ImportDialog

        dialog = ImportDialog(path, self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.accepted.connect(lambda: self.add_chair(dialog.chair))
        dialog.open()

    def import_all(self, paths: list[Path], then_pair: bool = False) -> None:
        """Import shape files as they stand; with `then_pair` the first becomes A and the second B."""
        self._window.background.run(
            "Importing",
            partial(_read_all, paths),
            partial(self._imported, then_pair),
            self._window.messages.error,
        )

    def add_chair(self, chair: Chair | None) -> None:
        """List an imported chair, select it, and say what can be done with it."""
        if chair is not None:
            self._window.browser.add_imported(chair)
            self._window.messages.note(f"{chair.name} is imported: press A or B to take it")

    def take_dropped(self, paths: list[Path]) -> None:
        """A folder opens as a catalog; shape files are imported, a single one after its preview."""
        for folder in (path for path in paths if path.is_dir()):
            self.open(folder)
        shapes = [path for path in paths if not path.is_dir()]
        if len(shapes) == 1:
            self.ask_how_it_stands(shapes[0])
        elif shapes:
            self.import_all(shapes)

    def _imported(self, then_pair: bool, chairs: list[Chair]) -> None:
        for chair in chairs:
            self._window.browser.add_imported(chair)
        if then_pair:
            self._window.session.choose(a=chairs[0], b=chairs[1] if len(chairs) > 1 else None)

    # ---- out ------------------------------------------------------------------------------------

    def export_blend(self) -> None:
        """Ask for a file, and write the blend that is shown."""
        mix = self._window.session.mix_result
        if self._window.session.result is None:
            self._window.messages.error("there is no blend to export yet: choose two chairs first")
            return
        stem = "blend" if mix is None else mix_file_stem(mix.request)
        kinds = ";;".join(f"{text} (*{suffix})" for suffix, text in _WRITABLE.items())
        name, kind = QFileDialog.getSaveFileName(
            self._window, "Export blend", str(Path(self._folder()) / f"{stem}.obj"), kinds
        )
        if name:
            path = Path(name)
            self.export_to(path if path.suffix else path.with_suffix(kind.split("*")[-1].rstrip(")")))

    def export_to(self, path: Path) -> None:
        """Write the blend that is shown; the suffix decides how."""
        from voxview.surface.write import write_shape

        session = self._window.session
        result = session.mix_result or session.result
        if result is None:
            return
        what = (
            f"the blend at t = {result.request.t:g}"
            if isinstance(result, BlendResult)
            else f"the chair on screen ({mix_title(result.request)})"
        )
        is_voxels = path.suffix.lower() in (".binvox", ".npy")
        shape = result.grid if is_voxels else result.surface
        self._window.background.run(
            f"Exporting {path.name}",
            partial(write_shape, path, shape),
            lambda _: self._window.messages.note(f"{what} is in {path}"),
            self._window.messages.error,
        )

    def export_morph(self) -> None:
        """Ask for a folder, steps and formats, and write the whole path."""
        from voxview.gui.morph_dialog import MorphDialog

        if self._window.session.result is None:
            self._window.messages.error("there is no morph to export yet: choose two chairs first")
            return
        dialog = MorphDialog(self._folder(), self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.accepted.connect(
            lambda: self.export_morph_to(Path(dialog.folder), dialog.steps, dialog.formats)
        )
        dialog.open()

    def export_morph_to(self, folder: Path, steps: int, formats: tuple[str, ...]) -> int | None:
        """Write the whole path to a folder, on the engine's thread; the task's number comes back."""
        from voxview.engine.morph import export_morph

        request = self._window.session.blending.request()
        if request is None:
            return None

        def done(value: object) -> None:
            files = value if isinstance(value, list) else []
            self._window.messages.note(f"the morph is in {folder}: {len(files)} files")

        return self._window.session.run(
            "Exporting the morph",
            lambda engine: export_morph(
                engine,
                request.a,
                request.b,
                steps=steps,
                out=folder,
                formats=formats,
                backend=request.backend,
                device=request.device,
                remove_crumbs=request.remove_crumbs,
            ),
            done,
        )

    def save_screenshot(self) -> None:
        """Ask for a file, and write the view as it is."""
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save screenshot", str(Path(self._folder()) / "voxview.png"), "Picture (*.png)"
        )
        if name:
            self.screenshot_to(Path(name).with_suffix(".png"))

    def screenshot_to(self, path: Path) -> None:
        """Write the view as it is to a `.png` file."""
        try:
            self._window.trio.save_picture(path)
        except VoxViewError as error:
            self._window.messages.error(str(error))
        else:
            self._window.messages.note(f"the screenshot is in {path}")

    def _folder(self) -> str:
        remembered = self._window.settings.text("folder")
        return remembered if remembered and Path(remembered).is_dir() else str(Path.home())


def _read_all(paths: list[Path]) -> list[Chair]:
    """The chairs in some files; each is read once now, so that a broken one is found before it is listed."""
    from voxview.shapes.read import chair_from_file

    chairs = [chair_from_file(path) for path in paths]
    for chair in chairs:
        chair.read()
    return chairs
