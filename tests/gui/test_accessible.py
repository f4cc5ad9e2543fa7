"""Assistive technology: every control has a name and a description, and what is shown is a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from every_dialog import every_dialog
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QMenu,
    QScrollBar,
    QTabBar,
    QWidget,
)
from whole_layout import PAGES, kinds_of, show_page

from voxview.gui.window import MainWindow

CONTROLS = (
    *(QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QAbstractSlider, QAbstractItemView, QTabBar),
)


def controls(part: QWidget) -> Iterator[QWidget]:
    """Yield all that a person can use in a part of the window, hidden or not; not the parts of a control."""
    for widget in part.findChildren(QWidget):
        inner = isinstance(widget.parent(), QAbstractSpinBox | QComboBox | QTabBar | QMenu | QLineEdit)
        own = isinstance(widget, QScrollBar | QHeaderView) or widget.objectName().startswith("qt_")
        by_keys = widget.focusPolicy() & widget.focusPolicy().TabFocus
        above = widget.parentWidget()
        popup = widget.isWindow() or (above is not None and isinstance(above.parent(), QComboBox))
        if not (inner or own or popup) and (isinstance(widget, CONTROLS) or by_keys):
            yield widget


def text_of(widget: QWidget, kind: QAccessible.Text) -> str:
    """Return what assistive technology gets of a widget."""
    interface = QAccessible.queryAccessibleInterface(widget)
    own = widget.accessibleName() if kind == QAccessible.Text.Name else widget.accessibleDescription()
    return own or (interface.text(kind) if interface is not None else "")


def nameless(part: QWidget, where: str) -> Iterator[str]:
    """Yield the controls that lack a name or a description."""
    for widget in controls(part):
        name = text_of(widget, QAccessible.Text.Name)
        description = text_of(widget, QAccessible.Text.Description)
        is_standard = isinstance(widget.parent(), QDialogButtonBox)  # Cancel and Close say all there is
        is_empty = isinstance(widget, QAbstractButton) and widget.isHidden() and not widget.text()
        if not is_empty and not (name and (description or is_standard)):
            yield f"{where}: {type(widget).__name__} “{name}” · “{description}”"


def test_every_control_of_the_window_has_a_name_and_a_description(
    unstarted: MainWindow, tmp_path: Path
) -> None:
    for page in PAGES[1:]:
        show_page(unstarted, page)
        for _ in kinds_of(unstarted, page):
            pass
    missing = list(nameless(unstarted, "window"))
    assert sorted(set(missing)) == []
    for dialog in every_dialog(unstarted, tmp_path):
        missing += nameless(dialog, dialog.windowTitle())
        dialog.reject()
    assert sorted(set(missing)) == []
