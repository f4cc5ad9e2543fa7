"""Listing what was imported."""

from __future__ import annotations

from voxview.gui.context.app_context import AppContext
from voxview.shapes.chair import Chair


def list_imported(context: AppContext, chair: Chair) -> Chair:
    """List an imported chair, and return it as it is listed.

    Where an older content of its file is A or B, that is the new one now.
    """
    selection, listed = context.session.selection, context.listing.add_imported(chair)
    for letter, selected in zip("AB", selection.pair, strict=True):
        if selected is not None and selected.id == listed.id and selected != listed:
            selection.take(letter, listed)
    return listed
