"""A row of widgets, each as wide as the view above or below it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from voxview.gui.blend.layout import COLUMNS

_FINE = 100
"""Stretch factors of Qt are whole numbers."""


class Row:
    """Shows those widgets of a row whose place is seen in a layout, in the widths of the views."""

    def __init__(self, owner: QWidget) -> None:
        self._widgets: dict[int, QWidget] = {}
        self._row = QHBoxLayout(owner)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)

    def put(self, place: int, widget: QWidget) -> None:
        """Add the widget of a place, to the right of those before it."""
        self._widgets[place] = widget
        self._row.addWidget(widget)

    def set_layout(self, layout: str) -> None:
        """Show what belongs to the views of a layout."""
        widths = dict(COLUMNS[layout])
        for at, (place, widget) in enumerate(self._widgets.items()):
            self._row.setStretch(at, round(_FINE * widths.get(place, 0)))
            widget.setVisible(place in widths)
