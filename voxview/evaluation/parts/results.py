"""What an evaluation of a parts network holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voxview.evaluation.parts.labelled_clouds import LabelledClouds
from voxview.shapes.frame import Doubles, Floats
from voxview.shapes.parts import Labels

NETWORK = "this parts network"


@dataclass(frozen=True)
class MeasuredClouds:
    """Labelled clouds with what was said of them."""

    clouds: LabelledClouds
    said: Labels
    """By the network, `(n, m)`."""
    iou: Mapping[str, Doubles]
    """Mean over the parts that a chair has, by method, `(n,)`; the network's first."""
    by_part: Mapping[str, tuple[float, ...]]
    """Mean over the chairs that have it, of each part, by method."""


@dataclass(frozen=True)
class LabelledBlend:
    """A half-way blend of two chairs, with its parts."""

    title: str
    field: Floats
    """`(32, 32, 32)`."""
    labels: Labels
    """`(32, 32, 32)`."""


@dataclass(frozen=True)
class PartsEvaluation:
    """All that was measured of one parts network."""

    weights: str
    notes: Mapping[str, str]
    catalog: str
    measured: MeasuredClouds | None
    """None where no clouds were given."""
    blends: tuple[LabelledBlend, ...]
    seconds: float
    """The median time that labelling a blend took."""
    remarks: tuple[str, ...]
