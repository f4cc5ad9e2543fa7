"""Contact sheets in the pages of evaluations: which tiles, their pictures, and the page by its template."""

from __future__ import annotations

import base64
import io
import os
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from voxview.evaluation.names import add_names
from voxview.shapes.io.atomic import write_atomically
from voxview.surface.picture import Image

PIXELS = 144
"""Along each side of a tile's picture."""


def every_kth(count: int, wanted: int) -> list[int]:
    """Return at most `wanted` numbers below `count`, every k-th from 0 on with the largest fitting k."""
    step = max(1, count // wanted)
    return list(range(0, count, step))[:wanted]


def png_address(image: Image) -> str:
    """Return a picture as a `data:` address: a PNG file with a palette of its own, a third of the bytes."""
    from PIL import Image as Pillow

    content = io.BytesIO()
    picture = Pillow.fromarray(np.ascontiguousarray(image[..., :3]))
    picture = picture.resize((PIXELS, PIXELS), Pillow.Resampling.LANCZOS)
    picture.quantize(128, dither=Pillow.Dither.NONE).save(content, "png", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}"


def write_page_from(package: str, path: str | os.PathLike[str], *values: Any, **more: Any) -> None:
    """Write `page.html.j2` of a package with these values, atomically."""
    environment = Environment(
        loader=PackageLoader(package, ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = add_names(environment).get_template("page.html.j2").render(*values, **more)
    with write_atomically(path) as temporary:
        temporary.write_text(page, encoding="utf-8")
