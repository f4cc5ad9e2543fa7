"""Pictures of exported items: one by one, in strips, on sheets, and as frames of films."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voxview.engine.export.item import CutItem
from voxview.engine.export.options import WHITE, PictureOptions
from voxview.shapes.io.atomic import write_atomically
from voxview.surface.caption import caption_height, caption_rows
from voxview.surface.film import FRAMES_A_SECOND, write_film
from voxview.surface.parts import voxel_colours
from voxview.surface.picture import Color, Image
from voxview.surface.png_stream import PngStream
from voxview.surface.still import Still

SHEET_SIZE = (256, 256)
STRIP_SIZE = (192, 192)
MORPH_FRAMES = 41
"""Of the way from A to B: a second and a half, and as long back."""
TURN_FRAMES = 64
"""Of one turn around: two and a half seconds."""
_HELD_FRAMES = FRAMES_A_SECOND // 2
"""At either end of a morph, which is to be seen."""
MORPH_FILM_FRAMES = 2 * MORPH_FRAMES - 2 + 2 * _HELD_FRAMES
"""Of the whole film, there and back."""


def still_of(cut: CutItem, options: PictureOptions, *, opaque: bool = False) -> Still:
    """Return the picture of an item, to be drawn; `opaque`: on white whatever the options say."""
    return Still(
        cut.shape,
        options.size,
        camera=options.camera,
        color=_color(cut),
        background=WHITE if opaque else options.background,
        surface=cut.surface,
    )


def write_picture(path: Path, cut: CutItem, options: PictureOptions) -> Generator[bool, None, None]:
    """Write an item as a `.png` of any size; yields False after some rows each."""
    still = still_of(cut, options)
    width, height = options.size
    channels = 4 if options.transparent else 3
    below = caption_height(width) if options.captions else 0
    with write_atomically(path) as temporary, temporary.open("wb") as file:
        stream = PngStream(file, width, height + below, channels)
        for rows in still.bands():
            stream.add(rows)
            yield False
        if below:
            stream.add(caption_rows(cut.item.caption, width, options.background))
        stream.finish()


def small_picture(cut: CutItem, options: PictureOptions, size: tuple[int, int]) -> Image:
    """Return an item's picture for a strip or a sheet, which has labels of its own."""
    return still_of(cut, replace(options, size=size, captions=False)).whole()


def frame_of(cut: CutItem, options: PictureOptions, degrees: float = 0.0) -> Generator[None, None, Image]:
    """Return a frame of a film, opaque; of a turntable, which turned so far. Yields while it is drawn."""
    camera = options.camera.turned(degrees) if degrees else options.camera
    still = still_of(cut, replace(options, size=options.film_size, camera=camera), opaque=True)
    bands: list[Image] = []
    for band in still.bands():
        bands.append(band)
        yield
    if options.captions:
        bands.append(caption_rows(cut.item.caption, still.width, WHITE))
    return np.concatenate(bands)


def morph_frames(cuts: Iterable[CutItem], options: PictureOptions) -> Iterator[Image | None]:
    """Yield the frames of a morph there and back, which stays a moment at either end; None meanwhile."""
    frames: list[Image] = []
    for cut in cuts:
        frames.append((yield from frame_of(cut, options)))
        yield frames[-1]
    yield from [frames[-1]] * _HELD_FRAMES
    yield from frames[-2:0:-1]
    yield from [frames[0]] * _HELD_FRAMES


def turn_frames(cut: CutItem, options: PictureOptions) -> Iterator[Image | None]:
    """Yield the frames of one turn around an item; None meanwhile."""
    for frame in range(TURN_FRAMES):
        yield (yield from frame_of(cut, options, 360.0 * frame / TURN_FRAMES))


def write_films(paths: Sequence[Path], frames: Iterator[Image | None]) -> Generator[bool, None, list[Path]]:
    """Write the same frames as films, each of the kind that its suffix says; returns the files.

    Yields True after each frame, and False while one is drawn.
    """
    with ExitStack() as stack:
        films = [stack.enter_context(write_film(path)) for path in paths]
        for frame in frames:
            if frame is not None:
                for film in films:
                    film.add(frame)
            yield frame is not None
    return list(paths)


def _color(cut: CutItem) -> Color | NDArray[np.uint8]:
    """Return the colour of all of it, or that of each voxel's part."""
    return cut.item.color if cut.item.labels is None else voxel_colours(cut.item.labels)
