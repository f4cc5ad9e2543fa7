"""How long each part of a training step takes: by events on a GPU, by the host's clock on the CPU.

Where the step is recorded as a CUDA graph, so are its events: each replay times itself. The timeline has a
step's collectives, too. What is approximate in it:

- A collective begins, here, when it was started, and its inputs were there. NCCL does one after the other, so
  that it may have waited for the one before: charts draw it from there on.
- On a GPU its end is that of the kernel, by an event on a stream of its own that waits for it. Over gloo it
  is when its thread said so, and for what has no such answer (sums that are scattered), when it was waited
  for: later.
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
    seen: torch.cuda.Event | None = None
    """When its end has been taken: a recorded step has no loose ends."""
    tensors: tuple[torch.Tensor, ...] = ()
    """Kept until its end is known."""


class StepClock:
    """Times parts that come one after the other; what is between two `begin`s counts as the first one's."""

    def __init__(self, device: str, watches_collectives: bool = False) -> None:
        self._on_gpu = torch.device(device).type == "cuda"
        self.watches_collectives = watches_collectives
        self._part = ""
        self._marks: list[tuple[str, torch.cuda.Event | float]] = []
        self._watched: list[_Watched] = []
        self._side = torch.cuda.Stream(device) if self._on_gpu and watches_collectives else None

    def begin(self, part: str) -> str:
        """End the part before, begin this one, and return the name of the one before; empty: pause."""
        before, self._part = self._part, part
        self._marks.append((part, self._now()))
        return before

    def watch(self, name: str, work: dist.Work, *tensors: torch.Tensor) -> int:
        """Take the time of a collective of `tensors` that was just started; return its number for `end`."""
        watched = _Watched(name, self._now(), tensors=tensors)
        self._watched.append(watched)
        if self._side is not None:
            with torch.cuda.stream(self._side):
                work.wait()
                watched.ended.append(self._now())
                watched.seen = torch.cuda.Event()
                watched.seen.record()
            return len(self._watched) - 1
        with contextlib.suppress(RuntimeError):  # gloo has no future of some collectives: `end` it is
            work.get_future().add_done_callback(lambda _: watched.ended.append(self._now()))
        return len(self._watched) - 1

    def end(self, number: int) -> None:
        """Say that a collective has been waited for: it is over, if nothing said so before."""
        watched = self._watched[number]
        if watched.seen is None:
            watched.ended.append(self._now())
        else:
            torch.cuda.current_stream().wait_event(watched.seen)

    def milliseconds(self) -> dict[str, float]:
        """Return the sum of each part's milliseconds since the start, and start anew; waits for the GPU."""
        self.begin("")
        sums = self.read()
        self._clear()
        return sums

    def read(self) -> dict[str, float]:
        """Return the sum of each part's milliseconds, or those of the last replay; waits for the GPU."""
        sums: defaultdict[str, float] = defaultdict(float)
        for span in self._spans():
            if not span.is_collective:
                sums[span.name] += span.end - span.begin
        return dict(sums)

    def timeline(self) -> tuple[Span, ...]:
        """Return all parts and watched collectives since the start, and start anew; waits for the GPU."""
        self.begin("")
        spans = self._spans()
        self._clear()
        return spans

    def _clear(self) -> None:
        self._marks.clear()
        self._watched.clear()

    def _spans(self) -> tuple[Span, ...]:
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
        return tuple(spans)

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
