"""`voxview picture`: chairs from pictures, as files."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.cli.came_out import add_output, most_like, read_each, write_field
from voxview.cli.options import add_data, add_surface_resolution
from voxview.cli.pictures import add_picture_weights, chair_in_picture, picture_reader
from voxview.cli.terminal import printable
from voxview.cli.verb import Verb
from voxview.table import Column

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

    def cells(self) -> tuple[str, ...]:
        """Return its row of the table."""
        view, unfamiliarity = self.result.view.text, f"{self.result.unfamiliarity:.2f}"
        return (printable(self.picture.name), view, unfamiliarity, self.result.autoencoder)

    def as_json(self) -> dict[str, object]:
        """Return its entry in JSON: angles in degrees."""
        view = self.result.view
        return {
            "picture": str(self.picture),
            "view": {"azimuth": round(view.azimuth, 2), "elevation": round(view.elevation, 2)},
            "unfamiliarity": round(self.result.unfamiliarity, 4),
            "autoencoder": self.result.autoencoder,
            "seconds": round(self.result.seconds, 4),
        }


COLUMNS = (
    Column("picture", "text"),
    Column("seen", "text"),
    Column("unfamiliarity"),
    Column("decoded by", "text"),
)


def run(options: argparse.Namespace) -> int:
    """Write what comes out of each picture, and print how far to trust it."""
    from voxview.pictures.crop import parse_crop

    crop = None if options.crop is None else parse_crop(options.crop)
    return read_each(
        options.pictures,
        options,
        "pictures",
        lambda: picture_reader(options).load(),
        lambda picture, files: _convert(picture, files, crop, options),
        COLUMNS,
    )


def _convert(path: Path, files: list[Path], crop: Crop | None, options: argparse.Namespace) -> Row:
    """Write the chair in a picture to files; return what is printed of it."""
    remove = False if options.keep_background else None
    chair, result = chair_in_picture(path, options, crop, remove)
    for file in files:
        write_field(file, result.field, options.surface_resolution)
    like = None if options.data is None else most_like(chair.read(), options.data)
    return Row(path, result, tuple(files), like)


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "pictures", nargs="+", type=Path, metavar="IMG", help="png, jpg, webp, tiff, avif, bmp …"
    )
    add_output(parser, "pictures")
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
