"""The workers of one program, which are started when a set is first large enough for them, and stay."""

from __future__ import annotations

import itertools
import logging
import time
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path

from voxview.engine.request import Backend
from voxview.engine.scores.fallback_scorer import FallbackScorer
from voxview.engine.workers.devices import WorkerDevice, find_further_gpus
from voxview.engine.workers.messages import Assignment
from voxview.engine.workers.shared_run import SharedRun
from voxview.engine.workers.worker import Worker
from voxview.shapes.bits import pack_bytes
from voxview.shapes.frame import Grids

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


def _close_all(workers: Sequence[Worker]) -> None:
    for worker in workers:
        worker.close()
