"""Reading a folder of chairs in the background, for the list that may wait for it."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer

from voxview.conventions import CHAIR_SYNSET
from voxview.gui.context.app_context import AppContext
from voxview.shapes.catalogs.catalog import Catalog


def folder_title(folder: str | os.PathLike[str]) -> str:
    """Return what a folder is called in a few words: a synset, which is a number, by the folder above it."""
    path = Path(folder)
    return path.parent.name if path.name == CHAIR_SYNSET and path.parent.name else path.name or str(path)


def read_folder(
    context: AppContext, folder: Path, then: Callable[[Catalog], None], failed: Callable[[str], None]
) -> None:
    """Open a folder, then call `then` with its catalog, or `failed` with one line.

    A list that waits for it does so until it has come, failed or been cancelled.
    """
    from voxview.shapes.catalogs.open import open_catalog

    title, background, listing = folder_title(folder), context.background, context.listing

    def stop_waiting() -> None:
        if listing.awaited == title:
            listing.stop_waiting()

    def ended(which: int) -> None:
        if which == number:
            background.ended.disconnect(ended)
            QTimer.singleShot(0, listing, stop_waiting)  # after what is done with the catalog, if it came

    number = background.run(f"Opening {title}", partial(open_catalog, folder), then, failed)
    background.ended.connect(ended)
