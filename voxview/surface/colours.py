"""The colours of A, of B, and of what is between them."""

from __future__ import annotations

from voxview.surface.picture import AMBER, Color

BLUE: Color = (79, 143, 192)
"""The colour of B."""
_BETWEEN: Color = (157, 181, 140)


def blend_color(t: float) -> Color:
    """Return the blend's colour at t: amber at 0, blue at 1, a sage green between them, as in the window."""
    start, end, part = (AMBER, _BETWEEN, 2 * t) if t <= 0.5 else (_BETWEEN, BLUE, 2 * t - 1)
    red, green, blue = (round((1 - part) * a + part * b) for a, b in zip(start, end, strict=True))
    return red, green, blue
