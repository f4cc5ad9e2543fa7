"""How long something will take, in words."""

from __future__ import annotations


def duration_text(seconds: float) -> str:
    """`about 12 s`: as exact as a guess is."""
    if seconds < 1.5:
        return "about a second"
    if seconds < 90:
        return f"about {seconds:.0f} s"
    return f"about {seconds / 60:.0f} min" if seconds < 5400 else f"about {seconds / 3600:.1f} h"
