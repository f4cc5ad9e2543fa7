"""Dialog that turns chairs which are listed already."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from voxview.counts import counted
from voxview.gui.files.orientation_dialog import OrientationDialog, Read
from voxview.shapes.chair import Chair
from voxview.shapes.orient import Orientation, rotate_grid


class TurnDialog(OrientationDialog):
    """Dialog that shows the first chair as it would stand; `orientation` is seen from how files have them."""

    def __init__(self, chairs: Sequence[Chair], now: Orientation, parent: QWidget | None = None) -> None:
        self._chairs, self._now = chairs, now
        name, others = chairs[0].name, len(chairs) - 1
        title = f"Turn {name}" if not others else f"Turn {counted(len(chairs), 'chair')}"
        super().__init__(title, name, "Turn", parent)
        self.choose(now)

    def work(self, side: int) -> Callable[[], Read]:
        """Return what rotates the chair."""
        chair, now, wanted = self._chairs[0], self._now, self.orientation
        others = len(self._chairs) - 1
        said = [f"{counted(others, 'other chair')} will stand in the same way"] if others else []

        def read() -> Read:
            from voxview.surface.picture import render_chair

            grid = rotate_grid(chair.read(), wanted.matrix @ now.matrix.T)
            return replace(chair, read=lambda: grid), render_chair(grid, (side, side)), said

        return read
