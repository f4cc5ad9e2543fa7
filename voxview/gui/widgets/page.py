"""What the pages of the side panel have in common: a scroll area, and rows and columns in one spacing."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from voxview.gui import theme

_NARROWEST = 224
"""Pixels; the tabs above the pages need more, where the window has it."""


class Page(QScrollArea):
    """A page that scrolls vertically; its contents are as wide as it is, unless they need more."""

    def show_items(self, name: str, *items: QWidget | QLayout) -> None:
        """Put items below each other, and name the page for assistive technology."""
        body = QWidget()
        column = column_layout(body)
        column.setContentsMargins(2 * theme.GAP, theme.GAP + 4, 2 * theme.GAP, 2 * theme.GAP)
        for item in items:
            if isinstance(item, QLayout):
                column.addLayout(item)
            else:
                column.addWidget(item)
        column.addStretch(1)
        self.setWidget(body)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumWidth(_NARROWEST)
        self.setAccessibleName(name)
        self.setAccessibleDescription("A page of the side panel: the arrows scroll it, Tab goes into it")


def column_layout(widget: QWidget | None = None) -> QVBoxLayout:
    """Return a column without margins, inside the widget if there is one."""
    column = QVBoxLayout(widget) if widget is not None else QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.GAP)
    return column


def row_layout(*widgets: QWidget, stretched: QWidget | None = None) -> QHBoxLayout:
    """Return widgets in a row; one may take the room that is left, else it stays empty at the right."""
    row = QHBoxLayout()
    row.setSpacing(theme.GAP)
    for widget in widgets:
        row.addWidget(widget, 1 if widget is stretched else 0)
    if stretched is None:
        row.addStretch(1)
    return row
