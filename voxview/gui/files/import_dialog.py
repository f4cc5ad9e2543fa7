"""Dialog for a file's orientation: its upward axis and a turn, previewed beside a chair that stands right."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from voxview.gui.files.imported import notices_of, read_imported
from voxview.gui.files.orientation_dialog import OrientationDialog, Read
from voxview.gui.widgets.chooser import Chooser

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
        for name, order in (
            ("as its header suggests", "auto"),
            ("binvox", "binvox"),
            ("ShapeNetVox32", _THEIRS),
        ):
            self.axis_order.addItem(name, order)
        self.axis_order.currentIndexChanged.connect(self.read)
        self.read()

    def add_choices(self, row: QHBoxLayout) -> None:
        """Add the axis order, which of no other file is in doubt."""
        if self._path.suffix.lower() == ".binvox":
            row.addWidget(QLabel("Axes"))
            row.addWidget(self.axis_order, 1)

    def work(self, side: int) -> Callable[[], Read]:
        """Return what reads the file as it would stand."""
        up, turn, order = self.up.currentData(), self.turn.currentData(), self.axis_order.currentData()
        return lambda: _read_and_draw(self._path, up, turn, order, side)


def _read_and_draw(path: Path, up: str, turn: int, axis_order: str, side: int) -> Read:
    """Return a file's chair as it would stand, its picture, and what is to be said of the file."""
    from voxview.surface.picture import render_chair

    order = axis_order if path.suffix.lower() == ".binvox" else "auto"
    chair, grid = read_imported(path, up, turn, order)
    said = [_AXES.sub("choose the other one under Axes, below", line) for line in notices_of(chair)]
    return chair, render_chair(grid, (side, side)), said
