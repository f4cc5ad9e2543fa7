"""Line of the import dialog: in which orientation a chair is held best, and a button that takes it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from voxview.gui import theme
from voxview.gui.widgets.buttons import never_default
from voxview.model.orientation import FoundOrientation
from voxview.shapes.orient import AS_READ, Orientation


class OrientationLine(QWidget):
    """Widget with the text and up to two buttons. It says what is so for the orientation that is chosen."""

    chosen = Signal(object)
    """The `Orientation` of a button that was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: FoundOrientation | None = None
        self._current = AS_READ
        self._text = QLabel(wordWrap=True)
        self._text.setFont(theme.small_font(self))
        self._text.setMinimumHeight(3 * self._text.fontMetrics().lineSpacing())
        self._buttons = (QPushButton(), QPushButton())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        row.addWidget(self._text, 1)
        for place, button in enumerate(self._buttons):
            never_default(button)  # Enter imports
            button.clicked.connect(lambda _, place=place: self._choose(place))
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
            button.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    @property
    def buttons(self) -> list[QPushButton]:
        """The buttons that can be pressed or show what is chosen already."""
        return [button for button in self._buttons if not button.isHidden()]

    def say(self, text: str) -> None:
        """Show a text alone."""
        self._found = None
        self._text.setText(text)
        for button in self._buttons:
            button.hide()

    def show_found(self, found: FoundOrientation) -> None:
        """Show what a search has found, and offer it."""
        self._found = found
        self._refresh()

    def set_current(self, orientation: Orientation) -> None:
        """Take over the orientation that is chosen now."""
        self._current = orientation
        self._refresh()

    def _offers(self) -> list[Orientation]:
        """Return what the buttons give: the best orientation, and the one that is close to it."""
        found = self._found
        if found is None:
            return []
        if found.rival is not None:
            return [found.best.orientation, found.rival.orientation]
        is_right = found.best.orientation == self._current and not found.is_turned
        return [] if is_right else [found.best.orientation]

    def _choose(self, place: int) -> None:
        self.chosen.emit(self._offers()[place])

    def _refresh(self) -> None:
        if self._found is None:
            return
        offers = self._offers()
        self._text.setText(_describe(self._found, self._current))
        for place, button in enumerate(self._buttons):
            button.setVisible(place < len(offers))
            if place < len(offers):
                one = offers[place]
                button.setText("Turn it so" if len(offers) == 1 else f"{one.up} up, {one.turn}°")
                button.setEnabled(one != self._current)
                button.setToolTip(f"Points up: {one.up}; turned by {one.turn}°")


def _describe(found: FoundOrientation, current: Orientation) -> str:
    """Return what was found, in one line, seen from the orientation that is chosen now."""
    best, rival = found.best, found.rival
    if rival is not None:
        return (
            f"Uncertain: {best.orientation} (IoU {best.iou:.2f}), or {rival.orientation} "
            f"(IoU {rival.iou:.2f})? Compare and choose."
        )
    if not found.is_turned:
        return f"Held best as the file has it (IoU {best.iou:.2f})."
    instead = f"IoU {best.iou:.2f} instead of {found.as_read.iou:.2f} as the file has it"
    if best.orientation == current:
        return f"Held best as it is turned now ({instead})."
    return f"Held best when turned: {best.orientation} ({instead})."
