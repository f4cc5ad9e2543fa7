"""Chairs of single files that are imported: what they are called apart by, and what they hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.shapes.chair import Chair

if TYPE_CHECKING:
    from voxview.shapes.frame import Grid
    from voxview.shapes.orient import Orientation


def read_imported(path: Path, up: str = "y", turn: int = 0, axis_order: str = "auto") -> tuple[Chair, Grid]:
    """Read a file as it would stand; return its chair, which holds what was read now, and the grid.

    The id is the file's path, however it was given, and how it was turned. The source has the grid's
    fingerprint as well: what is kept by chair, such as encodings and pictures, is not taken for another
    content of the same file. Raises `InputError` for a file that cannot be used.
    """
    from voxview.shapes.io.notices import listening
    from voxview.shapes.io.read import chair_from_file
    from voxview.shapes.orient import Orientation

    notices: list[str] = []
    chair = chair_from_file(path.resolve(), up=up, turn=turn, axis_order=axis_order)
    with listening(notices.append):
        grid = chair.read()
    chair = _kept(chair, chair.id, grid, Orientation(up, turn))
    said = tuple(line.removeprefix(f"{path.resolve()}: ") for line in notices)
    return replace(chair, details={**chair.details, "notices": said}), grid


def notices_of(chair: Chair) -> tuple[str, ...]:
    """Return what reading an imported chair's file found worth saying, one line each."""
    said = chair.details.get("notices")
    return said if isinstance(said, tuple) else ()


def turn_imported(chair: Chair, grid: Grid, orientation: Orientation) -> Chair:
    """Return a chair as an import that is turned from how it is now; `grid` is what it holds now.

    The chair may be one of a folder, too. An import has the id that it would have if it were imported so.
    """
    from voxview.shapes.orient import AS_READ, Orientation, rotate_grid

    up, turn = chair.details.get("up", AS_READ.up), chair.details.get("turn", AS_READ.turn)
    before = Orientation(str(up), int(str(turn)))
    path = str(chair.details.get("path") or f"{chair.source}/{chair.id}")
    return _kept(chair, path, rotate_grid(grid, orientation.matrix), orientation.after(before))


def _kept(chair: Chair, path: str, grid: Grid, orientation: Orientation) -> Chair:
    """Return the chair as an import from `path` that holds `grid`, which was read in an orientation."""
    from voxview.shapes.bits import fingerprint
    from voxview.shapes.orient import AS_READ

    content = f"{fingerprint(grid) & (1 << 64) - 1:016x}"
    up, turn = orientation.up, orientation.turn
    return replace(
        chair,
        id=path if orientation == AS_READ else f"{path} ({up} up, {turn}°)",
        source=f"{path} ({content})",
        read=lambda: grid,
        details={**chair.details, "up": up, "turn": turn, "fingerprint": content},
    )
