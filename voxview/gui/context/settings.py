"""Settings that are kept between two starts; only those that differ from the defaults are stored."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from voxview.conventions import RESOLUTION
from voxview.gui.context.ini_types import has_foreign_types
from voxview.model.weights_card import DEFAULT_WEIGHTS
from voxview.shapes.io.there import is_folder

log = logging.getLogger(__name__)

_DEFAULTS: dict[str, object] = {
    "theme": "system",
    "numbers": "system",
    "motion": "system",
    "first_steps": "new",
    "loop": True,
    "speed": "1×",
    "even_pace": False,
    "folder": "",
    "linked": True,
    "look": "",
    "weights": DEFAULT_WEIGHTS,
    "remove_small_components": False,
    "parts": False,
    "export_folder": "",
    "export_formats": "obj",
    "export_stl": "80 z",
    "surface_resolution": str(RESOLUTION),
    "start": "last",
    "recent_sessions": "",
    "recent_commands": "",
    "gpu_problem": "",
    "training_run": "",
    "training_failed": "",
}
_FORMER_NAMES = {"remove_small_components": "remove_crumbs"}  # older versions
"""Read where a value is not set under its new name."""


_MOST_BYTES = 16_000_000


def settings_file() -> Path:
    """Return the file of the settings, in the folder that the system has for them."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    return Path(folder) / "voxview" / "voxview.ini"


def set_aside(file: Path) -> Path:
    """Rename a damaged file, so that another can take its place; return where it is.

    One that was set aside before stays, and the tenth takes the place of the ninth.
    """
    names = [f"{file.name}.damaged", *(f"{file.name}.damaged-{number}" for number in range(2, 10))]
    places = [file.with_name(name) for name in names]
    aside = next((one for one in places if not one.exists()), places[-1])
    try:
        file.replace(aside)
    except OSError:  # it is read only: then it stays, and is not used
        return file
    return aside


def _is_refused(file: Path) -> bool:
    """Return whether a file cannot be settings: to open a pipe would wait for ever, a device has no end."""
    try:
        if not file.exists():
            return False
        return not file.is_file() or file.stat().st_size > _MOST_BYTES or has_foreign_types(file.read_bytes())
    except OSError:
        return False


def _has_nul(file: Path) -> bool:
    """Return whether a file holds what no text does, as after a power cut."""
    try:
        return b"\0" in file.read_bytes()
    except OSError:
        return False


class Settings:
    """Named values in an ini file; a value that cannot be read counts as not set."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or settings_file()
        refused = set_aside(self._file) if _is_refused(self._file) else None
        if refused is not None and _is_refused(self._file):  # it could not be renamed
            self._file = self._file.with_name(f"{self._file.name}.unused")
        self._store = QSettings(str(self._file), QSettings.Format.IniFormat)
        self.damaged: Path | None = refused
        """Where a file was set aside that could not be read whole; what could be read of it counts."""
        readable = {key: self._store.value(key) for key in self._store.allKeys() if key}
        if self._store.status() == QSettings.Status.FormatError or _has_nul(self._file):
            self.damaged = set_aside(self._file)
            self._store = QSettings(str(self._file), QSettings.Format.IniFormat)
            for key, value in readable.items():
                self._store.setValue(key, value)

    @property
    def is_kept(self) -> bool:
        """Whether what is remembered can be written, as far as that can be known before."""
        return self._store.isWritable()

    @property
    def state_folder(self) -> Path:
        """The folder of what is kept of the last state and of bookmarks: beside the settings."""
        return self._file.parent

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
        return Path(remembered) if remembered and is_folder(remembered) else Path.home()

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

    def keys(self, action: str) -> str | None:
        """Return the keys that a person gave an action; empty: none; None where it has the program's own."""
        value = self._store.value(f"keys/{action}")
        return value if isinstance(value, str) else None

    def remember_keys(self, action: str, keys: str | None) -> None:
        """Remember an action's keys; None: the program's own."""
        if keys is None:
            self._store.remove(f"keys/{action}")
        else:
            self._store.setValue(f"keys/{action}", keys)

    def remember_layout(self, name: str, state: QByteArray) -> None:
        """Remember a window's or a splitter's state."""
        self._store.setValue(f"layout/{name}", state)

    def save(self) -> None:
        """Write the file now; where that fails, it stays as it was, and a line in the terminal says so."""
        self._store.sync()
        if self._store.status() == QSettings.Status.AccessError and self.is_kept:
            log.warning("the settings in %s cannot be written: is the disk full?", self._file)
