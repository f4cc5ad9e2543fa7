"""Pictures on the command line: what comes out of them, and what is said of them."""

from __future__ import annotations

import argparse
import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.cli.terminal import printable

if TYPE_CHECKING:
    from voxview.engine.pictures import PictureReader, PictureResult
    from voxview.pictures.crop import Crop
    from voxview.shapes.chair import Chair


def add_picture_weights(parser: argparse.ArgumentParser) -> None:
    """Add `--picture-weights FILE`, by default `VOXVIEW_PICTURE_WEIGHTS`."""
    parser.add_argument(
        "--picture-weights",
        metavar="FILE",
        default=os.environ.get("VOXVIEW_PICTURE_WEIGHTS") or None,
        help="what pictures are read with (default: $VOXVIEW_PICTURE_WEIGHTS, else 'picture', which comes "
        "with the program)",
    )


def picture_reader(options: argparse.Namespace) -> PictureReader:
    """Return what reads pictures with the options' weights: one for all pictures of a command."""
    return _reader(options.picture_weights, getattr(options, "weights", None))


@lru_cache(maxsize=1)
def _reader(weights: str | None, autoencoder: str | None) -> PictureReader:
    from voxview.engine.pictures import PictureReader

    return PictureReader(weights=weights, autoencoder=autoencoder)


def chair_in_picture(
    path: Path, options: argparse.Namespace, crop: Crop | None = None, remove_background: bool | None = None
) -> tuple[Chair, PictureResult]:
    """Return the chair in a picture file, and what came out; what a person should know of it goes to stderr.

    Raises `InputError` for a picture or weights that cannot be used.
    """
    from voxview.pictures.read import read_picture

    picture = read_picture(path)  # what is no picture is refused before PyTorch is imported

    from voxview.engine.pictures import chair_of_result
    from voxview.pictures.network_input import prepare_input

    reader = picture_reader(options)
    result = reader.read(prepare_input(picture, crop, remove_background))
    chair = chair_of_result(path, result, crop)
    notices = [reader.notice] if reader.notice else []
    for line in (*picture.remarks, *_doubts(result), *notices):
        print(f"voxview: {printable(path.name)}: {line}", file=sys.stderr)
    return chair, result


def _doubts(result: PictureResult) -> list[str]:
    """Return a line of warning where a picture is unlike those that the network learnt from."""
    if not result.is_unfamiliar:
        return []
    return [
        f"unlike the pictures that the network learnt from (unfamiliarity {result.unfamiliarity:.2f}, above "
        "1): what came out may be wrong; cropping it to the chair may help"
    ]
