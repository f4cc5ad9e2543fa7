"""What an evaluation of points encoders holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voxview.shapes.frame import Doubles, Floats, Grids

VOXELS = "points as voxels, encoded"
"""What there is without a points encoder: the voxels that the points lie in, encoded and refined."""


@dataclass(frozen=True)
class MeasuredScans:
    """One kind of virtual scans with what came out."""

    name: str
    titles: tuple[str, ...]
    """Id of each chair."""
    clouds: Floats
    """As the encoder is given them, `(n, m, 3)`."""
    grids: Grids
    """The true chairs, `(n, 32, 32, 32)`."""
    fields: Floats
    """What the first encoder makes of them, `(n, 32, 32, 32)`."""
    iou: Mapping[str, Doubles]
    """By method, `(n,)`, the first encoder's own first."""
    distances: Doubles
    """Of the points to the surface that came out, in the mean, in edges of the cube, `(n,)`."""


@dataclass(frozen=True)
class PointsEvaluation:
    """All that was measured of one or two points encoders."""

    weights: Mapping[str, str]
    """The encoders' kinds by the names of their weights, the first one first."""
    autoencoder: str
    notes: Mapping[str, str]
    """Of the first one's header."""
    catalog: str
    left_out: int
    """Chairs of the catalog that one of them or its autoencoder was trained or validated on."""
    scans: tuple[MeasuredScans, ...]
    remarks: tuple[str, ...]


def refined(encoder: str) -> str:
    """Return the method's name of an encoder's latent, refined against the points."""
    return encoder


def unrefined(encoder: str) -> str:
    """Return the method's name of an encoder's own latent."""
    return f"{encoder}, unrefined"
