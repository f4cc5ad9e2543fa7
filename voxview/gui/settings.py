"""What the program remembers between two starts: only what differs from how it comes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from voxview.model.shipped import DEFAULT_WEIGHTS

_DEFAULTS: dict[str, object] = {
    "theme": "system",
    "loop": True,
    "speed": "1×",
    "folder": "",
    "linked": True,
    "weights": DEFAULT_WEIGHTS,
    "remove_crumbs": False,
}


def settings_file() -> Path:
    """Where the settings are kept, in the folder that the system has for it."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    return Path(folder) / "voxview" / "voxview.ini"


class Settings:
    """Named values in an ini file; a value that cannot be read counts as not set."""

    def __init__(self, file: Path | None = None) -> None:
        self._store = QSettings(str(file or settings_file()), QSettings.Format.IniFormat)

    def text(self, name: str) -> str:
        """A remembered text, or its default."""
        value = self._store.value(name, _DEFAULTS[name])
        return value if isinstance(value, str) else str(_DEFAULTS[name])

    def flag(self, name: str) -> bool:
        """A remembered yes or no, or its default."""
        value = self._store.value(name, _DEFAULTS[name])
        return value if isinstance(value, bool) else str(value).lower() == "true"

    def layout(self, name: str) -> QByteArray | None:
        """A window's or a splitter's remembered state."""
        value = self._store.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) else None

    def remember(self, name: str, value: object) -> None:
        """Remember a value; one that is the default is forgotten instead."""
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
