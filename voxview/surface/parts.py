"""Parts of a surface: the label of the nearest occupied voxel, for each face and vertex."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from voxview.conventions import RESOLUTION
from voxview.errors import InputError
from voxview.shapes.frame import AnyFloats, describe
from voxview.shapes.parts import NO_PART, PART_COLOURS, PARTS, Labels
from voxview.surface.surface import Surface


def check_labels(labels: object) -> Labels:
    """Return `labels` if it is a labelled grid with one part at least, else raise `InputError`."""
    shape = (RESOLUTION,) * 3
    if not isinstance(labels, np.ndarray) or labels.dtype != np.uint8 or labels.shape != shape:
        raise InputError(f"labels of parts are uint8 {shape}, but {describe(labels)} came")
    values = set(np.unique(labels).tolist()) - {NO_PART}
    if not values or max(values) >= len(PARTS):
        raise InputError(f"labels of parts are 0 to {len(PARTS) - 1}, and {NO_PART} where it is empty")
    return labels


def parts_of_faces(surface: Surface, labels: Labels) -> Labels:
    """Return the part of each of a surface's faces, `(m,)`."""
    return parts_at(surface.vertices[surface.faces].mean(1), labels)


def parts_at(points: AnyFloats, labels: Labels) -> Labels:
    """Return the part of the occupied voxel nearest to each of the points `(n, 3)` of the frame, `(n,)`."""
    cell = np.clip(np.floor((points + 0.5) * RESOLUTION), 0, RESOLUTION - 1).astype(np.int64)
    return with_nearest(labels)[tuple(cell.T)]


def with_nearest(labels: Labels) -> Labels:
    """Return labels `(32, 32, 32)` in which empty voxels have that of the nearest occupied one."""
    empty = labels == NO_PART
    if empty.all():
        return labels
    nearest = ndimage.distance_transform_edt(empty, return_distances=False, return_indices=True)
    return labels[tuple(nearest)]


def voxel_colours(labels: Labels) -> NDArray[np.uint8]:
    """Return the colour of each voxel's part, `uint8 (32, 32, 32, 3)`, as `picture.render_chair` takes it."""
    colours = np.zeros((NO_PART + 1, 3), np.uint8)
    colours[: len(PART_COLOURS)] = PART_COLOURS
    return colours[with_nearest(labels)]
