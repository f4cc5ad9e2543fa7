"""A scorer that goes on to the CPU where the GPU fails in the middle of a set."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from voxview.engine.fallback import CpuFallback
from voxview.engine.request import Device
from voxview.engine.scores.scorer import Scorer
from voxview.shapes.frame import Floats

T = TypeVar("T")


class FallbackScorer:
    """A scorer on one device; where that fails, the CPU makes the same call and goes on from there."""

    def __init__(self, build: Callable[[Device], Scorer], device: Device, fallback: CpuFallback) -> None:
        """Call `build` for a device's scorer of the set."""
        self._build, self._fallback = build, fallback
        self._scorer: Scorer | None = None
        self.device: Device = device
        """Where it scores now."""
        self.notice: str | None = None
        self.blends_at_once = 1
        """See `Scorer`; it changes with the device."""
        self._run(lambda _: None)  # which builds the scorer

    def ends(self) -> Floats:
        """See `Scorer`."""
        return self._run(lambda scorer: scorer.ends())

    def between(self, i: int, others: slice, t: Floats) -> Floats:
        """See `Scorer`."""
        return self._run(lambda scorer: scorer.between(i, others, t))

    def _run(self, work: Callable[[Scorer], T]) -> T:
        """Return what `work` returns for the scorer of the device that answers."""

        def on(device: Device) -> T:
            if self._scorer is None or self._scorer.device != device:
                self._scorer = self._build(device)
                self.device, self.blends_at_once = device, self._scorer.blends_at_once
            return work(self._scorer)

        value, notice = self._fallback.run(self.device, on)
        self.notice = notice or self.notice
        return value
