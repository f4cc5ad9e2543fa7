"""The table of a network's layers; a row unfolds into the arithmetic of its figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from voxview.gui import theme
from voxview.gui.network.texts import arithmetic_lines, memory_text, row_tip, time_text
from voxview.model.layers.rows import LayerRow, NetworkRows

if TYPE_CHECKING:
    from voxview.model.layers.times import LayerTimes

_BEFORE_TIMES = 2
"""Columns to the left of the times, which the person has just requested."""
LEAST_ROWS = 7
"""Rows that are seen at least."""


@dataclass(frozen=True)
class _Column:
    """One column: its heading, what the heading says when it is pointed at, and a row's text."""

    heading: str
    tip: str
    text: Callable[[LayerRow], str]


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


_COLUMNS = (
    _Column("layer", "The path of its module in the network", lambda row: row.name),
    _Column("output", "Positions × channels of what it gives, for one example", lambda row: row.output.text),
    _Column("F", "Kernel: the filter's length along each axis", lambda row: _number(row.kernel)),
    _Column("S", "Stride: positions that the filter moves by", lambda row: _number(row.stride)),
    _Column("P", "Padding: zeros on each side of the input", lambda row: _number(row.padding)),
    _Column("filters", "Channels that it gives", lambda row: _number(row.filters)),
    _Column(
        "groups",
        "Parts of the channels, of which a filter sees one",
        lambda row: _number(row.groups if row.filters else None),
    ),
    _Column("parameters", "Numbers that are learnt and stored in the file", lambda row: _number(row.stored)),
    _Column(
        "in use",
        "Parameters in use: of a symmetric network the file stores one of two mirrored halves",
        lambda row: _number(row.expanded),
    ),
    _Column(
        "multiply-adds",
        "Products that are added to a sum, for one example",
        lambda row: _number(row.multiply_adds),
    ),
    _Column("memory", "Bytes of its output in float32, for one example", memory_text),
    _Column(
        "sees",
        "Receptive field: how much of the input, along each axis, one of its numbers can depend on",
        lambda row: row.receptive_text,
    ),
)


class LayerTree(QTreeWidget):
    """Read-only table; Right or a click on the arrow unfolds a row, Left folds it."""

    row_selected = Signal(int)
    """Another row was selected, or a line of its arithmetic."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(theme.small_font(self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setUniformRowHeights(True)
        self.setIndentation(14)
        self.setAccessibleName("Layers")
        self.setAccessibleDescription(
            "The right arrow shows the arithmetic of a layer, the left one hides it"
        )
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setMinimumSectionSize(22)
        self.currentItemChanged.connect(self._changed)
        self._shown: NetworkRows | None = None

    @property
    def row(self) -> int | None:
        """The selected row."""
        return self._row_of(self.currentItem())

    def show_network(self, network: NetworkRows, times: Sequence[LayerTimes] = ()) -> None:
        """Show a network's layers, and how long each took where that was measured; the selection stays."""
        same = self._shown is not None and self._shown.name == network.name
        row, unfolded = (self.row, self._unfolded()) if same else (None, [])
        self._shown = network
        columns = [column for column in _COLUMNS if not _says_nothing(column.heading, network)]
        with QSignalBlocker(self):
            self.clear()
            self.setColumnCount(len(columns) + len(times))
            self._show_headings(columns, times)
            for number, layer in enumerate(network.rows):
                texts = [column.text(layer) for column in columns]
                texts[_BEFORE_TIMES:_BEFORE_TIMES] = [time_text(one.rows[number]) for one in times]
                self._add(layer, texts)
            items = self._items()
            for place in unfolded:
                items[place].setExpanded(True)
            if row is not None:
                self.setCurrentItem(items[row])
        self._fit()

    def select(self, row: int, *, unfold: bool = False) -> None:
        """Select a row without a signal."""
        item = self.topLevelItem(row)
        if item is None:
            return
        with QSignalBlocker(self):
            if self.row != row:
                self.setCurrentItem(item)
            if unfold:
                item.setExpanded(True)
        self.scrollToItem(item)

    # ---- inside ---------------------------------------------------------------------------------

    def _show_headings(self, columns: Sequence[_Column], times: Sequence[LayerTimes]) -> None:
        heading = self.headerItem()
        tips = [(column.heading, column.tip) for column in columns]
        tips[_BEFORE_TIMES:_BEFORE_TIMES] = [
            (
                "ms, CPU" if one.device.startswith("CPU") else "ms, GPU",
                f"Milliseconds by itself: {one.device}",
            )
            for one in times
        ]
        for place, (text, tip) in enumerate(tips):
            heading.setText(place, text)
            heading.setToolTip(place, tip)
            heading.setTextAlignment(place, _side(place))

    def _add(self, layer: LayerRow, texts: Sequence[str]) -> None:
        item = QTreeWidgetItem(list(texts))
        for place in range(len(texts)):
            item.setTextAlignment(place, _side(place))
            item.setToolTip(place, row_tip(layer))
        self.addTopLevelItem(item)
        for line in arithmetic_lines(layer):
            child = QTreeWidgetItem([line])
            child.setToolTip(0, line)
            item.addChild(child)
            child.setFirstColumnSpanned(True)

    def _fit(self) -> None:
        header = self.header()
        folded = not self._unfolded()
        for place in range(self.columnCount()):
            header.setSectionResizeMode(place, QHeaderView.ResizeMode.Interactive)
            wide = max(self.sizeHintForColumn(place) if place or folded else 0, header.sectionSizeHint(place))
            header.resizeSection(place, max(wide, self._first_width() if not place else 0) + 6)
        line = self.sizeHintForRow(0) if self.topLevelItemCount() else self.fontMetrics().height() + 4
        rows = min(max(LEAST_ROWS, self.topLevelItemCount()), 2 * LEAST_ROWS)
        bar = self.horizontalScrollBar().sizeHint().height()
        self.setMinimumHeight(header.sizeHint().height() + rows * line + bar + 4)

    def _first_width(self) -> int:
        """Return the pixels of the longest name: lines of arithmetic lie across all columns."""
        widths = [self.fontMetrics().horizontalAdvance(item.text(0)) for item in self._items()]
        longest = max(widths, default=0)
        return longest + self.indentation() + 8

    def _unfolded(self) -> list[int]:
        return [place for place, item in enumerate(self._items()) if item.isExpanded()]

    def _items(self) -> list[QTreeWidgetItem]:
        """Return the layers' items."""
        found = (self.topLevelItem(place) for place in range(self.topLevelItemCount()))
        return [item for item in found if item is not None]

    def _row_of(self, item: QTreeWidgetItem | None) -> int | None:
        if item is None:
            return None
        return self.indexOfTopLevelItem(item.parent() or item)

    def _changed(self, item: QTreeWidgetItem | None, before: QTreeWidgetItem | None) -> None:
        row = self._row_of(item)
        if row is not None and row != self._row_of(before):
            self.row_selected.emit(row)


def _says_nothing(heading: str, network: NetworkRows) -> bool:
    """Return whether a column would have nothing to say of a network."""
    if heading == "in use":
        return network.stored == network.expanded
    if heading in ("F", "S", "P", "filters"):
        return all(row.kernel is None for row in network.rows)
    return heading == "groups" and all(row.groups == 1 for row in network.rows)


def _side(column: int) -> Qt.AlignmentFlag:
    across = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
    return across | Qt.AlignmentFlag.AlignVCenter
