"""Words in pictures: a line below one, and sheets of several ones with a label each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voxview.surface.picture import OUTLINE, Color, Image, outline_of

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

_LIGHT_INK, _DARK_INK = (225, 226, 230), (40, 42, 46)
_SMALLEST_LETTERS = 7


@lru_cache(maxsize=8)
def _font(letters: int) -> FreeTypeFont:
    """Return matplotlib's font, which has arrows and most alphabets; Pillow's own has Latin letters."""
    from matplotlib import get_data_path
    from PIL import ImageFont

    return ImageFont.truetype(str(Path(get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")), letters)


def caption_height(width: int) -> int:
    """Return how many pixels the line below a picture of this width takes."""
    return max(18, round(width * 0.055))


def caption_rows(text: str, width: int, background: Color | None, height: int | None = None) -> Image:
    """Return a line of text in the middle of its own rows, `uint8 (height or caption_height, width, 4)`.

    Letters become smaller where the text is long, and its end is cut where that does not help. Without a
    background they have a light outline: a person may lay the picture on white or on black.
    """
    from PIL import Image as Pillow
    from PIL import ImageDraw

    height = caption_height(width) if height is None else height
    letters = max(_SMALLEST_LETTERS, round(height * 0.6))
    font = _font(letters)
    while font.getlength(text) > 0.96 * width and letters > _SMALLEST_LETTERS:
        letters = max(_SMALLEST_LETTERS, int(letters * 0.9))
        font = _font(letters)
    while len(text) > 1 and font.getlength(text) > 0.98 * width:
        text = text[:-2].rstrip() + "…"
    ink = _LIGHT_INK if background is not None and sum(background) <= 380 else _DARK_INK
    # Of no background, the outline's own colour without opacity: no dark edges where it is laid on another.
    rows = Pillow.new("RGBA", (width, height), (*OUTLINE, 0) if background is None else (*background, 255))
    ImageDraw.Draw(rows).text(
        (width / 2, height * 0.45),
        text,
        fill=(*ink, 255),
        font=font,
        anchor="mm",
        stroke_width=outline_of(letters) if background is None else 0,
        stroke_fill=(*OUTLINE, 255),
    )
    return np.asarray(rows)


def with_caption(picture: Image, text: str, background: Color | None) -> Image:
    """Return a picture with a line of text below it."""
    return np.concatenate([picture, caption_rows(text, picture.shape[1], background)])


def contact_sheet(
    pictures: Sequence[Image], labels: Sequence[str], title: str, background: Color | None = (255, 255, 255)
) -> Image:
    """Return pictures of one size in rows, each with its label below, and a title over all of them."""
    columns = math.ceil(math.sqrt(len(pictures) * 1.4))  # a little wider than high, as screens are
    cells = [
        with_caption(picture, label, background) for picture, label in zip(pictures, labels, strict=True)
    ]
    height, width = cells[0].shape[:2]
    fill = np.zeros(4, np.uint8) if background is None else np.array([*background, 255], np.uint8)
    head = caption_rows(title, columns * width, background, 2 * caption_height(width))
    lines = math.ceil(len(cells) / columns)
    sheet = np.empty((len(head) + lines * height, columns * width, 4), np.uint8)
    sheet[:] = fill
    sheet[: len(head)] = head
    for place, cell in enumerate(cells):
        top, left = len(head) + place // columns * height, place % columns * width
        sheet[top : top + height, left : left + width] = cell
    return sheet
