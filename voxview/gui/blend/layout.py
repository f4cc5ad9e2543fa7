"""The views in a row: which are seen in which layout, and how wide. Free of VTK and NumPy."""

from __future__ import annotations

from voxview.gui.blend.subplots import A_REBUILT, B_REBUILT, BLEND, A, B

COLUMNS: dict[str, tuple[tuple[int, float], ...]] = {
    "three": ((A, 1), (BLEND, 1), (B, 1)),
    "large": ((A, 1), (BLEND, 2), (B, 1)),
    "rebuilt": ((A, 1), (A_REBUILT, 1), (B_REBUILT, 1), (B, 1)),
    "blend": ((BLEND, 1),),
    "a": ((A, 1),),
    "b": ((B, 1),),
    "a rebuilt": ((A_REBUILT, 1),),
    "b rebuilt": ((B_REBUILT, 1),),
}
"""By layout the places from left to right, each with its share of the width."""

ALONE = {A: "a", BLEND: "blend", B: "b", A_REBUILT: "a rebuilt", B_REBUILT: "b rebuilt"}
"""The layout that shows one place alone."""

CAMERA = {A: 0, BLEND: 1, B: 2, A_REBUILT: 0, B_REBUILT: 2}
"""Which of the cameras each place is seen by."""


def spans(layout: str) -> dict[int, tuple[float, float]]:
    """Return where each place that is seen begins and ends, as shares of the width."""
    columns = COLUMNS[layout]
    whole = sum(width for _, width in columns)
    ends, at = {}, 0.0
    for place, width in columns:
        ends[place] = (at / whole, (at + width) / whole)
        at += width
    return ends


def place_at(layout: str, share: float) -> int:
    """Return the place at a share of the width."""
    columns = spans(layout)
    return next((place for place, (_, end) in columns.items() if share < end), list(columns)[-1])
