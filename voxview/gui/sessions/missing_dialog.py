"""Dialog that lists what a session needs and is not there, with a way to point to each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from voxview.counts import counted
from voxview.gui import theme
from voxview.gui.sessions.opening import Missing
from voxview.gui.widgets.buttons import never_default
from voxview.gui.widgets.elided import Elided

_REASON_LINES = 2


class MissingDialog(QDialog):
    """Emits what a person chose instead; whoever opened it looks again and lists what is still missing."""

    chosen = Signal(str, object)
    """Where something was, and the `Path` that was chosen instead."""
    opened_without = Signal()
    """The session is wanted without what is missing."""

    def __init__(self, title: str, folder: Path, parent: QWidget | None = None) -> None:
        """Take a title, and the folder in which to begin to look."""
        super().__init__(parent)
        self.setWindowTitle(title)
        self._folder = folder
        self._what = QLabel(wordWrap=True)
        self._rows = QWidget()
        self.buttons: list[QPushButton] = []
        """One a missing thing, in order."""
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.without = QPushButton("Open without")
        self.without.setToolTip("Keep the chairs that are shown now for those that are missing")
        box.addButton(self.without, QDialogButtonBox.ButtonRole.ActionRole)
        box.rejected.connect(self.reject)
        self.without.clicked.connect(self._open_without)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(*[2 * theme.GAP] * 4)
        self._column.setSpacing(2 * theme.GAP)
        self._column.addWidget(self._what)
        self._column.addWidget(self._rows)
        self._column.addWidget(box)
        self.setMinimumWidth(460)

    def show_missing(self, missing: Sequence[Missing]) -> None:
        """List what is missing now."""
        things = counted(len(missing), "thing")
        verb = "is" if len(missing) == 1 else "are"
        self._what.setText(
            f"{things} that this session needs {verb} not where it was saved. Nothing has been changed yet: "
            "point to each, or open the session without."
        )
        rows = QWidget()
        grid = QGridLayout(rows)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * theme.GAP)
        grid.setVerticalSpacing(theme.GAP // 2)
        grid.setColumnStretch(0, 1)
        self.buttons = [self._add_row(grid, 2 * place, one) for place, one in enumerate(missing)]
        self._column.replaceWidget(self._rows, rows)
        self._rows.hide()
        self._rows.deleteLater()
        self._rows = rows
        if self.buttons:
            self.buttons[0].setFocus()
        self.adjustSize()

    def _add_row(self, grid: QGridLayout, row: int, one: Missing) -> QPushButton:
        path = Elided()
        path.set_text(one.path)
        path.setToolTip(one.path)
        path.setAccessibleName(one.path)
        reason = QLabel(_reason(one), wordWrap=True)
        reason.setTextFormat(Qt.TextFormat.PlainText)
        reason.setFont(theme.small_font(self))
        reason.setStyleSheet(f"color: {theme.palette().quiet}")
        button = QPushButton("Choose &folder…" if one.kind == "folder" else "Choose &weights…")
        never_default(button)
        button.clicked.connect(lambda: self._choose(one))
        grid.addWidget(path, row, 0)
        reason.setMinimumHeight(_REASON_LINES * reason.fontMetrics().lineSpacing())
        reason.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(button, row, 1)
        grid.addWidget(reason, row + 1, 0, 1, 2)
        return button

    def _choose(self, one: Missing) -> None:
        if one.kind == "folder":
            name = QFileDialog.getExistingDirectory(
                self, f"Where is {Path(one.path).name}?", str(self._folder)
            )
        else:
            name, _ = QFileDialog.getOpenFileName(
                self,
                f"Where is {Path(one.path).name}?",
                str(self._folder),
                "Weights (*.safetensors);;All files (*)",
            )
        if name:
            self._folder = Path(name).parent
            self.chosen.emit(one.path, Path(name))

    def _open_without(self) -> None:
        self.opened_without.emit()
        self.accept()


def _reason(one: Missing) -> str:
    """Return what is missing of it, and why."""
    reason = f"{one.reason[:1].upper()}{one.reason[1:]}"
    if one.kind == "weights":
        return f"The weights. {reason}"
    names = ", ".join(chair.name for chair in one.chairs[:3])
    more = f" and {len(one.chairs) - 3} more" if len(one.chairs) > 3 else ""
    return f"{counted(len(one.chairs), 'chair')} ({names}{more}). {reason}" if names else f"{reason}"
