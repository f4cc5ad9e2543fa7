"""Films of frames that come one after the other: GIF by Pillow, MP4 by ffmpeg."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

import numpy as np

from voxview.errors import VoxViewError
from voxview.shapes.io.atomic import write_atomically
from voxview.surface.picture import Image

if TYPE_CHECKING:
    from PIL.Image import Image as Indexed

FILM_SUFFIXES = (".gif", ".mp4")
FRAMES_A_SECOND = 25
"""Of both kinds: a GIF counts hundredths of a second."""

_CODECS = ("libx264", "libopenh264", "mpeg4")
"""H.264 plays everywhere; an ffmpeg without it has MPEG-4."""
_QUALITY = {"libx264": ("-crf", "18"), "libopenh264": ("-b:v", "6M"), "mpeg4": ("-q:v", "3")}
_GOODBYE_SECONDS = 60.0
_GIF_END = b";"
WHAT_IS_MISSING = (
    "a film as .mp4 needs ffmpeg, which is not here: install it ('apt install ffmpeg', 'brew install "
    "ffmpeg') or run \"pip install 'voxview[films]'\"; .gif needs nothing"
)


class Film(Protocol):
    """A film that is being written."""

    def add(self, frame: Image) -> None:
        """Add a frame, `uint8 (height, width, 3 or 4)`, opaque; all of them have one size."""


def find_ffmpeg() -> str:
    """Return the program that writes `.mp4`: that of the extra `films`, else the system's.

    Raises `VoxViewError` with what to install where there is none.
    """
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError, OSError):
        pass
    found = shutil.which("ffmpeg")
    if found is None:
        raise VoxViewError(WHAT_IS_MISSING)
    return found


@contextmanager
def write_film(path: Path) -> Iterator[Film]:
    """Yield what takes the frames of a film; the file is there when the block ends, whole or not at all.

    Raises `VoxViewError` for a disk that is full, an ffmpeg that fails, or none.
    """
    if path.suffix.lower() == ".gif":
        with write_atomically(path) as temporary, temporary.open("wb") as file:
            gif = _Gif(file)
            yield gif
            gif.finish()
        return
    with write_atomically(path) as temporary, tempfile.TemporaryFile() as errors:
        mp4 = _Mp4(find_ffmpeg(), temporary, errors)
        try:
            yield mp4
            mp4.finish(path)
        finally:
            mp4.stop()


class _Gif:
    """Frames with a palette each: of one chair's shades, and white, which nothing may tint.

    Each is written as it comes, and of it the rectangle that is another than before: Pillow's own way
    would write all of them in one stretch, at the end, which nobody could cancel.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._last: Image | None = None
        self._seen: dict[int, tuple[Image, Indexed]] = {}
        """Frames by their arrays: a film there and back shows most of them twice."""

    def add(self, frame: Image) -> None:
        from PIL import GifImagePlugin

        if id(frame) not in self._seen:
            self._seen[id(frame)] = frame, _indexed(frame)
        indexed = self._seen[id(frame)][1]
        milliseconds = 1000 // FRAMES_A_SECOND
        if self._last is None:
            whole = io.BytesIO()
            indexed.save(whole, "gif", duration=milliseconds, loop=0)
            self._file.write(whole.getvalue()[: -len(_GIF_END)])
        else:
            left, top, right, bottom = _changed(self._last, frame)
            part = indexed.crop((left, top, right, bottom))
            lines = GifImagePlugin.getdata(part, (left, top), duration=milliseconds, include_color_table=True)
            self._file.write(b"".join(lines))
        self._file.flush()  # a full disk is met at its frame
        self._last = frame

    def finish(self) -> None:
        """Write what ends the file."""
        self._file.write(_GIF_END)


def _changed(before: Image, now: Image) -> tuple[int, int, int, int]:
    """Return the rectangle that has all that differs: left, top, right and bottom; one pixel for nothing."""
    differs = (before[..., :3] != now[..., :3]).any(axis=2)
    rows, columns = (np.flatnonzero(differs.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return 0, 0, 1, 1
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _indexed(frame: Image) -> Indexed:
    from PIL import Image as Pillow

    opaque = np.ascontiguousarray(frame[..., :3])
    indexed = Pillow.fromarray(opaque).quantize(256, dither=Pillow.Dither.NONE)
    white = np.asarray(indexed)[(opaque == 255).all(axis=2)]
    if len(white):  # its colour is the mean of all that became one with it
        palette = indexed.getpalette() or []
        start = 3 * int(np.bincount(white).argmax())
        palette[start : start + 3] = [255] * 3
        indexed.putpalette(palette)
    return indexed


class _Mp4:
    """An ffmpeg that is given frames through a pipe; it starts with the first one, which says the size."""

    def __init__(self, program: str, path: Path, errors: IO[bytes]) -> None:
        self._program, self._path, self._errors = program, path, errors
        self._process: subprocess.Popen[bytes] | None = None

    def add(self, frame: Image) -> None:
        height, width = (length // 2 * 2 for length in frame.shape[:2])  # the format wants even ones
        if self._process is None:
            self._process = self._start(width, height)
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(np.ascontiguousarray(frame[:height, :width, :3]).tobytes())
        except OSError:
            self._fail()

    def finish(self, path: Path) -> None:
        """Wait until the file is written."""
        assert self._process is not None and self._process.stdin is not None
        try:
            self._process.stdin.close()
            status = self._process.wait(_GOODBYE_SECONDS)
        except (OSError, subprocess.TimeoutExpired):
            status = 1
        if status != 0 or not self._path.stat().st_size:
            self._fail()

    def stop(self) -> None:
        """End the program if it still runs."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _start(self, width: int, height: int) -> subprocess.Popen[bytes]:
        try:
            codec = _codec(self._program)
            command = [
                *(self._program, "-y", "-loglevel", "error", "-nostdin"),
                *("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}"),
                *("-r", str(FRAMES_A_SECOND), "-i", "-", "-an", "-c:v", codec, *_QUALITY[codec]),
                *("-pix_fmt", "yuv420p", "-movflags", "+faststart", "-f", "mp4", str(self._path)),
            ]
            return subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._errors
            )
        except OSError as error:
            raise VoxViewError(
                f"{self._program} cannot be run ({error.strerror}): install ffmpeg anew"
            ) from error

    def _fail(self) -> None:
        self.stop()
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        said = lines[-1] if lines else "it ended without a word"
        raise VoxViewError(f"the film could not be written: ffmpeg says '{said}'; is the disk full?")


@lru_cache(maxsize=4)
def _codec(program: str) -> str:
    """Return the first of the codecs that this ffmpeg can encode with."""
    done = subprocess.run([program, "-hide_banner", "-encoders"], capture_output=True, text=True, check=False)
    known = set(done.stdout.split())
    return next((codec for codec in _CODECS if codec in known), _CODECS[-1])
