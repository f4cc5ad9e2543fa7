"""Colours of a shape whose parts are shown, and the shape without the hidden ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.gui.session.shown_parts import Parts
from voxview.shapes.frame import Field, Grid
from voxview.shapes.parts import NO_PART, PART_COLOURS, Labels
from voxview.surface.parts import voxel_colours, with_nearest

Colours = NDArray[np.uint8]
"""RGB of each face, `(m, 3)`."""

_OF_LABELS = np.zeros((NO_PART + 1, 3), np.uint8)
_OF_LABELS[: len(PART_COLOURS)] = PART_COLOURS


def colours_of_labels(labels: Labels) -> Colours:
    """Return the colour of each label."""
    return _OF_LABELS[labels]


def seen_voxels(voxels: Grid | Field, parts: Parts | None) -> Grid | Field:
    """Return a grid or field that is empty where its hidden parts are."""
    if parts is None or not parts.hidden:
        return voxels
    is_hidden = np.isin(with_nearest(parts.labels), tuple(parts.hidden))
    return np.where(is_hidden, np.zeros((), voxels.dtype), voxels)


def colours_of_voxels(parts: Parts) -> NDArray[np.uint8]:
    """Return the colour of each voxel, `uint8 (32, 32, 32, 3)`: near what is hidden that of what is seen."""
    return voxel_colours(seen_labels(parts))


def seen_labels(parts: Parts) -> Labels:
    """Return the labels with hidden parts taken out."""
    return np.where(np.isin(parts.labels, tuple(parts.hidden)), np.uint8(NO_PART), parts.labels)
