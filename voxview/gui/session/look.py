"""How the chairs are shown: one immutable value, which the settings remember and a session file can hold."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace

from voxview.conventions import RESOLUTION

LAYOUTS = ("three", "large", "rebuilt", "blend", "a", "b", "a rebuilt", "b rebuilt")
"""The views in a row: A, blend and B; the same with a large blend; A and B beside their reconstructions; and
each view alone."""
SHAPES = ("surface", "voxels")
AXES = ("x", "y", "z")
_CHOICES = {"layout": LAYOUTS, "shape": SHAPES, "slice_axis": AXES}
_PASSING = ("rebuilt",)
"""What the settings do not keep; a start that goes on from the last state has it."""


@dataclass(frozen=True)
class Look:
    """How the chairs are shown, but for the cameras. What is shown is `Shown`."""

    layout: str = "three"
    """One of `LAYOUTS`."""
    shape: str = "surface"
    """One of `SHAPES`: the surface, or the occupied voxels as cubes."""
    edges: bool = False
    """Whether the edges of the triangles or cubes are drawn."""
    ghost: bool = False
    """Whether A and B stand over the blend, translucent."""
    slice: bool = False
    """Whether a plane shows the field's values, and what lies before it is cut away."""
    slice_axis: str = "x"
    """The axis that the plane stands on, one of `AXES`."""
    slice_layer: int = RESOLUTION // 2
    """The layer of voxels that the plane goes through, from 0."""
    ruler: bool = False
    """Whether sizes and a scale line stand below the views."""
    rebuilt: bool = False
    """Whether A and B are shown as their latents give them back."""
    linked: bool = True
    """Whether all views share one camera."""
    orthographic: bool = False
    """Whether lines stay parallel, in place of perspective."""
    trackball: bool = False
    """Whether the mouse turns chairs about any axis; else they stay upright, as on a turntable."""

    def changed(self, /, **changes: object) -> Look:
        """Return a look that differs in some fields; values that make no sense count as not given."""
        known = {field.name: type(field.default) for field in fields(self)}
        good = {
            name: value
            for name, value in changes.items()
            if name in known and type(value) is known[name] and _is_possible(name, value)
        }
        return replace(self, **good)  # type: ignore[arg-type]

    def as_dict(self) -> dict[str, object]:
        """Return the fields that differ from the defaults, for JSON; `Look().changed` is the way back."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != field.default
        }

    def remembered(self) -> str:
        """Return what the next start shall find, as one line; empty if that is what a first start has."""
        kept = {name: value for name, value in self.as_dict().items() if name not in _PASSING}
        return json.dumps(kept) if kept else ""


def look_from_text(text: str) -> Look:
    """Return the look that `Look.remembered` wrote; what cannot be read of it counts as not set."""
    try:
        values = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        values = {}
    return Look().changed(**values) if isinstance(values, dict) else Look()


def _is_possible(name: str, value: object) -> bool:
    if name == "slice_layer":
        return isinstance(value, int) and 0 <= value < RESOLUTION
    return name not in _CHOICES or value in _CHOICES[name]
