"""Reading a picture: by its content, whatever its name says, upright, as 8-bit RGB."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from voxview.counts import counted
from voxview.errors import InputError
from voxview.shapes.frame import describe
from voxview.shapes.io.paths import as_path

if TYPE_CHECKING:
    from PIL.Image import Image

_HEIF_SUFFIXES = (".heic", ".heif")

PICTURE_SUFFIXES: tuple[str, ...] = (
    *(".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".avif", ".bmp"),
    *(_HEIF_SUFFIXES if find_spec("pillow_heif") else ()),
)
"""Suffixes of the pictures that are read, in lower case; `.heic` where pillow-heif is installed."""

SMALLEST_SIDE = 8
"""Pixels along a side below which nothing can be seen in a picture."""

_FORMATS = ("PNG", "JPEG", "MPO", "WEBP", "TIFF", "AVIF", "BMP", "GIF")
"""Pillow's names. Not all that it reads: for a PostScript file, for one, it starts another program."""

_OTHER_CONTENT = (
    (b"%PDF", "a PDF document: save its page as PNG or JPEG"),
    (b"%!PS", "a PostScript document: save it as PNG or JPEG"),
    (b"<svg", "an SVG drawing: save it as PNG"),
    (b"<?xml", "an SVG drawing or another XML file: save it as PNG"),
    (b"<", "a web page: save the picture itself"),
    (b"8BPS", "a Photoshop document: save it as PNG"),
    (b"PK\x03\x04", "an archive or a document: take the picture out of it"),
)
_OF_16_BITS = 65535


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture that was read."""

    pixels: NDArray[np.uint8]
    """`(height, width, 3)` RGB, upright."""
    alpha: NDArray[np.uint8] | None = None
    """Opacity `(height, width)`, 255 where it is opaque; None if it is everywhere."""
    remarks: tuple[str, ...] = ()
    """Lines for a person: `the first of 12 frames`."""

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """Pixels from left to right."""
        return int(self.pixels.shape[1])


def is_picture_name(path: str | os.PathLike[str]) -> bool:
    """Return whether a file is named as a picture is, also as one that cannot be read here."""
    return Path(path).suffix.lower() in (*PICTURE_SUFFIXES, *_HEIF_SUFFIXES, ".gif")


def read_picture(path: str | os.PathLike[str]) -> Picture:
    """Read a picture file: upright by its EXIF entry, the first frame of several, in 8 bits of RGB.

    Its content counts, not its suffix. Raises `InputError` for a file that is missing, empty, damaged, too
    large or too small, wholly transparent, or no picture.
    """
    path = as_path(path)
    _check_file(path)
    try:
        return _checked(_read(path), str(path))
    except InputError:
        raise
    except Exception as error:
        # A damaged file can make a decoder raise any exception, including SyntaxError and struct.error.
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            f"{path} cannot be read ({reason}): it is damaged or cut off; save it again"
        ) from error


def picture_from_array(rgb: NDArray[np.uint8]) -> Picture:
    """Return the picture in an array, `uint8 (height, width, 3)` RGB or `(height, width, 4)` RGBA.

    Raises `InputError` for another type or shape, and for a picture that is too small or wholly transparent.
    """
    if (
        not isinstance(rgb, np.ndarray)
        or rgb.dtype != np.uint8
        or rgb.ndim != 3
        or rgb.shape[2] not in (3, 4)
    ):
        raise InputError(
            f"a picture is uint8 (height, width, 3) or (height, width, 4), but {describe(rgb)} came"
        )
    return _checked(_picture(np.ascontiguousarray(rgb), ()), "the picture")


def _check_file(path: Path) -> None:
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder: give a picture in it")
        if not path.exists():
            raise InputError(f"there is no file {path}: check its name")
        if not path.is_file():
            raise InputError(f"{path} is not a regular file: give a picture")
        if path.stat().st_size == 0:
            raise InputError(f"{path} is empty: there is no picture in it")
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error


def _checked(picture: Picture, name: str) -> Picture:
    """Return the picture; raise `InputError` if there can be nothing to see in it."""
    height, width = picture.height, picture.width
    if min(height, width) < SMALLEST_SIDE:
        raise InputError(
            f"{name} has {width}×{height} pixels: a picture of a chair has at least {SMALLEST_SIDE} each way"
        )
    if picture.alpha is not None and not picture.alpha.any():
        raise InputError(f"{name} is wholly transparent: there is nothing to be seen in it")
    return picture


def _read(path: Path) -> Picture:
    from PIL import Image, ImageOps, UnidentifiedImageError

    formats = list(_FORMATS)
    if find_spec("pillow_heif"):
        from pillow_heif import register_heif_opener

        register_heif_opener()
        formats.append("HEIF")
    Image.init()  # or it would know five of the formats
    formats = [name for name in formats if name in Image.OPEN]
    remarks: list[str] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a size that is refused below, and of odd EXIF entries
            with Image.open(path, formats=formats) as image:
                limit = Image.MAX_IMAGE_PIXELS
                if limit is not None and image.width * image.height > limit:
                    raise _too_large(path, f"{image.width}×{image.height} pixels", limit)
                remarks += _frames_remark(image)
                image.load()
                upright = ImageOps.exif_transpose(image)
                return _picture(*_as_8_bits(upright, tuple(remarks)))
    except Image.DecompressionBombError as error:
        raise _too_large(path, "far too many pixels", Image.MAX_IMAGE_PIXELS or 0) from error
    except UnidentifiedImageError as error:
        raise InputError(f"{path} is no picture that can be read: {_content(path)}") from error


def _too_large(path: Path, size: str, limit: int) -> InputError:
    return InputError(f"{path} has {size}, more than the {limit:,} that are read: save it smaller")


def _content(path: Path) -> str:
    """Return what a file that is no picture seems to be, and what to do."""
    with path.open("rb") as file:
        start = file.read(64)
    if start[4:8] == b"ftyp":
        if start[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis", b"hevc"):
            return "it is HEIC: install pillow-heif, or save it as JPEG"
        if start[8:12] in (b"avif", b"avis"):
            return "this Pillow does not know AVIF, or the file is damaged: save it as PNG or JPEG"
        return "it is a film, or damaged: save a frame of it as PNG or JPEG"
    stripped = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    for mark, words in _OTHER_CONTENT:
        if stripped.startswith(mark):
            return f"it is {words}"
    return "it is damaged, or of a kind that is not known here; save it as PNG or JPEG"


def _frames_remark(image: Image) -> list[str]:
    """Return a line about frames or pages that are not read. A phone's MPO has only smaller copies there."""
    try:
        frames = int(getattr(image, "n_frames", 1))
    except Exception:  # damage after the first frame, which may be fine
        return []
    if frames < 2 or image.format == "MPO":
        return []
    return [f"the first of {counted(frames, 'page' if image.format == 'TIFF' else 'frame')}"]


def _as_8_bits(image: Image, remarks: tuple[str, ...]) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Return an image of any mode as RGB or RGBA `(height, width, 3 or 4)`."""
    if image.mode.startswith(("I", "F")):
        grey, remark = _grey_of(np.asarray(image).astype(np.float64))
        return np.repeat(grey[:, :, None], 3, axis=2), (*remarks, *remark)
    mode = "RGBA" if image.has_transparency_data else "RGB"
    converted: Any = image if image.mode == mode else image.convert(mode)
    return np.array(converted, np.uint8), remarks


def _grey_of(values: NDArray[np.float64]) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Return grey values of 16 or 32 bits, or real numbers, in 8 bits, and a remark if they were stretched.

    Whole numbers up to 65,535 are those of 16 bits, real numbers up to 1 are shares of white; where neither
    fits, the darkest becomes black and the brightest white.
    """
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    remark: tuple[str, ...] = ()
    if low >= 0 and high <= 1 and not np.array_equal(values, np.rint(values)):
        values = values * 255
    elif low >= 0 and high <= _OF_16_BITS:
        values = values * (255 / _OF_16_BITS)
    else:
        values = (values - low) * (255 / max(high - low, 1e-12))
        remark = ("its brightness was stretched from black to white",)
    return np.rint(values).astype(np.uint8), remark


def _picture(array: NDArray[np.uint8], remarks: tuple[str, ...]) -> Picture:
    """Return the picture of RGB or RGBA; an opaque one has no alpha."""
    alpha = array[:, :, 3] if array.shape[2] == 4 else None
    if alpha is not None and bool((alpha == 255).all()):
        alpha = None
    pixels = np.ascontiguousarray(array[:, :, :3])
    return Picture(pixels, None if alpha is None else np.ascontiguousarray(alpha), remarks)
