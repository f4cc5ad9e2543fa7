"""What is done with the chairs that are selected in the list, and with their files: turn, export, show."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from voxview.gui.context.actions import ActionSpec
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.imported import list_imported
from voxview.gui.files.imported import orientation_of, turn_imported
from voxview.gui.widgets.save_path import ask_save_path
from voxview.shapes.chair import Chair
from voxview.shapes.io.there import is_there

if TYPE_CHECKING:
    from voxview.shapes.orient import Orientation

_NONE_SELECTED = "no chair is selected: choose one in the list first"
_SUBMENU = "Selected &chair"


class ChairFiles(QObject):
    """Turns, exports and shows what is selected in the list."""

    reveal = Signal(object)
    """A `Chair` that the list shall select."""

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context

    @property
    def actions(self) -> Sequence[ActionSpec]:
        """Turning, exporting, showing."""
        return (
            ActionSpec(
                "turn_chair",
                "&Edit",
                1,
                "&Turn…",
                self.turn,
                "Ctrl+R",
                tip="Bring the selected chairs to stand by quarter turns; files stay as they are",
                submenu=_SUBMENU,
            ),
            ActionSpec(
                "export_chair",
                "&Edit",
                1,
                "&Export it…",
                self.export,
                tip="Write the selected chair itself to a file, as it stands in the list",
                submenu=_SUBMENU,
            ),
            ActionSpec(
                "show_in_folder",
                "&Edit",
                1,
                "Show in &folder",
                self.show_in_folder,
                tip="Show the selected chair's file where the system shows files",
                submenu=_SUBMENU,
            ),
        )

    # ---- turning --------------------------------------------------------------------------------

    def turn(self) -> None:
        """Show the selected chairs as they would stand, then turn them so."""
        chairs = self._selected()
        if not chairs:
            return
        from voxview.gui.files.orientation_search import OrientationSearch
        from voxview.gui.files.turn_dialog import TurnDialog

        dialog = TurnDialog(chairs, orientation_of(chairs[0]), self._context.dialog_parent)
        dialog.search_with(OrientationSearch(self._context.session, dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.accepted.connect(lambda: self.turn_so(chairs, dialog.orientation))
        dialog.open()

    def turn_so(self, chairs: Sequence[Chair], wanted: Orientation) -> None:
        """Have chairs stand so, seen from how their files have them."""
        of_folder = [chair for chair in chairs if self._context.listing.catalog_of(chair) is not None]
        if of_folder:
            self._context.changes.turn(of_folder, wanted.up, wanted.turn)
        for chair in chairs:
            if chair not in of_folder:
                self._turn_import(chair, wanted)

    def _turn_import(self, chair: Chair, wanted: Orientation) -> None:
        """Turn a chair that is held, or make a turned import of a sample."""
        from voxview.shapes.orient import ORIENTATIONS

        rotation = wanted.matrix @ orientation_of(chair).matrix.T
        delta = next(one for one in ORIENTATIONS if (one.matrix == rotation).all())
        turned = turn_imported(chair, chair.read(), delta)
        if chair in self._context.listing.imported:
            self._context.changes.replace_imported(chair, turned, f"Turn {chair.name}")
        elif turned != chair:
            turned = list_imported(self._context, turned)
            self._context.notifications.note(f"{turned.name} is among the imported files now, turned")
        self.reveal.emit(turned)

    # ---- files ----------------------------------------------------------------------------------

    def export(self) -> None:
        """Ask for a file, and write the selected chair to it."""
        chairs = self._selected()
        if not chairs:
            return
        from voxview.surface.write import WRITABLE_SUFFIXES

        name = "".join(one if one.isalnum() or one in " -_()" else "-" for one in chairs[0].name)[:80]
        kinds = {suffix: f"{suffix[1:]} file" for suffix in WRITABLE_SUFFIXES}
        folder = Path(self._context.settings.text("export_folder") or Path.home())
        path = ask_save_path(
            self._context.dialog_parent, f"Export {chairs[0].name}", folder / f"{name}.obj", kinds
        )
        if path is not None:
            self.export_to(chairs[0], path)

    def export_to(self, chair: Chair, path: Path) -> None:
        """Write a chair as it stands in the list; the suffix decides how."""

        def write() -> None:
            from voxview.surface.write import write_shape

            write_shape(path, chair.read())

        say = partial(self._context.notifications.note, f"{chair.name} is in {path}")
        error = self._context.notifications.error
        self._context.background.run(f"Writing {path.name}", write, lambda _: say(), error)

    def show_in_folder(self) -> None:
        """Show the selected chair's file where the system shows files."""
        chairs = self._selected()
        if not chairs:
            return
        from voxview.gui.files.show_in_folder import show_in_folder

        path = file_of(chairs[0])
        if path is None:
            self._context.notifications.note(f"{chairs[0].name} is in no file")
        elif not is_there(path):
            self._context.notifications.error(f"{path} is not there any more: its chair was read before")
        elif not show_in_folder(path):
            self._context.notifications.note(f"{chairs[0].name} is in {path}")

    def _selected(self) -> list[Chair]:
        chairs = list(self._context.listing.selected)
        if not chairs:
            self._context.notifications.note(_NONE_SELECTED)
        return chairs


def file_of(chair: Chair) -> Path | None:
    """Return the file of a chair, of ShapeNet its folder; None of one that is in none."""
    path = chair.details.get("path")
    return Path(str(path)) if path else None
