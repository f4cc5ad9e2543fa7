"""How an export is written: formats, the size in an `.stl`, surfaces, pictures. Free of PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from voxview.conventions import LEVEL, RESOLUTION
from voxview.errors import InputError
from voxview.shapes.io.stl_note import PrintSize
from voxview.surface.camera import DEFAULT_CAMERA, Camera
from voxview.surface.film import find_ffmpeg
from voxview.surface.picture import Color
from voxview.surface.still import check_picture_size
from voxview.surface.write import PART_SUFFIXES, WRITABLE_SUFFIXES

SHAPE_FORMATS = tuple(suffix[1:] for suffix in WRITABLE_SUFFIXES)
"""A file a shape."""
PARTS_FORMAT = "npz"
"""Voxels with the part of each; only where parts are known."""
PICTURE_FORMAT = "png"
FILM_FORMATS = ("gif", "mp4")
SET_FORMATS = ("strip", "sheet")
"""One picture of all shapes: side by side, or in rows."""
FORMATS = (*SHAPE_FORMATS, PICTURE_FORMAT, *SET_FORMATS, *FILM_FORMATS)
VOXEL_FORMATS = ("binvox", "npy", PARTS_FORMAT)

WHITE: Color = (255, 255, 255)
LARGEST_FILM = 1080
"""Pixels along an edge: frames are kept, and drawn by the processor."""


def can_show_parts(kind: str) -> bool:
    """Return whether a file of this kind can say, or shows in colours, which part a voxel is of."""
    return f".{kind}" in PART_SUFFIXES or kind in (PICTURE_FORMAT, *SET_FORMATS, *FILM_FORMATS)


@dataclass(frozen=True)
class PictureOptions:
    """How pictures and films are drawn."""

    size: tuple[int, int] = (512, 512)
    """Width and height in pixels, the caption left out."""
    transparent: bool = False
    """Of pictures; films are on white."""
    captions: bool = False
    """Names and t below each picture."""
    camera: Camera = DEFAULT_CAMERA

    def __post_init__(self) -> None:
        check_picture_size(self.size)

    @property
    def background(self) -> Color | None:
        """What is behind the chair."""
        return None if self.transparent else WHITE

    @property
    def film_size(self) -> tuple[int, int]:
        """The size of a film's frames: the picture's, or what is left of it at the largest, and even."""
        shrink = min(1.0, LARGEST_FILM / max(self.size))
        width, height = (max(16, round(length * shrink) // 2 * 2) for length in self.size)
        return width, height


@dataclass(frozen=True)
class ExportOptions:
    """How an export is written."""

    formats: tuple[str, ...]
    print_size: PrintSize = field(default_factory=PrintSize)
    """How an `.stl` stands."""
    level: float = LEVEL
    """The probability at which surfaces lie, and above which voxels are occupied."""
    surface_resolution: int = RESOLUTION
    remove_small_components: bool = False
    picture: PictureOptions = field(default_factory=PictureOptions)
    turntable: bool = False
    """A film of one shape that turns once around, beside what else there is."""

    def __post_init__(self) -> None:
        if not 0.01 <= self.level <= 0.99:
            raise InputError(f"a level of {self.level:g} is not possible: choose 0.01 to 0.99")

    @property
    def film_formats(self) -> tuple[str, ...]:
        """The kinds of films that are wanted."""
        return tuple(kind for kind in self.formats if kind in FILM_FORMATS)


def check_formats(formats: Sequence[str], known: Sequence[str] = FORMATS) -> tuple[str, ...]:
    """Return the formats without duplicates, in lower case.

    Raises `InputError` for one that is not known, and `VoxViewError` where `.mp4` cannot be written here.
    """
    chosen = tuple(dict.fromkeys(f.strip().lower().lstrip(".") for f in formats if f.strip()))
    unknown = [f for f in chosen if f not in known]
    if unknown or not chosen:
        raise InputError(f"no format '{', '.join(unknown)}': choose from {', '.join(known)}")
    if "mp4" in chosen:
        find_ffmpeg()
    return chosen


def parse_size(text: str) -> tuple[int, int]:
    """Return (width, height) of "1920x1080", or of "1024" for a square; `InputError` for anything else."""
    parts = text.lower().replace("×", "x").split("x")
    if len(parts) > 2 or not all(part.strip().isdecimal() for part in parts):
        raise InputError(f"'{text}' is no size of a picture: give pixels, as 1024 or 1920x1080")
    width, height = int(parts[0]), int(parts[-1])
    return check_picture_size((width, height))
