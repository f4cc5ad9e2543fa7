"""How long each part of a training step takes: by events on a GPU, by the host's clock on the CPU.

Where the step is recorded as a CUDA graph, so are its events: each replay times itself.
"""

from __future__ import annotations

import itertools
import time
from collections import defaultdict

import torch


class StepClock:
    """Times parts that come one after the other; what is between two `begin`s counts as the first one's."""

    def __init__(self, device: str) -> None:
        self._on_gpu = torch.device(device).type == "cuda"
        self._part = ""
        self._marks: list[tuple[str, torch.cuda.Event | float]] = []

    def begin(self, part: str) -> str:
        """End the part before, begin this one, and return the name of the one before; empty: pause."""
        before, self._part = self._part, part
        self._marks.append((part, self._now()))
        return before

    def milliseconds(self) -> dict[str, float]:
        """Return the sum of each part's milliseconds since the start, and start anew; waits for the GPU."""
        self.begin("")
        sums = self.read()
        self._marks.clear()
        return sums

    def read(self) -> dict[str, float]:
        """Return the sum of each part's milliseconds, or those of the last replay; waits for the GPU."""
        if self._on_gpu:
            torch.cuda.synchronize()
        sums: defaultdict[str, float] = defaultdict(float)
        for (part, began), (_, ended) in itertools.pairwise(self._marks):
            if part:
                sums[part] += _between(began, ended)
        return dict(sums)

    def _now(self) -> torch.cuda.Event | float:
        if not self._on_gpu:
            return time.perf_counter()
        recorded = {"external": True} if torch.cuda.is_current_stream_capturing() else {}
        event = torch.cuda.Event(enable_timing=True, **recorded)
        event.record()
        return event


def _between(began: torch.cuda.Event | float, ended: torch.cuda.Event | float) -> float:
    """Return the milliseconds between two marks."""
    if isinstance(began, float) or isinstance(ended, float):
        assert isinstance(began, float) and isinstance(ended, float)
        return (ended - began) * 1e3
    return began.elapsed_time(ended)
