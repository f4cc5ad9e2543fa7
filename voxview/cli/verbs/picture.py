"""`voxview picture`: chairs from pictures, as files."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.cli.catalog import open_data
from voxview.cli.options import add_data, add_surface_resolution
from voxview.cli.picture_targets import make_folder, picture_targets
from voxview.cli.pictures import add_picture_weights, chair_in_picture, picture_reader
from voxview.cli.tables import print_report
from voxview.cli.terminal import print_output, printable, run_with_progress
from voxview.cli.verb import Verb
from voxview.errors import InputError
from voxview.table import Column, Table

if TYPE_CHECKING:
    from voxview.engine.pictures import PictureResult
    from voxview.pictures.crop import Crop
    from voxview.shapes.bits import Words
    from voxview.shapes.chair import Chair
    from voxview.shapes.frame import Grid, Integers


@dataclass(frozen=True)
class Row:
    """What is printed of one picture."""

    picture: Path
    result: PictureResult
    files: tuple[Path, ...]
    nearest: tuple[Chair, float] | None
    """The catalog's chair that is most like it, with its IoU."""

    def cells(self, *, with_nearest: bool) -> tuple[str, ...]:
        """Return its row of the table."""
        view, unfamiliarity = self.result.view.text, f"{self.result.unfamiliarity:.2f}"
        first = (printable(self.picture.name), view, unfamiliarity, self.result.autoencoder)
        if not with_nearest:
            return first
        return (*first, f"{self.nearest[1]:.1%}", self.nearest[0].id) if self.nearest else (*first, "", "")

    def as_json(self) -> dict[str, object]:
        """Return its entry in JSON: angles in degrees."""
        view, nearest = self.result.view, self.nearest
        return {
            "picture": str(self.picture),
            "view": {"azimuth": round(view.azimuth, 2), "elevation": round(view.elevation, 2)},
            "unfamiliarity": round(self.result.unfamiliarity, 4),
            "autoencoder": self.result.autoencoder,
            "seconds": round(self.result.seconds, 4),
            "files": [str(file) for file in self.files],
            "nearest": {"id": nearest[0].id, "name": nearest[0].name, "iou": round(nearest[1], 6)}
            if nearest
            else None,
        }


def run(options: argparse.Namespace) -> int:
    """Write what comes out of each picture, and print how far to trust it.

    Pictures that cannot be read are a line each on stderr; the others go on, and the exit status is 2.
    """
    from voxview.pictures.crop import parse_crop

    crop = None if options.crop is None else parse_crop(options.crop)
    targets = picture_targets(options.pictures, options.out, options.formats)
    if len(options.pictures) > 1:
        picture_reader(options).load()  # what is wrong with the weights is said once
    rows: list[Row] = []
    failed: list[InputError] = []
    for picture, files in zip(options.pictures, targets, strict=True):
        try:
            rows.append(_convert(picture, files, crop, options))
        except InputError as error:
            if len(options.pictures) == 1:
                raise
            failed.append(error)
            print(f"voxview: {printable(str(error))}", file=sys.stderr)
    _print(rows, as_json=options.json)
    return InputError.exit_status if failed else 0


def _convert(path: Path, files: list[Path], crop: Crop | None, options: argparse.Namespace) -> Row:
    """Write the chair in a picture to files; return what is printed of it."""
    remove = False if options.keep_background else None
    chair, result = chair_in_picture(path, options, crop, remove)
    for file in files:
        _write(file, result, options.surface_resolution)
    like = None if options.data is None else _most_like(chair.read(), options.data)
    return Row(path, result, tuple(files), like)


def _write(file: Path, result: PictureResult, resolution: int) -> None:
    from voxview.conventions import LEVEL
    from voxview.surface.extract import extract_surface
    from voxview.surface.write import write_shape

    make_folder(file.parent)
    is_voxels = file.suffix.lower() in (".binvox", ".npy")
    surface = None if is_voxels else extract_surface(result.field, LEVEL, resolution=resolution)
    write_shape(file, result.grid if surface is None else surface)


def _most_like(grid: Grid, data: Path) -> tuple[Chair, float] | None:
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


def _print(rows: list[Row], *, as_json: bool) -> None:
    if as_json:
        print_output(json.dumps([row.as_json() for row in rows], indent=1))
        return
    if not rows:
        return
    columns = [Column("picture", "text"), Column("seen", "text"), Column("unfamiliarity")]
    columns.append(Column("decoded by", "text"))
    with_nearest = any(row.nearest is not None for row in rows)
    if with_nearest:
        columns += [Column("IoU"), Column("most like", "label")]
    table = Table(tuple(columns), tuple(row.cells(with_nearest=with_nearest) for row in rows))
    print_report((table,))
    for row in rows:
        for file in row.files:
            print_output(f"wrote {printable(str(file))}")


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "pictures", nargs="+", type=Path, metavar="IMG", help="png, jpg, webp, tiff, avif, bmp …"
    )
    parser.add_argument(
        "--out",
        metavar="FILE|DIR",
        help="a file of any writable kind; for several pictures a folder, or a name with {name} in it, such "
        "as 'new/{name}.obj' (default: nothing is written)",
    )
    parser.add_argument(
        "--formats", default="obj", help="in a folder: of obj,stl,ply,glb,binvox,npy (default obj)"
    )
    parser.add_argument(
        "--crop",
        metavar="X,Y,W,H",
        help="the part with the chair: pixels from the top left of the upright picture",
    )
    parser.add_argument(
        "--keep-background",
        action="store_true",
        help="do not leave a transparent or plain background out",
    )
    parser.add_argument(
        "--json", action="store_true", help="as JSON: view, unfamiliarity, files and more of each"
    )
    add_data(parser, "no chair is compared")
    add_picture_weights(parser)
    parser.add_argument(
        "--weights",
        metavar="NAME|FILE",
        help="the autoencoder of the picture weights, if it is not one that comes with the program",
    )
    add_surface_resolution(parser)


VERB = Verb("picture", "Turn pictures of chairs into chairs.", _add_options, run)
