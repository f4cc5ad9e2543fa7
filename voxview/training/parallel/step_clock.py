"""How long each part of a training step takes: by events on a GPU, by the host's clock on the CPU.

The timeline has a step's collectives, too. What is approximate in it:

- A collective begins, here, when it was started, and its inputs were there. NCCL does one after the other, so
  that it may have waited for the one before: charts draw it from there on.
- On a GPU its end is that of the kernel, by an event on a stream that waits for it. Over gloo it is when its
  thread said so, and for what has no such answer (sums that are scattered), when it was waited for: later.
- Events between kernels cost a little, most where layers are small: the step is a bit longer than without.
- One step, on one process: others may have been earlier or later.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections import defaultdict
from dataclasses import dataclass, field

import torch
import torch.distributed as dist

from voxview.training.parallel.step_parts import Span


@dataclass
class _Watched:
    """A collective's marks."""

    name: str
    began: torch.cuda.Event | float
    ended: list[torch.cuda.Event | float] = field(default_factory=list)
    """The first one counts."""


class StepClock:
    """Times parts that come one after the other; what is between two `begin`s counts as the first one's."""

    def __init__(self, device: str, watches_collectives: bool = False) -> None:
        self._on_gpu = torch.device(device).type == "cuda"
        self.watches_collectives = watches_collectives
        self._part = ""
        self._marks: list[tuple[str, torch.cuda.Event | float]] = []
        self._watched: list[_Watched] = []

    def begin(self, part: str) -> str:
        """End the part before, begin this one, and return the name of the one before; empty: pause."""
        before, self._part = self._part, part
        self._marks.append((part, self._now()))
        return before

    def watch(self, name: str, work: dist.Work) -> int:
        """Take the time of a collective that has just been started; return its number for `end`."""
        watched = _Watched(name, self._now())
        self._watched.append(watched)
        with contextlib.suppress(RuntimeError):  # gloo has no future of some collectives: `end` it is
            # The callback's stream is one that waits for the collective: an event on it is its end.
            work.get_future().add_done_callback(lambda _: watched.ended.append(self._now()))
        return len(self._watched) - 1

    def end(self, number: int) -> None:
        """Say that a collective has been waited for: it is over, if nothing said so before."""
        self._watched[number].ended.append(self._now())

    def milliseconds(self) -> dict[str, float]:
        """Return the sum of each part's milliseconds since the start, and start anew; waits for the GPU."""
        sums: defaultdict[str, float] = defaultdict(float)
        for span in self.timeline():
            if not span.is_collective:
                sums[span.name] += span.end - span.begin
        return dict(sums)

    def timeline(self) -> tuple[Span, ...]:
        """Return all parts and watched collectives since the start, and start anew; waits for the GPU."""
        self.begin("")
        if self._on_gpu:
            torch.cuda.synchronize()
        zero = self._marks[0][1]
        spans = [
            Span(part, False, _between(zero, began), _between(zero, ended))
            for (part, began), (_, ended) in itertools.pairwise(self._marks)
            if part
        ]
        spans += [
            Span(w.name, True, _between(zero, w.began), _between(zero, w.ended[0]))
            for w in self._watched
            if w.ended
        ]
        self._marks.clear()
        self._watched.clear()
        return tuple(spans)

    def _now(self) -> torch.cuda.Event | float:
        if not self._on_gpu:
            return time.perf_counter()
        event = torch.cuda.Event(enable_timing=True)
        event.record()
        return event


def _between(began: torch.cuda.Event | float, ended: torch.cuda.Event | float) -> float:
    """Return the milliseconds between two marks."""
    if isinstance(began, float) or isinstance(ended, float):
        assert isinstance(began, float) and isinstance(ended, float)
        return (ended - began) * 1e3
    return began.elapsed_time(ended)
