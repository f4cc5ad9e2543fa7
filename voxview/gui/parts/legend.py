"""Legend of the parts below the view: what each colour is, how much it is, and whether it is seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from voxview.gui import theme
from voxview.gui.parts.part_box import PartBox
from voxview.gui.session.part_texts import PART_NAMES, shares_tip

_NARROW_COLUMNS = 2

Shares = Mapping[int, float]
"""Share of the voxels of each part, by label; empty where it is not known."""


class Legend(QWidget):
    """One row of check boxes, or two where there is no room for one."""

    seen = Signal(int, bool)
    """A part, by its label, is to be seen or not."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Parts of the chairs")
        self.what = QLabel("Share of the voxels")
        self.what.setFont(theme.small_font(self))
        self.boxes = tuple(PartBox(part) for part in range(len(PART_NAMES)))
        for part, box in enumerate(self.boxes):
            box.toggled.connect(lambda on, part=part: self.seen.emit(part, on))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(theme.GAP, theme.GAP // 2, theme.GAP, 0)
        self._grid.setHorizontalSpacing(theme.GAP)
        self._grid.setVerticalSpacing(theme.GAP // 2)
        self._is_narrow: bool | None = None
        self._lay_out(narrow=False)
        self.show_shares({}, {}, {})

    @property
    def tab_order(self) -> Sequence[QWidget]:
        """The check boxes."""
        return self.boxes

    def minimumSizeHint(self) -> QSize:
        """Return the smallest useful size: that of two rows."""
        height = self._grid.minimumSize().height()
        return QSize(self._width_of(_NARROW_COLUMNS), height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take two rows where one is too long."""
        super().resizeEvent(event)
        wide = self._width_of(len(self.boxes)) + self.what.sizeHint().width() + theme.GAP
        self._lay_out(narrow=self.width() < wide)

    def show_shares(self, middle: Shares, a: Shares, b: Shares) -> None:
        """Show how much each part is of what is in the middle, and in the tooltips of A and B as well."""
        for part, box in enumerate(self.boxes):
            box.show_share(middle.get(part))
            box.setToolTip(shares_tip(part, middle, a, b))

    def show_all(self) -> None:
        """Tick every part, without telling."""
        for box in self.boxes:
            with QSignalBlocker(box):
                box.setChecked(True)

    def show_hidden(self, hidden: Sequence[int]) -> None:
        """Tick every part but these, as if a person did."""
        for part, box in enumerate(self.boxes):
            box.setChecked(part not in hidden)

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self.what.setStyleSheet(f"color: {theme.palette().quiet}")
        for box in self.boxes:
            box.show_colour()

    def _width_of(self, columns: int) -> int:
        widest = max(box.sizeHint().width() for box in self.boxes)
        margins = self._grid.contentsMargins()
        between = (columns - 1) * self._grid.horizontalSpacing()
        return columns * widest + between + margins.left() + margins.right()

    def _lay_out(self, *, narrow: bool) -> None:
        if narrow == self._is_narrow:
            return
        self._is_narrow = narrow
        for widget in (self.what, *self.boxes):
            self._grid.removeWidget(widget)
        self.what.setVisible(not narrow)
        first = 0 if narrow else 1
        if not narrow:
            self._grid.addWidget(self.what, 0, 0)
        columns = _NARROW_COLUMNS if narrow else len(self.boxes)
        for part, box in enumerate(self.boxes):
            self._grid.addWidget(box, part // columns, first + part % columns)
        for column in range(len(self.boxes) + 2):
            self._grid.setColumnStretch(column, 0)
        self._grid.setColumnStretch(first + columns, 1)
