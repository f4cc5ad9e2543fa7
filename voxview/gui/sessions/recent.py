"""Menu of the sessions that were opened or saved lately."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QMenu, QWidget

from voxview.gui.context.settings import Settings
from voxview.shapes.io.there import is_file

_MOST = 8


class RecentMenu(QMenu):
    """Sessions by name, newest first; one whose file is gone cannot be chosen."""

    def __init__(
        self, settings: Settings, before: Path, open_file: Callable[[Path], None], parent: QWidget
    ) -> None:
        """Open a file by `open_file`; `before` is what the last run left, if this one began elsewhere."""
        super().__init__("&Recent sessions", parent)
        self._settings, self._before, self._open = settings, before, open_file
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)
        self.fill()

    @property
    def files(self) -> list[Path]:
        """The sessions, newest first."""
        return [Path(line) for line in self._settings.text("recent_sessions").split("\n") if line]

    def add(self, path: Path) -> None:
        """Put a session first."""
        others = [one for one in self.files if one != path]
        names = [str(one) for one in (path, *others)][:_MOST]
        self._settings.remember("recent_sessions", "\n".join(names))
        self.fill()

    def fill(self) -> None:
        """List what there is now."""
        self.clear()
        for path in self.files:
            action = self.addAction(path.stem.replace("&", "&&"))
            there = is_file(path)
            action.setToolTip(str(path) if there else f"{path} is gone")
            action.setEnabled(there)
            action.triggered.connect(lambda _=False, path=path: self._open(path))
        if self._before.is_file():
            self.addSeparator()
            self.addAction("The last &time", lambda: self._open(self._before)).setToolTip(
                "Where the window was before this start, which began elsewhere"
            )
        if self.isEmpty():
            self.addAction("None yet").setEnabled(False)
            return
        self.addSeparator()
        self.addAction("&Clear the list", self._forget).setEnabled(bool(self.files))

    def _forget(self) -> None:
        self._settings.remember("recent_sessions", "")
        self.fill()
