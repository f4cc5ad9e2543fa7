"""Table of figures that is as high as its rows; each figure has a tip with its spread and notes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from voxview.gui import theme
from voxview.gui.benchmark.tables import Entry, Table
from voxview.gui.widgets.painted_text import line_height

_ROW = 23
"""Pixels at least."""
_COLUMN = 47
"""Pixels at least; where the panel is too narrow for what is in the columns, one scrolls."""


class FigureTable(QTableWidget):
    """Read-only table widget; the arrow keys move from figure to figure."""

    pointed = Signal(str)
    """What is known of the figure under the mouse or the keyboard's cursor."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.setFont(theme.small_font(self))
        self.verticalHeader().hide()
        self._row = max(_ROW, line_height(self.font()) + theme.GAP)
        self.verticalHeader().setDefaultSectionSize(self._row)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setMinimumSectionSize(_COLUMN)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Figures of the benchmark")
        self.setAccessibleDescription("Medians in milliseconds, a column for each of what was measured")
        self._shown: tuple[Table, bool] | None = None
        self.itemEntered.connect(self._point)
        self.currentItemChanged.connect(lambda item, _before: self._point(item))

    def show_table(self, table: Table, recorded: bool) -> None:
        """Show other figures; those of a recorded run in its colour."""
        if (table, recorded) == self._shown:
            return
        self._shown = (table, recorded)
        self.setRowCount(len(table.rows))
        self.setColumnCount(len(table.headings))
        for column, text in enumerate(table.headings):
            heading = QTableWidgetItem(text)
            heading.setTextAlignment(_side(column))
            heading.setToolTip(table.tips[column])
            self.setHorizontalHeaderItem(column, heading)
        for row, entries in enumerate(table.rows):
            for column, entry in enumerate(entries):
                self._fill(row, column, entry, recorded)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the scroll bar a place of its own where the columns do not fit."""
        super().resizeEvent(event)
        self._fit()

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        if self._shown is not None:
            shown, self._shown = self._shown, None
            self.show_table(*shown)

    def _fit(self) -> None:
        """Make it as high as what it holds; its columns share the width, or are as wide as they need."""
        header, columns = self.horizontalHeader(), range(self.columnCount())
        own, shared = QHeaderView.ResizeMode.ResizeToContents, QHeaderView.ResizeMode.Stretch
        needed = [max(self.sizeHintForColumn(one), header.sectionSizeHint(one), _COLUMN) for one in columns]
        fits = sum(needed[:1]) + len(needed[1:]) * max(needed[1:], default=0) <= self.width() - 2
        for column in columns:
            header.setSectionResizeMode(column, shared if column and fits else own)
        narrow = self.viewport().width() < header.length()
        bar = self.horizontalScrollBar().sizeHint().height() if narrow else 0
        self.setFixedHeight(
            self.horizontalHeader().sizeHint().height() + self._row * self.rowCount() + bar + 2
        )

    def _fill(self, row: int, column: int, entry: Entry, recorded: bool) -> None:
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            self.setItem(row, column, item)
        palette = theme.palette()
        item.setText(entry.text)
        item.setToolTip(entry.tip)
        item.setTextAlignment(_side(column))
        shade = QColor(palette.recorded if recorded else palette.accent)
        shade.setAlphaF(0.16 if entry.best else 0.0)
        item.setBackground(shade)
        is_quiet = entry.is_study or column == 0
        item.setForeground(
            QColor(palette.quiet if is_quiet else palette.recorded if recorded else palette.text)
        )

    def _point(self, item: QTableWidgetItem | None) -> None:
        if item is not None:
            self.pointed.emit(item.toolTip())


def _side(column: int) -> Qt.AlignmentFlag:
    across = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
    return across | Qt.AlignmentFlag.AlignVCenter
