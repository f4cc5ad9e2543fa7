"""Reduced motion: whether the person or the system wants it, and what moves by itself less."""

from __future__ import annotations

import os
import re
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

MOTIONS = {"system": "As the system has it", "reduced": "Reduced", "full": "Full"}
"""The setting's value → what it is called."""
_EFFECTS = (
    Qt.UIEffect.UI_AnimateMenu,
    Qt.UIEffect.UI_FadeMenu,
    Qt.UIEffect.UI_AnimateCombo,
    Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeTooltip,
)
_FILES = (
    ("gtk-4.0/settings.ini", re.compile(r"^\s*gtk-enable-animations\s*=\s*(0|false)\s*$", re.M | re.I)),
    ("gtk-3.0/settings.ini", re.compile(r"^\s*gtk-enable-animations\s*=\s*(0|false)\s*$", re.M | re.I)),
    ("kdeglobals", re.compile(r"^\s*\w+DurationFactor\s*=\s*0(\.0+)?\s*$", re.M)),
)
"""Where desktops on Linux write that they shall not animate."""
_MOST_BYTES = 1_000_000


class Motion:
    """What blinks and glides by itself; it begins as the system has it."""

    def __init__(self) -> None:
        self._flash_time = QApplication.styleHints().cursorFlashTime() or 1000
        self._effects = [effect for effect in _EFFECTS if QApplication.isEffectEnabled(effect)]

    def apply(self, name: str) -> None:
        """Take on one of `MOTIONS`. What the person plays moves in all of them."""
        is_reduced = name == "reduced" or (name == "system" and system_reduces_motion())
        QApplication.styleHints().setCursorFlashTime(0 if is_reduced else self._flash_time)
        for effect in self._effects:
            QApplication.setEffectEnabled(effect, not is_reduced)


def is_motion_reduced() -> bool:
    """Return whether nothing shall move by itself: no bar that runs to and fro, no camera that flies."""
    return QApplication.styleHints().cursorFlashTime() == 0


def system_reduces_motion() -> bool:
    """Return whether the desktop is set to animate less; False where that cannot be known."""
    if QApplication.styleHints().cursorFlashTime() == 0:
        return True  # Qt had it from the system
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return any(pattern.search(_text(home / name)) for name, pattern in _FILES)


def _text(file: Path) -> str:
    try:
        is_small = file.is_file() and file.stat().st_size <= _MOST_BYTES
        return file.read_text(encoding="utf-8", errors="replace") if is_small else ""
    except OSError:
        return ""
