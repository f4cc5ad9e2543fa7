"""Source of a mix's chairs: the list at the left, or a drag from it."""

from __future__ import annotations

from PySide6.QtCore import QMimeData

from voxview.gui.context.listing import Listing
from voxview.gui.context.thumbnails import Thumbnails
from voxview.gui.widgets.dragged_chair import dragged_key
from voxview.shapes.chair import Chair


class ChairSupply:
    """Chairs of the list, and their thumbnails."""

    def __init__(self, listing: Listing, thumbnails: Thumbnails) -> None:
        self._listing = listing
        self.thumbnails = thumbnails

    def selected(self) -> list[Chair]:
        """Return the chairs that are selected in the list."""
        return self._listing.selected

    def dropped(self, data: QMimeData) -> Chair | None:
        """Return the chair that is dragged from the list; None for anything else."""
        key = dragged_key(data)
        return None if key is None else self._listing.find(*key)
