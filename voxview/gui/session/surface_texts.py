"""Names of the resolutions of a surface, for menus and dialogs."""

from __future__ import annotations

from voxview.conventions import RESOLUTION

SURFACE_NAMES = {32: "voxel resolution (32³)", 64: "fine (64³)", 96: "finest (96³)"}
FINE_TIP = "Smoother, by interpolation between voxels: no more detail"


def is_fine(resolution: int) -> bool:
    """Return whether a surface of this resolution is interpolated."""
    return resolution != RESOLUTION
