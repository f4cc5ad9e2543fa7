"""Dialog in which a person gives actions other keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from voxview.gui import theme
from voxview.gui.context.actions import ActionSpec
from voxview.gui.widgets.buttons import never_default

_HINT = "Select an action, go to the field (Tab, or a click) and press its new key. It counts at once."


class KeysDialog(QDialog):
    """Lists every action with its key, and takes another for the selected one; no key is given twice."""

    changed = Signal(str, str)
    """The name of an action and its keys from now on; empty: none."""
    reset = Signal(str)
    """The name of an action that is to have the program's own key again."""

    def __init__(self, specs: Sequence[ActionSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Change keys")
        self._specs: dict[str, ActionSpec] = {}
        self.tree = QTreeWidget()
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setHeaderLabels(["Action", "Key"])
        self.tree.setAccessibleName("Actions and their keys")
        self.tree.setAccessibleDescription("Select the action whose key shall change")
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setStretchLastSection(False)
        self.field = QKeySequenceEdit()
        self.field.setMaximumSequenceLength(1)
        self.field.setAccessibleName("New key")
        self.field.setToolTip("Press the new key of the selected action here")
        line = self.field.findChild(QLineEdit)
        if line is not None:
            line.setPlaceholderText("Press the new key")
        self.none, self.own = QPushButton("&No key"), QPushButton("&Default")
        self.none.setToolTip("Leave the selected action without a key")
        self.own.setToolTip("Give the selected action the program's own key again")
        self.line = QLabel(_HINT, wordWrap=True)
        self.line.setFont(theme.small_font(self))
        self.line.setMinimumHeight(2 * self.line.fontMetrics().lineSpacing())
        self.tree.currentItemChanged.connect(lambda *_: self._show_current())
        self.field.editingFinished.connect(self._take)
        self.none.clicked.connect(lambda: self._change(""))
        self.own.clicked.connect(self._reset)
        self._lay_out()
        self.show_keys(specs)

    def show_keys(self, specs: Sequence[ActionSpec], line: str = "") -> None:
        """List actions as they are now, and say a line."""
        before = self._current()
        self._specs = {spec.name: spec for spec in specs}
        self.tree.blockSignals(True)
        self.tree.clear()
        for spec in specs:
            item = QTreeWidgetItem([spec.plain_text, spec.keys_text])
            item.setData(0, Qt.ItemDataRole.UserRole, spec.name)
            self.tree.addTopLevelItem(item)
            if spec.name == before:
                self.tree.setCurrentItem(item)
        self.tree.blockSignals(False)
        first = self.tree.topLevelItem(0)
        if not before and first is not None:
            self.tree.setCurrentItem(first)
        self.line.setText(line or _HINT)
        self._show_current()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        row.addWidget(self.field, 1)
        for button in (self.none, self.own):
            never_default(button)
            row.addWidget(button)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        never_default(box.button(QDialogButtonBox.StandardButton.Close))
        box.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.GAP] * 4)
        column.setSpacing(theme.GAP)
        column.addWidget(self.tree, 1)
        column.addLayout(row)
        column.addWidget(self.line)
        column.addWidget(box)
        self.resize(440, 460)

    def _current(self) -> str:
        item = self.tree.currentItem()
        return "" if item is None else str(item.data(0, Qt.ItemDataRole.UserRole))

    def _show_current(self) -> None:
        spec = self._specs.get(self._current())
        self.field.blockSignals(True)
        self.field.setKeySequence(QKeySequence(spec.keys if spec else ""))
        self.field.blockSignals(False)

    def _take(self) -> None:
        self._change(self.field.keySequence().toString())

    def _reset(self) -> None:
        """Have the program's own key again; say so where there is none to have."""
        name = self._current()
        self.reset.emit(name)
        spec = self._specs.get(name)
        if spec is not None and not spec.keys:
            self.line.setText(f"“{spec.plain_text}” has no key of its own, or another action was given it.")

    def _change(self, keys: str) -> None:
        spec = self._specs.get(self._current())
        if spec is None or keys == spec.keys:
            return
        having = (one for one in self._specs.values() if keys in (one.keys, *one.more_keys))
        taken = next(having, None) if keys else None
        if taken is not None:
            self.line.setText(f"{taken.keys_text} is the key of “{taken.plain_text}”: change that one first.")
            self._show_current()
        else:
            self.changed.emit(spec.name, keys)
