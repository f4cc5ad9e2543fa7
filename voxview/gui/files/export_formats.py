"""The formats of an export, as buttons that stay down, in two rows: shapes, and pictures and films."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QToolButton, QWidget

from voxview.engine.export.options import (
    FILM_FORMATS,
    PARTS_FORMAT,
    PICTURE_FORMAT,
    SET_FORMATS,
    SHAPE_FORMATS,
)
from voxview.errors import VoxViewError
from voxview.gui import theme
from voxview.gui.files.export_choice import What
from voxview.surface.film import find_ffmpeg

_TEXTS = {"strip": "strip", "sheet": "sheet"}
_TIPS = {
    "obj": "Surface, read by nearly everything; with parts as groups where they are shown",
    "binvox": "Voxels, as binvox writes them",
    "stl": "Surface for printers: upright, in millimetres",
    "ply": "Surface; with parts as colours where they are shown",
    "glb": "Surface for browsers and slides; with parts as colours where they are shown",
    "npy": "Voxels for NumPy",
    "npz": "Voxels for NumPy, with the part of each",
    "png": "A picture from where you look now",
    "strip": "One picture of all blends, side by side",
    "sheet": "One picture of all blends, in rows: a contact sheet",
    "gif": "A film that plays everywhere: there and back, or once around a single chair",
    "mp4": "The same film, sharper and smaller",
}


class ExportFormats(QWidget):
    """Widget in which any number of formats is chosen."""

    changed = Signal()

    def __init__(self, chosen: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        rows = (
            (*SHAPE_FORMATS, PARTS_FORMAT),
            (PICTURE_FORMAT, *FILM_FORMATS, *SET_FORMATS),
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.GAP)
        self.boxes: dict[str, QToolButton] = {}
        for row, kinds in enumerate(rows):
            for column, kind in enumerate(kinds):
                self.boxes[kind] = self._button(kind, is_on=kind in chosen)
                grid.addWidget(self.boxes[kind], row, column)
        self._film_problem = _film_problem()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The formats that are wanted, as far as there are such of what is exported."""
        return tuple(kind for kind, box in self.boxes.items() if box.isChecked() and box.isEnabled())

    @property
    def wanted(self) -> tuple[str, ...]:
        """The formats that are down, whether or not there are such of what is exported."""
        return tuple(kind for kind, box in self.boxes.items() if box.isChecked())

    def offer(self, what: What, *, has_parts: bool) -> None:
        """Offer what there is of what is exported."""
        is_set = what in (What.BLENDS, What.MORPH)
        for kind, box in self.boxes.items():
            box.setToolTip(_TIPS[kind])
            if kind in SET_FORMATS:
                box.setEnabled(is_set)
            elif kind == PARTS_FORMAT:
                box.setEnabled(has_parts)
                if not has_parts:
                    box.setToolTip("Shown parts are needed: View, Parts")
            elif kind == "mp4" and self._film_problem:
                box.setEnabled(False)
                box.setToolTip(self._film_problem)

    def _button(self, kind: str, *, is_on: bool) -> QToolButton:
        button = QToolButton()
        button.setCheckable(True)
        button.setChecked(is_on)
        button.setText(_TEXTS.get(kind, f".{kind}"))
        button.setAccessibleName(f"Format {_TEXTS.get(kind, kind)}")
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.toggled.connect(self.changed)
        return button


def _film_problem() -> str:
    """Return why there can be no `.mp4` here; nothing, where there can."""
    try:
        find_ffmpeg()
    except VoxViewError as error:
        return str(error)
    return ""
