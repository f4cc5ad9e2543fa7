"""The options of virtual scans. Free of torch, as the options of a run are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ScanConfig:
    """What the clouds of a batch have of everything; lengths are in edges of the cube, the longest side."""

    whole: float = 0.5
    """Share of the clouds that have the whole surface, as of a sampled mesh; the rest is seen from views."""
    views: tuple[float, ...] = (0.5, 0.2, 0.3)
    """Shares of the scans that are seen from one, two and three views."""
    voxels: float = 0.4
    """Share of the clouds whose surface has the steps of the voxels; that of the rest is smooth."""
    thinner: float = 0.45
    """How much thinner than its voxels a smooth chair may be: a real surface lies anywhere in its voxels."""
    noise: float = 0.015
    """The largest standard deviation of the noise; half of the clouds have less than a third of it."""
    bending: float = 0.008
    """The largest displacement that varies slowly in space, as where frames of a scan do not fit."""
    outliers: float = 0.02
    """The largest share of points that lie anywhere; half of the clouds have none."""
    floor: float = 0.05
    """The largest share of points that lie on the floor around the feet; most clouds have none."""
    gaps: int = 3
    """The most balls in which there is no point."""
    cut: float = 0.12
    """Share of the clouds of which a part is missing behind a plane."""
    uneven: float = 1.5
    """The largest standard deviation of the logarithm of the density in space."""


CLEAN = ScanConfig(noise=0.0, bending=0.0, outliers=0.0, floor=0.0, gaps=0, cut=0.0, uneven=0.0)
"""Without defects: what is seen, where it is."""
