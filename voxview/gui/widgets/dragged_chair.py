"""A chair that is dragged from one place of the window to another."""

from __future__ import annotations

from PySide6.QtCore import QMimeData

from voxview.shapes.chair import Chair

DRAGGED = "application/x-voxview-chair"
"""The chair's source and id, on a line each."""


def dragged_data(chair: Chair) -> QMimeData:
    """Return what a drag of the chair carries."""
    data = QMimeData()
    data.setData(DRAGGED, f"{chair.source}\n{chair.id}".encode())
    return data


def dragged_key(data: QMimeData) -> tuple[str, str] | None:
    """Return the source and the id of the dragged chair; None for anything else."""
    if not data.hasFormat(DRAGGED):
        return None
    source, _, chair_id = bytes(data.data(DRAGGED).data()).decode().partition("\n")
    return source, chair_id
