"""Export of what is in the middle, with its parts where they are shown."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.gui.context.app_context import AppContext
from voxview.gui.files.writing import VOXELS, called, carries_parts, write_file
from voxview.gui.session.shown import Result
from voxview.gui.session.surface_texts import SURFACE_NAMES, is_fine

if TYPE_CHECKING:
    from voxview.shapes.parts import Labels


class ResultWriter:
    """Writes results in the background, and says where they are."""

    def __init__(self, context: AppContext) -> None:
        self._context = context

    def write(self, result: Result, path: Path) -> None:
        """Write a result; the suffix decides how."""
        if carries_parts(path):
            self._context.session.parts.for_file(result.field, partial(self._write, result, path))
        else:
            self._write(result, path, None)

    def _write(self, result: Result, path: Path, labels: Labels | None) -> None:
        what, resolution = called(result), self._context.session.selection.surface_resolution
        if path.suffix.lower() not in VOXELS and is_fine(resolution):
            what += f" with a {SURFACE_NAMES[resolution]} surface"
        if labels is not None:
            hidden = ", those that are hidden, too," if self._context.session.parts.hidden else ""
            what += f" and its parts{hidden}"
        self._context.background.run(
            f"Exporting {path.name}",
            partial(write_file, path, result, resolution, labels),
            lambda _: self._context.notifications.note(f"{what} is in {path}"),
            self._context.notifications.error,
        )
