"""What is drawn of a shape whose parts are shown: its surface without the hidden ones, and colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.gui.blend.subplots import Shape
from voxview.gui.session.shown_parts import Parts
from voxview.shapes.frame import Field, Grid
from voxview.shapes.parts import NO_PART, PART_COLOURS, Labels
from voxview.surface.extract import extract_surface
from voxview.surface.parts import parts_of_faces, voxel_colours, with_nearest
from voxview.surface.surface import Surface

Colours = NDArray[np.uint8]
"""RGB of each face, `(m, 3)`."""

_OF_LABELS = np.zeros((NO_PART + 1, 3), np.uint8)
_OF_LABELS[: len(PART_COLOURS)] = PART_COLOURS


def drawn(shape: Shape) -> tuple[Surface, Colours | None]:
    """Return the surface of a shape as it is to be seen, and each face's colour; None: the shape's own."""
    surface, parts = shape.surface, shape.parts
    if surface is None or (parts is not None and parts.hidden):
        surface = extract_surface(seen_voxels(shape.voxels, parts), resolution=shape.resolution)
    if parts is None:
        return surface, None
    return surface, _OF_LABELS[parts_of_faces(surface, _seen_labels(parts))]


def seen_voxels(voxels: Grid | Field, parts: Parts | None) -> Grid | Field:
    """Return a grid or field that is empty where its hidden parts are."""
    if parts is None or not parts.hidden:
        return voxels
    is_hidden = np.isin(with_nearest(parts.labels), tuple(parts.hidden))
    return np.where(is_hidden, np.zeros((), voxels.dtype), voxels)


def colours_of_voxels(parts: Parts) -> NDArray[np.uint8]:
    """Return the colour of each voxel, `uint8 (32, 32, 32, 3)`: near what is hidden that of what is seen."""
    return voxel_colours(_seen_labels(parts))


def _seen_labels(parts: Parts) -> Labels:
    return np.where(np.isin(parts.labels, tuple(parts.hidden)), np.uint8(NO_PART), parts.labels)
