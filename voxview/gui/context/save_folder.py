"""Where a dialog suggests to save: where one saved last, and never among the data."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths

from voxview.gui.context.listing import Listing
from voxview.gui.context.settings import Settings
from voxview.shapes.io.there import is_folder

_KEY = "export_folder"


def suggested_folder(settings: Settings, listing: Listing) -> Path:
    """Return the folder that was saved to last if it is there still, else the person's documents.

    A folder that chairs are read from is not suggested, nor one in it: what is written there would be listed
    as a chair the next time.
    """
    data = [settings.text("folder"), *(catalog.source for catalog in listing.catalogs)]
    roots = [Path(name) for name in data if name and is_folder(name)]
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    for name in (settings.text(_KEY), documents):
        folder = Path(name)
        if name and is_folder(folder) and not any(folder.is_relative_to(root) for root in roots):
            return folder
    return Path.home()


def remember_folder(settings: Settings, folder: Path) -> None:
    """Suggest this folder the next time."""
    settings.remember(_KEY, str(folder))
