"""A scorer that goes on to the CPU where the GPU fails in the middle of a set."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

from voxview.engine.fallback import CpuFallback
from voxview.engine.request import Device
from voxview.engine.scores.scorer import Pairs, Places, Scorer
from voxview.shapes.frame import Floats

T = TypeVar("T")


class FallbackScorer:
    """A scorer on one device; where that fails, the CPU encodes the set, too, and goes on from there.

    `encode`, `ends` and `between` are generators, which yield how many chairs are encoded while they encode.
    """

    def __init__(self, build: Callable[[Device], Scorer], device: Device, fallback: CpuFallback) -> None:
        """Call `build` for a device's scorer of the set."""
        self._build, self._fallback = build, fallback
        self._scorer: Scorer | None = None
        self._encoding: Iterator[float] | None = None
        """What encodes the set on the device; None when it has."""
        self.device: Device = device
        """Where it scores now."""
        self.notice: str | None = None
        self.blends_at_once = 1
        """See `Scorer`; it changes with the device."""
        self.encoding_cost = 1.0
        """See `Scorer`."""
        self._run(lambda _: None)  # which builds the scorer

    def encode(self) -> Generator[float, None, None]:
        """Encode the set on the device in use, unless that was done; see `Scorer`."""
        while self._encoding is not None:
            done = self._run(lambda _: next(self._encoding, None) if self._encoding is not None else None)
            if done is None:
                self._encoding = None
            else:
                yield done

    @property
    def waiting(self) -> deque[Places]:
        """See `Scorer`; of the device in use."""
        assert self._scorer is not None
        return self._scorer.waiting

    @property
    def is_encoded(self) -> bool:
        """Whether the device in use has encoded all that waited."""
        return self._encoding is None

    def put_back(self, places: Places) -> None:
        """Take back a part of the set that somebody else took and did not encode."""
        self.waiting.append(places)
        if self._encoding is None and self._scorer is not None:
            self._encoding = self._scorer.encode()

    def learn(self, places: Places, latents: Floats) -> None:
        """See `Scorer`."""
        self._run(lambda scorer: scorer.learn(places, latents))

    def latents(self) -> Floats:
        """See `Scorer`; of a set that is encoded."""
        return self._run(lambda scorer: scorer.latents())

    def ends(self, some: slice) -> Generator[float, None, Floats]:
        """See `Scorer`."""
        return (yield from self._scored(lambda scorer: scorer.ends(some)))

    def between(self, pairs: Pairs, t: Floats) -> Generator[float, None, Floats]:
        """See `Scorer`."""
        return (yield from self._scored(lambda scorer: scorer.between(pairs, t)))

    def _scored(self, work: Callable[[Scorer], Floats]) -> Generator[float, None, Floats]:
        """Return what `work` returns for a scorer that has encoded the set."""
        while True:
            yield from self.encode()
            scores = self._run(lambda scorer: work(scorer) if self._encoding is None else None)
            if scores is not None:
                return scores

    def _run(self, work: Callable[[Scorer], T]) -> T:
        """Return what `work` returns for the scorer of the device that answers."""

        def on(device: Device) -> T:
            if self._scorer is None or self._scorer.device != device:
                self._scorer = self._build(device)
                self._encoding = self._scorer.encode()
                self.device, self.blends_at_once = device, self._scorer.blends_at_once
                self.encoding_cost = self._scorer.encoding_cost
            return work(self._scorer)

        value, notice = self._fallback.run(self.device, on)
        self.notice = notice or self.notice
        return value
