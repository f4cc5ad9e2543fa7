"""Dialog for the export of a morph."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from voxview.conventions import RESOLUTION
from voxview.engine.morph import FORMATS
from voxview.engine.pace import Pace
from voxview.gui import theme
from voxview.gui.session.surface_texts import FINE_TIP, SURFACE_NAMES, is_fine
from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.elided import Elided
from voxview.gui.widgets.number_boxes import NumberBox
from voxview.shapes.chair import Chair

_AT_FIRST = ("obj", "binvox")
_PACES: dict[Pace, tuple[str, str]] = {
    "linear": ("Linear: equal steps of t", "11 steps are t = 0, 0.1 … 1"),
    "even": (
        "Even: equal changes of shape",
        "11 steps each change a tenth of the shape; their t's are in the files' names",
    ),
}
"""Text and tooltip of each pace."""


class MorphDialog(QDialog):
    """Dialog for folder, number of steps and formats of the morph between two chairs."""

    def __init__(
        self,
        chairs: tuple[Chair, Chair],
        folder: str,
        parent: QWidget | None = None,
        *,
        pace: Pace = "linear",
        surface_resolution: int = RESOLUTION,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export morph")
        self.names = Elided()
        self.names.set_text(f"{chairs[0].name} → {chairs[1].name}")
        self._folder = QLineEdit(str(Path(folder) / "morph"))
        self._folder.setMinimumWidth(300)
        self._folder.setAccessibleName("Folder to write to")
        browse = QPushButton("Choose…")
        browse.clicked.connect(self._choose)
        self._steps = NumberBox(minimum=2, maximum=1001, value=11)
        self._steps.setAccessibleName("Number of steps")
        self._pace = Chooser()
        self._pace.setAccessibleName("Pace of the steps")
        for kind, (text, tip) in _PACES.items():
            self._pace.addItem(text, kind)
            self._pace.setItemData(self._pace.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self._pace.currentIndexChanged.connect(self._say_pace)
        self._pace.setCurrentIndex(self._pace.findData(pace))
        self._say_pace()
        self.surface = QLabel(f"{SURFACE_NAMES[surface_resolution].capitalize()}, as on screen")
        if is_fine(surface_resolution):
            self.surface.setText(f"{self.surface.text()}; .binvox and .npy stay {RESOLUTION}³")
            self.surface.setToolTip(FINE_TIP)
        self._boxes = {name: _switch(name) for name in FORMATS}
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setText("Export")
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._folder.textChanged.connect(self._check)
        for box in self._boxes.values():
            box.toggled.connect(self._check)
        self._lay_out(browse)

    @property
    def folder(self) -> str:
        """Where to write."""
        return self._folder.text().strip()

    @property
    def steps(self) -> int:
        """How many blends, the two ends included."""
        return self._steps.value()

    @property
    def pace(self) -> Pace:
        """Whether the steps are equal in t or in how much the shape changes."""
        pace: Pace = self._pace.currentData()
        return pace

    @property
    def formats(self) -> tuple[str, ...]:
        """What to write of each blend."""
        return tuple(name for name, box in self._boxes.items() if box.isChecked())

    def _lay_out(self, browse: QPushButton) -> None:
        where = QHBoxLayout()
        where.setSpacing(theme.GAP)
        where.addWidget(self._folder, 1)
        where.addWidget(browse)
        formats = QGridLayout()
        formats.setSpacing(theme.GAP)
        for place, box in enumerate(self._boxes.values()):
            formats.addWidget(box, place // 4, place % 4)
        form = QFormLayout()
        form.setSpacing(theme.GAP)
        form.addRow("Chairs", self.names)
        form.addRow("Folder", where)
        form.addRow("Steps", self._steps)
        form.addRow("Pace", self._pace)
        form.addRow("Formats", formats)
        form.addRow("Surface", self.surface)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.GAP] * 4)
        column.setSpacing(2 * theme.GAP)
        column.addLayout(form)
        column.addWidget(self._buttons)

    def _choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Folder for the morph", str(Path(self.folder).parent))
        if folder:
            self._folder.setText(folder)

    def _say_pace(self) -> None:
        self._steps.setToolTip(_PACES[self.pace][1])
        self._pace.setToolTip(_PACES[self.pace][1])

    def _check(self) -> None:
        ok = self._buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setEnabled(bool(self.folder and self.formats))


def _switch(kind: str) -> QToolButton:
    """Return a button that stays down while its format is wanted."""
    button = QToolButton()
    button.setCheckable(True)
    button.setChecked(kind in _AT_FIRST)
    button.setText("strip of pictures" if kind == "strip" else f".{kind}")
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return button
