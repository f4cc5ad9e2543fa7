"""Dialog of the preferences: what is changed in it counts at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from voxview.counts import counted
from voxview.gui import theme
from voxview.gui.context.settings import Settings
from voxview.gui.preferences.menu_chooser import ActionBox, MenuChooser
from voxview.gui.widgets.buttons import never_default
from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.elided import Elided
from voxview.gui.widgets.motion import MOTIONS
from voxview.gui.widgets.number_boxes import DECIMAL_SIGNS
from voxview.gui.widgets.page import row_layout as _row

_MENUS = (
    ("theme", "The&me", "Theme", "The colours of the window"),
    ("start", "Start &with", "Start with", "What the next start begins with"),
    ("surface", "S&urface", "Surface", "How fine surfaces are, shown and exported: finer ones are smoother"),
)
"""Of what is a submenu as well: its name, its label, the title of the submenu, and a tip."""


class PreferencesDialog(QDialog):
    """Shows each preference as it is; it may stay open beside the window."""

    numbers_chosen = Signal(str)
    """One of `DECIMAL_SIGNS`."""
    motion_chosen = Signal(str)
    """One of `MOTIONS`."""
    clear_wanted = Signal()

    def __init__(
        self,
        qactions: Mapping[str, QAction],
        menus: Sequence[QMenu],
        settings: Settings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Preferences")
        by_title = {menu.title().replace("&", ""): menu for menu in menus}
        self.choosers = {
            name: MenuChooser(by_title[title], title, tip)
            for name, _, title, tip in _MENUS
            if title in by_title
        }
        self.numbers = _chooser(
            DECIMAL_SIGNS, "Numbers in fields", "How they are written; 0.25 and 0,25 are always a quarter"
        )
        self.motion = _chooser(
            MOTIONS, "Motion", "Reduced: no gliding menus, no blinking cursor, no bar that runs to and fro"
        )
        self.numbers.activated.connect(lambda _: self.numbers_chosen.emit(self.numbers.currentData()))
        self.motion.activated.connect(lambda _: self.motion_chosen.emit(self.motion.currentData()))
        small = qactions["remove_small_components"]
        self.small_pieces = ActionBox(small, small.toolTip())
        self.keys = _button("Change &keys…", "Give any action another key, or none", qactions["change_keys"])
        self.hints = _button(
            "Show the &first steps", "The three hints of a first start", qactions["first_steps"]
        )
        self.cache = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.clear = QPushButton("&Clear")
        never_default(self.clear)
        self.clear.setToolTip("Delete it: a folder that is opened again takes longer, once")
        self.clear.setAccessibleName("Clear the cache")
        self.clear.clicked.connect(self.clear_wanted)
        self.folder = Elided()
        self.folder.set_text(str(settings.state_folder))
        self.folder.setToolTip(f"{settings.state_folder}\nPreferences, the last state and bookmarks")
        self.show_numbers(settings.text("numbers"))
        self.show_motion(settings.text("motion"))
        self._lay_out()
        self.apply_theme()

    def show_numbers(self, name: str) -> None:
        """Show how numbers in fields are written."""
        _choose(self.numbers, name)

    def show_motion(self, name: str) -> None:
        """Show how much moves by itself."""
        _choose(self.motion, name)

    def show_cache(self, files: int, size: int, folder: Path) -> None:
        """Show how much room is taken by what is kept of catalogs, and where."""
        of = f"{size / 1e6:.1f} MB of {counted(files, 'catalog')}" if files else "empty"
        self.cache.setText(of)
        self.cache.setToolTip(f"Voxels and numbers of the chairs of opened folders, in {folder}")
        self.clear.setEnabled(files > 0)

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        for heading in self._headings:
            heading.setStyleSheet(f"color: {theme.palette().quiet}")
        self._line.setStyleSheet(f"color: {theme.palette().quiet}")

    # ---- inside ---------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._headings: list[QLabel] = []
        self._form = form = QFormLayout()
        form.setSpacing(theme.GAP)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        labels = {name: label for name, label, _, _ in _MENUS}
        self._section("Look")
        self._add(labels["theme"], "theme")
        form.addRow("&Numbers in fields", self.numbers)
        form.addRow("M&otion", self.motion)
        self._section("Start")
        self._add(labels["start"], "start")
        form.addRow("", _row(self.hints))
        self._section("Chairs")
        self._add(labels["surface"], "surface")
        form.addRow("", self.small_pieces)
        self._section("Keys and files")
        form.addRow("Keys", _row(self.keys))
        form.addRow("Cache", _row(self.cache, self.clear))
        form.addRow("Kept in", _row(self.folder, stretched=self.folder))
        self._line = QLabel("Everything counts at once.")
        self._line.setFont(theme.small_font(self))
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        never_default(box.button(QDialogButtonBox.StandardButton.Close))
        box.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.GAP] * 4)
        column.setSpacing(theme.GAP)
        column.addLayout(form)
        column.addWidget(self._line)
        column.addStretch(1)
        column.addWidget(box)
        self.setMinimumWidth(380)

    def _section(self, title: str) -> None:
        heading = QLabel(title)
        heading.setFont(theme.strong_font(self))
        if self._headings:
            heading.setContentsMargins(0, theme.GAP, 0, 0)
        self._headings.append(heading)
        self._form.addRow(heading)

    def _add(self, label: str, name: str) -> None:
        if name in self.choosers:
            self._form.addRow(label, self.choosers[name])


def _chooser(texts: Mapping[str, str], name: str, tip: str) -> Chooser:
    chooser = Chooser()
    for value, text in texts.items():
        chooser.addItem(text, value)
    chooser.setAccessibleName(name)
    chooser.setToolTip(tip)
    return chooser


def _choose(chooser: Chooser, value: str) -> None:
    with QSignalBlocker(chooser):
        chooser.setCurrentIndex(max(0, chooser.findData(value)))


def _button(text: str, tip: str, action: QAction) -> QPushButton:
    button = QPushButton(text)
    never_default(button)
    button.setToolTip(tip)
    button.clicked.connect(action.trigger)
    return button
