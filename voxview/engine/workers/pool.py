"""The workers of one program, which are started when a set is first large enough for them, and stay."""

from __future__ import annotations

import itertools
import logging
import time
import weakref
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import numpy as np

from voxview.engine.request import Backend
from voxview.engine.scores.fallback_scorer import FallbackScorer
from voxview.engine.workers.devices import WorkerDevice, find_further_gpus
from voxview.engine.workers.messages import Assignment, StreamRows
from voxview.engine.workers.shared_run import SharedRun
from voxview.engine.workers.streaming import Streamed, stream_rows
from voxview.engine.workers.worker import Worker
from voxview.errors import VoxViewError
from voxview.shapes.bits import pack_bytes
from voxview.shapes.frame import Floats, Grids

log = logging.getLogger(__name__)

WORTH_STARTING = 10_000
"""Blends of a run for which workers are started: about a second of an H100. They take some seconds to start,
so the run that starts them gains little unless it is much larger; the next one does."""

_numbers = itertools.count(1)


class WorkerPool:
    """A worker for each further GPU. The engine's thread alone calls it."""

    def __init__(
        self,
        find: Callable[[], Sequence[WorkerDevice]] = find_further_gpus,
        worth_starting: int = WORTH_STARTING,
    ) -> None:
        """Call `find` for the devices when they are first needed; start workers from so many blends on."""
        self._find, self._worth_starting = find, worth_starting
        self._workers: list[Worker] | None = None

    @property
    def workers(self) -> Sequence[Worker]:
        """The workers, started or not: one for each further GPU."""
        if self._workers is None:
            self._workers = [Worker(device) for device in self._find()]
            weakref.finalize(self, _close_all, self._workers)
        return self._workers

    def start(self) -> None:
        """Start those workers that were not started; each takes seconds, in a process of its own."""
        import torch

        for worker in self.workers:
            if not worker.was_begun:
                log.info("starting a worker on %s", worker.device.name)
                worker.start(torch.get_num_threads())

    def have_started(self) -> bool:
        """Start the workers, and return whether all of them are ready or have failed by now."""
        self.start()
        for worker in self.workers:
            worker.poll()
        return all(worker.is_started or worker.failure for worker in self.workers)

    def wait_until_started(self, timeout: float) -> int:
        """Start the workers, wait for them, and return how many can be used."""
        end = time.monotonic() + timeout
        while not self.have_started() and time.monotonic() < end:
            time.sleep(0.02)
        return sum(worker.is_started and worker.failure is None for worker in self.workers)

    def share(
        self,
        scorer: FallbackScorer,
        grids: Grids,
        blends: int,
        weights: tuple[Path, Callable[[], str]],
        backend: Backend,
        *,
        tf32: bool,
    ) -> SharedRun:
        """Return a run of so many `blends`, shared with the workers on devices of the scorer's kind.

        `weights` are the file and what returns its fingerprint. A set of one block has no use for workers,
        one of `worth_starting` blends starts them.
        """
        alone = SharedRun((), None, scorer)
        if blends <= scorer.blends_at_once or (scorer.device == "cpu" and self._find is find_further_gpus):
            return alone
        workers = [worker for worker in self.workers if worker.device.device == scorer.device]
        if workers and blends >= self._worth_starting:
            self.start()
        if not any(worker.was_begun and worker.failure is None for worker in workers):
            return alone
        file, fingerprint = weights
        assignment = Assignment(next(_numbers), file, fingerprint(), pack_bytes(grids), backend, tf32)
        return SharedRun(workers, assignment, scorer)

    def stream_rows(
        self, z: Floats, t: Floats, backend: Backend, seconds: float
    ) -> Generator[None, None, list[Streamed]]:
        """Blend all pairs of latents on every device that is free, each its rows, for a time; discard them.

        Yields while workers are not done; returns what each device wrote, this process' own first. Raises
        `VoxViewError` where a worker fails.
        """
        self.have_started()
        workers = [worker for worker in self.workers if worker.can_be_assigned]
        bounds = np.linspace(0, len(z), len(workers) + 2).astype(int).tolist()
        own, *rows = [slice(start, stop) for start, stop in itertools.pairwise(bounds)]
        number = next(_numbers)
        for task, (worker, part) in enumerate(zip(workers, rows, strict=True)):
            worker.stream(StreamRows(number, -1 - task, z, t, part, backend, seconds))
        streamed = [stream_rows(z, t, own, backend, seconds)]
        for worker in workers:
            while worker.owes:
                worker.poll()
                time.sleep(0.005)
                yield
            if not worker.done:
                raise VoxViewError(f"{worker.device.name} failed ({worker.why_lost(number)})")
            part, written, taken = worker.done.pop().values.tolist()
            streamed.append(Streamed(int(part), int(written), taken))
        return streamed


def _close_all(workers: Sequence[Worker]) -> None:
    for worker in workers:
        worker.close()
