"""Durations in words."""

from __future__ import annotations

from voxview.engine.step import Step


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


def step_text(step: Step, seconds_left: float | None) -> str:
    """Return `3 of 12 chairs, about 20 s left`, as far as that is known."""
    counted = f"{step.done:,} of {step.total:,} {step.unit}".rstrip() if step.total else ""
    left = "" if seconds_left is None else f"{duration_text(seconds_left)} left"
    return ", ".join(text for text in (counted, left) if text)
