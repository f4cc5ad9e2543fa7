"""What the parts of a chair are called in the window, and what is said of their shares."""

from __future__ import annotations

from collections.abc import Mapping

from voxview.gui.session.titles import percent

PART_NAMES = ("Seat", "Back", "Legs", "Arms")
"""By label; a base counts as legs."""


def share_text(share: float | None) -> str:
    """Return a share in whole per cent; a dash where it is not known."""
    if share is None:
        return "–"
    return "< 1 %" if 0 < share < 0.005 else percent(share)


def shares_tip(part: int, middle: Mapping[int, float], a: Mapping[int, float], b: Mapping[int, float]) -> str:
    """Return how much of each of the three shapes a part is; shares by label, empty where not known."""
    of_middle, of_a, of_b = (share_text(shares.get(part)) for shares in (middle, a, b))
    return (
        f"{PART_NAMES[part]}, share of the voxels: {of_middle} in the middle, A {of_a}, B {of_b}\n"
        "Without its tick the part is left out of all three"
    )
