"""Settings that are kept between two starts; only those that differ from the defaults are stored."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from voxview.conventions import RESOLUTION
from voxview.model.weights_card import DEFAULT_WEIGHTS

_DEFAULTS: dict[str, object] = {
    "theme": "system",
    "loop": True,
    "speed": "1×",
    "even_pace": False,
    "folder": "",
    "linked": True,
    "look": "",
    "weights": DEFAULT_WEIGHTS,
    "remove_small_components": False,
    "parts": False,
    "surface_resolution": str(RESOLUTION),
}
_FORMER_NAMES = {"remove_small_components": "remove_crumbs"}  # older versions
"""Read where a value is not set under its new name."""


def settings_file() -> Path:
    """Return the file of the settings, in the folder that the system has for them."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    return Path(folder) / "voxview" / "voxview.ini"


class Settings:
    """Named values in an ini file; a value that cannot be read counts as not set."""

    def __init__(self, file: Path | None = None) -> None:
        self._store = QSettings(str(file or settings_file()), QSettings.Format.IniFormat)

    def text(self, name: str) -> str:
        """Return a remembered text, or its default."""
        value = self._store.value(name, _DEFAULTS[name])
        return value if isinstance(value, str) else str(_DEFAULTS[name])

    def flag(self, name: str) -> bool:
        """Return a remembered flag, or its default."""
        value = self._store.value(name, self._store.value(_FORMER_NAMES.get(name, name), _DEFAULTS[name]))
        return value if isinstance(value, bool) else str(value).lower() == "true"

    @property
    def folder(self) -> Path:
        """The folder that was opened last if it is still there, else the person's home."""
        remembered = self.text("folder")
        return Path(remembered) if remembered and Path(remembered).is_dir() else Path.home()

    def layout(self, name: str) -> QByteArray | None:
        """Return a window's or a splitter's remembered state."""
        value = self._store.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) else None

    def remember(self, name: str, value: object) -> None:
        """Remember a value; one that is the default is forgotten instead."""
        if name in _FORMER_NAMES:
            self._store.remove(_FORMER_NAMES[name])
        if _DEFAULTS.get(name) == value:
            self._store.remove(name)
        else:
            self._store.setValue(name, value)

    def remember_layout(self, name: str, state: QByteArray) -> None:
        """Remember a window's or a splitter's state."""
        self._store.setValue(f"layout/{name}", state)

    def save(self) -> None:
        """Write the file now."""
        self._store.sync()
