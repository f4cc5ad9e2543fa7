"""Chairs of single files that are imported: what they are called apart by, and what they hold."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.engine.step import Step
from voxview.shapes.chair import Chair

if TYPE_CHECKING:
    from voxview.shapes.frame import Grid
    from voxview.shapes.io.arrays import Level
    from voxview.shapes.orient import Orientation


def read_imported(
    path: Path, up: str = "y", turn: int = 0, axis_order: str = "auto", level: Level | None = None
) -> tuple[Chair, Grid]:
    """Read a file as it would stand; return its chair, which holds what was read now, and the grid.

    The id is the file's path, however it was given, and how it was turned. The source has the grid's
    fingerprint as well: what is kept by chair, such as encodings and pictures, is not taken for another
    content of the same file. Raises `InputError` for a file that cannot be used.
    """
    from voxview.shapes.io.notices import listening
    from voxview.shapes.io.read import chair_from_file
    from voxview.shapes.orient import Orientation

    notices: list[str] = []
    chair = chair_from_file(path.resolve(), up=up, turn=turn, axis_order=axis_order, level=level)
    with listening(notices.append):
        grid = chair.read()
    chair = _kept(chair, chair.id, grid, Orientation(up, turn))
    said = tuple(line.removeprefix(f"{path.resolve()}: ") for line in notices)
    return replace(chair, details={**chair.details, "notices": said}), grid


def read_all(paths: list[Path]) -> Generator[Step, None, tuple[list[Chair], list[str]]]:
    """Return the chairs in some files, and notices; each is read now, so that a broken one is not listed."""
    chairs: list[Chair] = []
    notices: list[str] = []
    for path in paths:
        yield Step(len(chairs), len(paths), None, "files")
        chairs.append(read_imported(path)[0])
        notices += [f"{path.name}: {line}" for line in notices_of(chairs[-1])]
    return chairs, notices


def notices_of(chair: Chair) -> tuple[str, ...]:
    """Return what reading an imported chair's file found worth saying, one line each."""
    said = chair.details.get("notices")
    return said if isinstance(said, tuple) else ()


def read_again(chair: Chair) -> Chair:
    """Read the file of an import again, in the way in which it was read; its name stays.

    Raises `InputError` for a file that cannot be used.
    """
    from voxview.shapes.io.arrays import Level

    details = chair.details
    level = None
    if "level" in details:
        level = Level(float(str(details["level"])), bool(details.get("below")))
    order, stands = str(details.get("axis_order", "auto")), orientation_of(chair)
    now, _ = read_imported(Path(str(details["path"])), stands.up, stands.turn, order, level)
    return replace(now, name=chair.name, version=chair.version)


def turn_imported(chair: Chair, grid: Grid, orientation: Orientation) -> Chair:
    """Return a chair as an import that is turned from how it is now; `grid` is what it holds now.

    The chair may be one of a folder, too. An import has the id that it would have if it were imported so.
    """
    from voxview.shapes.orient import rotate_grid

    before = orientation_of(chair)
    path = str(chair.details.get("path") or f"{chair.source}/{chair.id}")
    return _kept(chair, path, rotate_grid(grid, orientation.matrix), orientation.after(before))


def orientation_of(chair: Chair) -> Orientation:
    """Return how a chair stands, seen from how its file has it."""
    from voxview.shapes.orient import AS_READ, Orientation

    up, turn = chair.details.get("up", AS_READ.up), chair.details.get("turn", AS_READ.turn)
    return Orientation(str(up), int(str(turn)))


def _kept(chair: Chair, path: str, grid: Grid, orientation: Orientation) -> Chair:
    """Return the chair as an import from `path` that holds `grid`, which was read in an orientation."""
    from voxview.shapes.bits import fingerprint, fingerprint_text
    from voxview.shapes.orient import AS_READ

    content = fingerprint_text(fingerprint(grid))
    up, turn = orientation.up, orientation.turn
    return replace(
        chair,
        id=path if orientation == AS_READ else f"{path} ({up} up, {turn}°)",
        source=f"{path} ({content})",
        read=lambda: grid,
        details={**chair.details, "up": up, "turn": turn, "fingerprint": content},
    )
