"""Clouds of chairs whose parts people have labelled: a .npz file, as one makes it of PartNet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voxview.errors import InputError
from voxview.shapes.frame import Doubles
from voxview.shapes.io.npy import read_arrays
from voxview.shapes.parts import PARTS, Labels

ARRAYS = ("ids", "points", "labels")

_MOST_BYTES = 1 << 30
"""Limit of an array: 40 million points."""


@dataclass(frozen=True)
class LabelledClouds:
    """Clouds in the chairs' frames."""

    ids: tuple[str, ...]
    points: Doubles
    """`(n, m, 3)`."""
    labels: Labels
    """`(n, m)`."""


def read_labelled_clouds(path: Path) -> LabelledClouds:
    """Read the arrays `ids` `(n,)`, `points` `(n, m, 3)` and `labels` `(n, m)` of a .npz file.

    Raises `InputError` for a file that cannot be read or holds something else.
    """
    try:
        ids, points, labels = read_arrays(path, ARRAYS, _MOST_BYTES).values()
        names = tuple(map(str, ids))
    except (
        OSError,
        ValueError,
        SystemError,
        TypeError,
    ) as error:  # SystemError: letters that Unicode has not
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"cannot read {path} ({reason}): --clouds takes a .npz file with {', '.join(ARRAYS)}"
        ) from error
    shape = points.shape
    fits = len(shape) == 3 and shape[2] == 3 and labels.shape == shape[:2] and len(ids) == len(points)
    if not fits or not np.issubdtype(points.dtype, np.floating) or labels.dtype.kind not in "iu":
        raise InputError(
            f"{path} holds points {points.dtype} {shape} and labels {labels.dtype} {labels.shape}: they "
            "should be float (n, m, 3) and whole numbers (n, m)"
        )
    if not len(points) or labels.min() < 0 or labels.max() >= len(PARTS):
        raise InputError(f"{path} holds no labels 0 to {len(PARTS) - 1}: {', '.join(PARTS)}")
    return LabelledClouds(names, points.astype(np.float64), labels.astype(np.uint8))
