"""Question for a file to write, which never answers with one that is there unless the person agreed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget


def ask_save_path(
    parent: QWidget | None, title: str, suggested: Path, kinds: Mapping[str, str]
) -> Path | None:
    """Ask for a file of one of the `kinds` (suffix → what it is); return None if the person cancels.

    A name without a suffix, or of a single kind with another one, gets the chosen kind's. Of the file of
    that name Qt knows nothing, so it is this that has to make sure.
    """
    filters = {f"{text} (*{suffix})": suffix for suffix, text in kinds.items()}
    name, chosen = QFileDialog.getSaveFileName(parent, title, str(suggested), ";;".join(filters))
    if not name:
        return None
    path, suffix = Path(name), filters.get(chosen, next(iter(kinds)))
    is_complete = path.suffix.lower() in kinds or (path.suffix and len(kinds) > 1)
    full = path if is_complete else path.with_name(path.name + suffix)
    return full if full == path or not full.exists() or may_replace(parent, full) else None


def may_replace(parent: QWidget | None, path: Path) -> bool:
    """Return whether the person lets what is at the path be replaced."""
    answer = QMessageBox.question(parent, "Replace it?", f"{path.name} is there already. Replace it?")
    return answer == QMessageBox.StandardButton.Yes
