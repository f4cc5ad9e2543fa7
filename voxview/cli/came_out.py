"""What came out of a picture or of points: written to files, and compared with a catalog."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.cli.catalog import open_data
from voxview.cli.reading_targets import make_folder
from voxview.cli.terminal import printable, run_with_progress

if TYPE_CHECKING:
    from voxview.shapes.bits import Words
    from voxview.shapes.chair import Chair
    from voxview.shapes.frame import Field, Grid, Integers


def write_field(file: Path, field: Field, resolution: int) -> None:
    """Write a field by the file's suffix: as voxels, or as its surface of this resolution."""
    from voxview.conventions import LEVEL
    from voxview.surface.extract import extract_surface
    from voxview.surface.write import write_shape

    make_folder(file.parent)
    is_voxels = file.suffix.lower() in (".binvox", ".npy")
    write_shape(file, field > LEVEL if is_voxels else extract_surface(field, LEVEL, resolution=resolution))


def most_like(grid: Grid, data: Path) -> tuple[Chair, float] | None:
    """Return the catalog's chair that is most like a grid, and their IoU; None if none can be read."""
    from voxview.shapes.retrieval import nearest

    chairs, words, voxels = _packed(data)
    indices, ious = nearest(grid, words, voxels, 1)
    return (chairs[indices[0]], float(ious[0])) if len(indices) else None


@lru_cache(maxsize=1)
def _packed(data: Path) -> tuple[Sequence[Chair], Words, Integers]:
    """Return a catalog's chairs, packed, and their voxels, once; unreadable chairs go to stderr."""
    from voxview.shapes.retrieval import count_voxels, pack_catalog

    chairs, words, left_out = run_with_progress(pack_catalog(open_data(data)), "reading")
    for line in left_out:
        print(f"voxview: left out: {printable(line)}", file=sys.stderr)
    return chairs, words, count_voxels(words)
