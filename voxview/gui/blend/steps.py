"""Tables of the actions that move the slider: by a step, or to a place."""

from __future__ import annotations

STEPS = (
    ("back", "Towards A", -0.01, ",", "A small step towards A"),
    ("forth", "Towards B", 0.01, ".", "A small step towards B"),
)
"""Name, text, step in t, key and tip of the actions that move the slider a little."""
PLACES = (
    ("at_a", "Go to A", 0.0, "Ctrl+1", "Show A itself: t = 0"),
    ("halfway", "Go halfway", 0.5, "Ctrl+2", "Show the blend halfway: t = 0.5"),
    ("at_b", "Go to B", 1.0, "Ctrl+3", "Show B itself: t = 1"),
)
"""The same of those that go to a place."""
