"""Durations in words."""

from __future__ import annotations


def duration_text(seconds: float) -> str:
    """Return `about 12 s`: as exact as a guess is."""
    if seconds < 1.5:
        return "about a second"
    if seconds < 90:
        return f"about {seconds:.0f} s"
    return f"about {seconds / 60:.0f} min" if seconds < 5400 else f"about {seconds / 3600:.1f} h"


def milliseconds_text(value: float) -> str:
    """Return three digits that mean something: `0.004`, `3.12`, `31.2`, `312`."""
    if value < 0.1:
        return f"{value:.3f}"
    if value < 10:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"
