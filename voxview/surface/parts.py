"""Parts of a surface: the label of the nearest occupied voxel, for each face and vertex."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from voxview.conventions import RESOLUTION
from voxview.errors import InputError
from voxview.shapes.frame import AnyFloats, describe
from voxview.shapes.parts import NO_PART, PARTS, Labels
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
    nearest = ndimage.distance_transform_edt(
        labels == NO_PART, return_distances=False, return_indices=True
    )  # (3, 32, 32, 32)
    cell = np.clip(np.floor((points + 0.5) * RESOLUTION), 0, RESOLUTION - 1).astype(np.int64)
    return labels[tuple(nearest[:, cell[:, 0], cell[:, 1], cell[:, 2]])]
