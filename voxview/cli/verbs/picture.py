"""`voxview picture`: chairs from pictures, as files."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.cli.came_out import most_like, write_field
from voxview.cli.options import add_data, add_surface_resolution
from voxview.cli.pictures import add_picture_weights, chair_in_picture, picture_reader
from voxview.cli.reading_targets import reading_targets
from voxview.cli.tables import print_report
from voxview.cli.terminal import print_output, printable
from voxview.cli.verb import Verb
from voxview.errors import InputError
from voxview.table import Column, Table

if TYPE_CHECKING:
    from voxview.engine.pictures import PictureResult
    from voxview.pictures.crop import Crop
    from voxview.shapes.chair import Chair


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
    targets = reading_targets(options.pictures, options.out, options.formats, "pictures")
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
        write_field(file, result.field, options.surface_resolution)
    like = None if options.data is None else most_like(chair.read(), options.data)
    return Row(path, result, tuple(files), like)


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
