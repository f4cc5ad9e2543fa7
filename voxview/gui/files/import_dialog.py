"""Dialog for a file's orientation: its upward axis and a turn, previewed beside a chair that stands right."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from voxview.gui.files.imported import notices_of, read_imported
from voxview.gui.files.orientation_dialog import OrientationDialog, Read
from voxview.gui.widgets.chooser import Chooser
from voxview.shapes.io.arrays import Level
from voxview.shapes.io.field_summary import FieldSummary, read_field
from voxview.shapes.orient import Orientation

if TYPE_CHECKING:
    from voxview.gui.files.level_box import LevelBox

_DRAGGED_MS = 40
"""After the level's last move until the file is read with it."""
_THEIRS = "shapenetvox32"

_AXES = re.compile(r"'--axis-order .*")
"""What a notice says to type; here it is to choose."""


class ImportDialog(OrientationDialog):
    """Dialog whose `chair` is what to import once it is accepted."""

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        self._path = path
        self.axis_order = Chooser()
        super().__init__(f"Import {path.name}", path.name, "Import", parent)
        self.axis_order.setAccessibleName("Axis order in the file")
        self.axis_order.setToolTip("Which axis the file's data begin with")
        for name, order in (
            ("as its header suggests", "auto"),
            ("binvox", "binvox"),
            ("ShapeNetVox32", _THEIRS),
        ):
            self.axis_order.addItem(name, order)
        self.axis_order.currentIndexChanged.connect(self.read)
        self.level_box: LevelBox | None = None
        """Of a field."""
        self._soon = QTimer(self, singleShot=True, interval=_DRAGGED_MS)
        self._soon.timeout.connect(self.read)
        self.read()
        if path.suffix.lower() in (".npy", ".npz"):
            self._background.run("Reading", lambda: read_field(path), self._add_level, lambda _: None)

    def add_choices(self, row: QHBoxLayout) -> None:
        """Add the axis order, which of no other file is in doubt."""
        if self._path.suffix.lower() == ".binvox":
            row.addWidget(QLabel("Axes"))
            row.addWidget(self.axis_order, 1)

    def work(self, side: int) -> Callable[[], Read]:
        """Return what reads the file as it would stand."""
        orientation, order, box = self.orientation, self.axis_order.currentData(), self.level_box
        level = None if box is None or not box.reset.isEnabled() else box.level
        return lambda: _read_and_draw(self._path, orientation, order, level, side)

    def _add_level(self, summary: FieldSummary | None) -> None:
        """Show the histogram of a field, whose level can be dragged."""
        if summary is None:
            return
        from voxview.gui.files.level_box import LevelBox

        self.level_box = LevelBox(summary)
        self.level_box.changed.connect(self._read_soon)
        self.add_row(self.level_box)

    def _read_soon(self) -> None:
        self.forget()
        self._soon.start()


def _read_and_draw(path: Path, stands: Orientation, axis_order: str, level: Level | None, side: int) -> Read:
    """Return a file's chair as it would stand, its picture, and what is to be said of the file."""
    from voxview.surface.picture import render_chair

    order = axis_order if path.suffix.lower() == ".binvox" else "auto"
    chair, grid = read_imported(path, stands.up, stands.turn, order, level)
    said = [_AXES.sub("choose the other one under Axes, below", line) for line in notices_of(chair)]
    return chair, render_chair(grid, (side, side)), said
