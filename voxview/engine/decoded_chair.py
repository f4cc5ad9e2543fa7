"""Chairs that were decoded from a latent: what came out of a picture or of points."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from voxview.shapes.bits import fingerprint, fingerprint_text
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Floats, Grid
from voxview.shapes.io.read import readable_name
from voxview.shapes.known_latent import KnownLatent


def decoded_chair(
    path: Path, name: str, grid: Grid, latent: Floats, weights: str, details: Mapping[str, object]
) -> Chair:
    """Return the chair of a grid `(32, 32, 32)` that was decoded from a latent `(8, 8)`.

    `path` is of the file that it came out of, and `name` its id; `weights` is the fingerprint of the
    autoencoder's. Its source has the grid's fingerprint as well, so that what is kept by chair is not taken
    for what came out of the same file otherwise.
    """
    content = fingerprint(grid)
    known = KnownLatent(latent, weights, content)
    return Chair(
        id=name,
        name=readable_name(path.stem),
        source=f"{path} ({fingerprint_text(content)})",
        read=lambda: grid,
        details={**details, **known.details()},
    )
