"""Chairs of single files that are imported: what they are called apart by, and what they hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.shapes.chair import Chair

if TYPE_CHECKING:
    from voxview.shapes.frame import Grid


def read_imported(path: Path, up: str = "y", turn: int = 0) -> tuple[Chair, Grid]:
    """Read a file as it would stand; return its chair, which holds what was read now, and the grid.

    The id is the file's path, however it was given, and how it was turned. The source has the grid's
    fingerprint as well: what is kept by chair, such as encodings and pictures, is not taken for another
    content of the same file. Raises `InputError` for a file that cannot be used.
    """
    from voxview.shapes.bits import fingerprint
    from voxview.shapes.io.read import chair_from_file

    chair = chair_from_file(path.resolve(), up=up, turn=turn)
    grid = chair.read()
    turned = "" if (up, turn) == ("y", 0) else f" ({up} up, {turn}°)"
    content = f"{fingerprint(grid) & (1 << 64) - 1:016x}"
    kept = replace(
        chair,
        id=chair.id + turned,
        source=f"{chair.source} ({content})",
        read=lambda: grid,
        details={**chair.details, "fingerprint": content},
    )
    return kept, grid
