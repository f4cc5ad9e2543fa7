"""What an evaluation of a picture encoder holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxview.pictures.view import View
from voxview.shapes.frame import Doubles, Floats, Grids

PREDICTED = "this picture encoder"
INCOMPLETE = "before completion"
"""As the network's latents decode, before `model.completion`: measured, to know what that is worth."""
PLAIN = "before completion, without augmentation"
"""Of the picture alone (`PictureEncoder.encode`, augmented=False): measured, to know what that is worth."""
REFINED = "refined against the silhouette"
"""Where the background was removed (`model.silhouette`): measured, to know whether it is worth its time."""
LEVELLED = "cut at the best level of the validation split"
"""Instead of at 0.5: measured, to know what the level is worth where a field is unsure."""
NEAREST = "nearest training chair"
MEAN = "mean chair"
RANDOM = "random training chair"

PUBLISHED: Mapping[str, float] = {
    "3D-R2N2 (Choy et al. 2016)": 0.466,
    "Pix2Vox-A (Xie et al. 2019)": 0.567,
}
"""Mean IoU of chairs from one view, 32³ voxels, as published: on other renderings, with other splits."""


@dataclass(frozen=True)
class PictureSet:
    """Pictures whose chairs are known, before anything is measured."""

    name: str
    titles: tuple[str, ...]
    """What each picture is of: an id, or a file and a name."""
    groups: tuple[str, ...]
    """Which model each is of, where several pictures show one; else the titles."""
    pixels: NDArray[np.uint8]
    """`(n, 227, 227, 3)`: what the network sees."""
    grids: Grids
    """The true chairs, `(n, 32, 32, 32)`."""
    views: tuple[View, ...] = ()
    """From where each was taken; empty where nobody knows."""
    silhouettes: NDArray[np.float32] | None = None
    """Where the chairs are, `(n, 227, 227)`, in a set whose backgrounds were removed."""


@dataclass(frozen=True)
class MeasuredSet:
    """A set with what came out of it."""

    pictures: PictureSet
    fields: Floats
    """What came out, `(n, 32, 32, 32)`."""
    views: tuple[View, ...]
    """From where the encoder says that each was taken."""
    unfamiliarity: NDArray[np.float32]
    """`(n,)`, above 1 where it is unlike what the encoder learnt from."""
    iou: Mapping[str, Doubles]
    """By method, `(n,)`, the encoder's own first."""
    azimuth_errors: Doubles | None
    """Degrees `(n,)`, where the views are known."""


@dataclass(frozen=True)
class PictureEvaluation:
    """All that was measured of one picture encoder."""

    weights: str
    autoencoder: str
    notes: Mapping[str, str]
    catalog: str
    left_out: int
    """Chairs of the catalog that it or its autoencoder was trained or validated on."""
    sets: tuple[MeasuredSet, ...]
    remarks: tuple[str, ...]
