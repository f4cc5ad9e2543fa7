"""The milliseconds of a blend's stages, and their median and 95th percentile over a window of blends."""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """One timed step of a blend, in the order in which they run."""

    ENCODE = "encode"
    UPLOAD = "upload"
    INTERPOLATE = "interpolate"
    DECODE = "decode"
    DOWNLOAD = "download"
    SURFACE = "surface"
    RENDER = "render"


Timings = Mapping[Stage, float]
"""Milliseconds of each stage that ran; a stage that did not run is absent."""


@dataclass(frozen=True)
class Summary:
    """Milliseconds of one stage over a window of blends."""

    median: float
    p95: float
    count: int


class TimingHistory:
    """The last `window` timings of each stage on one device."""

    def __init__(self, window: int = 200) -> None:
        self._samples = {stage: deque[float](maxlen=window) for stage in Stage}

    def add(self, timings: Timings) -> None:
        """Add one blend's stages, in milliseconds."""
        for stage, milliseconds in timings.items():
            self._samples[stage].append(milliseconds)

    def recent(self, stage: Stage) -> list[float]:
        """Return the stage's samples, oldest first, in milliseconds."""
        return list(self._samples[stage])

    def summary(self, stage: Stage) -> Summary | None:
        """Return median and 95th percentile, or None where the stage never ran on this device."""
        return summarise(self._samples[stage])

    def clear(self, *stages: Stage) -> None:
        """Forget stages, all of them if none is named: with other weights, say, they are not the same."""
        for stage in stages or Stage:
            self._samples[stage].clear()


def summarise(samples: Iterable[float]) -> Summary | None:
    """Return median and 95th percentile (nearest rank) of some milliseconds; None if there are none."""
    ordered = sorted(samples)
    if not ordered:
        return None
    rank = max(0, -(-len(ordered) * 95 // 100) - 1)
    return Summary(statistics.median(ordered), ordered[rank], len(ordered))
