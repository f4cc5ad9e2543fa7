"""Aspects that several features have: whether a checkable action is on."""

from __future__ import annotations

from PySide6.QtGui import QAction

from voxview.gui.session.state import Aspect


def flag_aspect(name: str, action: QAction, on: str, off: str) -> Aspect:
    """Return whether an action is checked as a part of the state; `on` and `off` name its steps."""
    return Aspect(
        name,
        action.isChecked,
        lambda value: action.setChecked(bool(value)),
        lambda value: isinstance(value, bool),
        lambda value: on if value else off,
    )
