"""How a chair stands in an `.stl` for a printer: its size in millimetres, its up axis, and where.

The format knows neither units nor axes, and printers take z for up. So a chair is written at the size that it
is to have, and the file's header of 80 bytes, which programs pass over, notes how that was done: we read the
file back as the chair that it was.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voxview.errors import InputError
from voxview.shapes.frame import AnyFloats, Doubles
from voxview.shapes.orient import UPS, rotation_matrix

HEADER_BYTES = 80
MIN_HEIGHT, MAX_HEIGHT = 1.0, 10_000.0
"""Millimetres."""

_NUMBER = r"(-?\d+(?:\.\d+)?(?:e-?\d+)?)"
_NOTE = re.compile(rf"VoxView up=(-?[xyz]) turn=(\d+) scale={_NUMBER} at={_NUMBER},{_NUMBER},{_NUMBER}")
_OUTSIDE = 0.05
"""How far a vertex may lie outside of the cube, in cubes: a low level reaches half a voxel beyond."""


@dataclass(frozen=True)
class PrintSize:
    """How tall a chair is to stand in a file, and along which of its axes."""

    height: float = 80.0
    """Millimetres, along the up axis."""
    up: str = "z"
    """One of x, y, z, -x, -y, -z. With z, the seat's front looks towards −y, the front of printers."""

    def __post_init__(self) -> None:
        if self.up not in UPS:
            raise InputError(f"{self.up!r} is no axis that can be up: choose one of {', '.join(UPS)}")
        if not MIN_HEIGHT <= self.height <= MAX_HEIGHT:
            raise InputError(
                f"a height of {self.height:g} mm is not possible: choose {MIN_HEIGHT:g} to {MAX_HEIGHT:g}"
            )


@dataclass(frozen=True)
class StlNote:
    """The way from the frame into a file: rotate, scale, move."""

    up: str = "y"
    turn: int = 0
    """As `rotation_matrix` has them, which is the way back."""
    scale: float = 1.0
    """Millimetres along the cube's edge, or 1 for a file in the frame."""
    at: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Where the cube's middle lies in the file."""

    @classmethod
    def of(cls, vertices: AnyFloats, size: PrintSize) -> StlNote:
        """Return how a shape of vertices `(n, 3)` stands on the bed, in its middle, at this size."""
        turn = 180 if size.up.endswith("z") else 0
        low, high = vertices.min(axis=0).astype(np.float64), vertices.max(axis=0).astype(np.float64)
        scale = float(f"{size.height / max(high[1] - low[1], 1e-6):.9g}")
        # The middle of the footprint, on the floor; rounded, so that what is noted is what is done.
        base = np.array([(low[0] + high[0]) / 2, low[1], (low[2] + high[2]) / 2])
        moved = np.round(-scale * base @ rotation_matrix(size.up, turn), 4) + 0.0
        return cls(size.up, turn, scale, (float(moved[0]), float(moved[1]), float(moved[2])))

    def to_file(self, vertices: AnyFloats) -> Doubles:
        """Return vertices `(n, 3)` of the frame as they are in the file."""
        rotated = np.asarray(vertices, np.float64) @ rotation_matrix(self.up, self.turn)
        return np.asarray(rotated * self.scale + self.at)

    def to_frame(self, vertices: AnyFloats) -> Doubles:
        """Return vertices of the file as they are in the frame."""
        moved = (np.asarray(vertices, np.float64) - self.at) / self.scale
        return np.asarray(moved @ rotation_matrix(self.up, self.turn).T)

    def header(self) -> bytes:
        """Return the file's first 80 bytes; they do not begin with "solid", as text files do."""
        at = ",".join(f"{number:.10g}" for number in self.at)
        text = f"VoxView up={self.up} turn={self.turn} scale={self.scale:.9g} at={at}"
        return text.encode("ascii")[:HEADER_BYTES].ljust(HEADER_BYTES)


def read_stl_note(path: Path) -> StlNote | None:
    """Return what the header of an `.stl` notes; None where it is no binary file of ours."""
    with path.open("rb") as file:
        found = _NOTE.match(file.read(HEADER_BYTES).decode("ascii", errors="replace"))
    if found is None or int(found[2]) not in (0, 90, 180, 270):
        return None
    scale, x, y, z = (float(found[i]) for i in range(3, 7))
    if not (math.isfinite(scale) and 1e-3 < scale < 1e9 and all(map(math.isfinite, (x, y, z)))):
        return None
    return StlNote(found[1], int(found[2]), scale, (x, y, z))


def as_noted(vertices: Doubles, note: StlNote | None) -> Doubles:
    """Return a file's vertices in the frame; as they are where nothing is noted, or they fit it no more.

    Programs that move or scale a shape may leave the header as it was.
    """
    if note is None or not len(vertices):
        return vertices
    framed = note.to_frame(vertices)
    return framed if np.abs(framed).max() <= 0.5 + _OUTSIDE else vertices
