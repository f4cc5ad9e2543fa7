"""What came out of pictures or of points: written to files, compared with a catalog, and printed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from voxview.cli.catalog import open_data
from voxview.cli.reading_targets import reading_targets
from voxview.cli.tables import print_report
from voxview.cli.terminal import print_output, printable, run_with_progress
from voxview.errors import InputError
from voxview.table import Column, Table

if TYPE_CHECKING:
    from voxview.shapes.bits import Words
    from voxview.shapes.chair import Chair
    from voxview.shapes.frame import Field, Grid, Integers


class Row(Protocol):
    """What is printed of one picture or cloud."""

    @property
    def files(self) -> tuple[Path, ...]:
        """What was written."""

    @property
    def nearest(self) -> tuple[Chair, float] | None:
        """The catalog's chair that is most like it, with its IoU."""

    def cells(self) -> tuple[str, ...]:
        """Return its row of the table, without the nearest chair."""

    def as_json(self) -> dict[str, object]:
        """Return its entry in JSON, without files and the nearest chair."""


def add_output(parser: argparse.ArgumentParser, noun: str) -> None:
    """Add `--out` and `--formats`; `noun` says what several of them are, such as `pictures`."""
    parser.add_argument(
        "--out",
        metavar="FILE|DIR",
        help=f"a file of any writable kind; for several {noun} a folder, or a name with {{name}} in it, such "
        "as 'new/{name}.obj' (default: nothing is written)",
    )
    parser.add_argument(
        "--formats", default="obj", help="in a folder: of obj,stl,ply,glb,binvox,npy (default obj)"
    )


def read_each(
    sources: Sequence[Path],
    options: argparse.Namespace,
    noun: str,
    load: Callable[[], None],
    convert: Callable[[Path, list[Path]], Row],
    columns: Sequence[Column],
) -> int:
    """Convert each source into its files, print the rows, and return the exit status.

    Sources that cannot be read are a line each on stderr; the others go on, and the exit status is 2.
    `load` loads the networks. What is wrong with weights or catalog is said once, before anything is written.
    """
    targets = reading_targets(sources, options.out, options.formats, noun)
    if options.data is not None:
        open_data(options.data)
    if len(sources) > 1:
        load()
    rows: list[Row] = []
    failed: list[InputError] = []
    for source, files in zip(sources, targets, strict=True):
        try:
            rows.append(convert(source, files))
        except InputError as error:
            if len(sources) == 1:
                raise
            failed.append(error)
            print(f"voxview: {printable(str(error))}", file=sys.stderr)
    if options.json:
        print_output(json.dumps([_entry(row) for row in rows], indent=1))
    elif rows:
        _print(rows, columns)
    return InputError.exit_status if failed else 0


def _entry(row: Row) -> dict[str, object]:
    near = row.nearest
    nearest = {"id": near[0].id, "name": near[0].name, "iou": round(near[1], 6)} if near else None
    return {**row.as_json(), "files": [str(file) for file in row.files], "nearest": nearest}


def _print(rows: Sequence[Row], columns: Sequence[Column]) -> None:
    with_nearest = any(row.nearest is not None for row in rows)
    near = (Column("IoU"), Column("most like", "label")) if with_nearest else ()
    cells = []
    for row in rows:
        like = (f"{row.nearest[1]:.1%}", row.nearest[0].id) if row.nearest else ("", "")
        cells.append((*row.cells(), *(like if with_nearest else ())))
    print_report((Table((*columns, *near), tuple(cells)),))
    for row in rows:
        for file in row.files:
            print_output(f"wrote {printable(str(file))}")


def write_field(file: Path, field: Field, resolution: int) -> None:
    """Write a field by the file's suffix: as voxels, or as its surface of this resolution."""
    from voxview.conventions import LEVEL
    from voxview.shapes.io.folders import made_folder
    from voxview.surface.extract import extract_surface
    from voxview.surface.write import write_shape

    is_voxels = file.suffix.lower() in (".binvox", ".npy")
    shape = field > LEVEL if is_voxels else extract_surface(field, LEVEL, resolution=resolution)
    with made_folder(file.parent):
        write_shape(file, shape)


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
