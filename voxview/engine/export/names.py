"""What exported files are called: by the pair and t. Free of NumPy."""

from __future__ import annotations

import re

from voxview.shapes.chair import Chair

_MOST_BYTES = 40
"""Of a chair's name: two of them, t and a suffix stay far below the 255 that file systems allow."""


def slug(name: str) -> str:
    """Return a name as a part of a file's: "Oak chair (2)" → "oak-chair-2"."""
    words = re.sub(r"[\W_]+", "-", name.lower()).strip("-")
    return words.encode()[:_MOST_BYTES].decode(errors="ignore").strip("-") or "chair"


def chair_name(chair: Chair) -> str:
    """Return the chair's name or its id as a part of a file's name, whichever is shorter."""
    return min(slug(chair.name), slug(chair.id), key=len)


def pair_name(a: Chair, b: Chair) -> str:
    """Return "oak-to-steel" for two chairs."""
    return f"{chair_name(a)}-to-{chair_name(b)}"


def blend_name(a: Chair, b: Chair, t: float) -> str:
    """Return "oak-to-steel_t0.37"."""
    return f"{pair_name(a, b)}_t{t:.{digits_for(t)}f}"


def digits_for(t: float) -> int:
    """Return how many decimals of t a name needs: two, or as many as t has, up to six."""
    return max(2, len(f"{t:.6f}".rstrip("0").split(".")[1]))
