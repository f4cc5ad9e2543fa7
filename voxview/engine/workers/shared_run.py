"""One run of all pairs, shared with the workers: they take parts of the set to encode, and blocks to score.

All parts come from one queue, which the engine's thread deals out between its own, so that GPUs of unequal
speed end at the same time. Nothing here waits but `wait`, and that for a moment.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from multiprocessing.connection import wait

import numpy as np
from numpy.typing import NDArray

from voxview.engine.scores.fallback_scorer import FallbackScorer
from voxview.engine.scores.pair_queue import Block, PairQueue
from voxview.engine.workers.messages import Assignment, Done
from voxview.engine.workers.worker import Handed, Worker
from voxview.shapes.frame import Floats

_AT_ONCE = 2
"""Blocks that a worker has: one that it scores, and the next, so that it need not wait for that."""

_PREPARING = 0.25
"""Seconds that a run waits for workers that have its weights already: they take some milliseconds."""

_tasks = itertools.count(1)


class SharedRun:
    """What the workers do of one run. Without workers nothing is given, and nothing arrives."""

    def __init__(
        self, workers: Sequence[Worker], assignment: Assignment | None, scorer: FallbackScorer
    ) -> None:
        """Take the workers, those that are not started yet included, and the set of the `scorer`."""
        self._workers = list(workers)
        self._assignment = assignment
        self._scorer, self._device = scorer, scorer.device
        self._blends_at_once = scorer.blends_at_once
        self._latents: Floats | None = None
        self._with_latents: set[Worker] = set()
        self._handed: Handed[Block] = Handed()
        self._encoding: Handed[NDArray[np.intp]] = Handed()
        self._helped: set[Worker] = set()
        self._broken_before = {worker for worker in workers if worker.failure is not None}
        self._look()

    @property
    def is_busy(self) -> bool:
        """Whether a worker has something of the run."""
        return bool(self._handed or self._encoding)

    @property
    def helped(self) -> tuple[str, ...]:
        """The names of the devices of which results came."""
        return tuple(worker.device.name for worker in self._workers if worker in self._helped)

    @property
    def notice(self) -> str | None:
        """What the person should know: which workers failed in this run, and that others go on."""
        failed = [
            f"{worker.device.name} failed ({reason})"
            for worker in self._workers
            if worker not in self._broken_before and (reason := worker.why_lost(self._number))
        ]
        return f"{', '.join(failed)}: the others went on with its part" if failed else None

    def wait(self, seconds: float = 0.02) -> None:
        """Wait until a worker says something, so long at most."""
        connections = [worker.connection for worker in self._workers if worker.connection is not None]
        if connections:
            wait(connections, seconds)

    def preparing(self) -> Iterator[None]:
        """Wait in short steps for workers that have the weights already; others join when they are ready."""
        setting = None if self._assignment is None else self._assignment.setting
        for _ in range(round(_PREPARING / 0.01)):
            self._look()
            warm = (worker for worker in self._workers if worker.setting == setting)
            if all(self._is_ready(worker) or worker.why_lost(self._number) for worker in warm):
                return
            self.wait(0.01)
            yield

    # ---- encoding -------------------------------------------------------------------------------

    def share_encoding(self) -> None:
        """Take the latents that came, and give out parts of the set that are not encoded, all but one."""
        self._look()
        for worker in self._workers:
            for done in self._taken_from(worker):
                places = self._encoding.pop(done.task)
                if places is not None:
                    self._scorer.learn(places, done.values)
        for places in self._encoding.lost(self._number):
            self._scorer.put_back(places)
        if self._is_abandoned():
            return
        for worker in self._ready():
            if worker.owes == 0 and len(self._scorer.waiting) > 1:
                task, places = next(_tasks), self._scorer.waiting.pop()
                self._encoding.add(task, worker, places)
                worker.encode(task, places)

    def share_latents(self) -> None:
        """Take the latents of the set, which is encoded, for the workers to blend."""
        if self._workers and not self._is_abandoned():
            latents = self._scorer.latents()
            if not self._is_abandoned():  # the GPU may have failed at that
                self._latents = latents

    # ---- scoring --------------------------------------------------------------------------------

    def share_blocks(self, queue: PairQueue, t: Floats) -> None:
        """Put back what lost workers had, and give out blocks; `t` are those of all steps."""
        self._look()
        for lost in self._handed.lost(self._number):
            queue.put_back(lost)
        if self._latents is None:
            return
        for depth in range(1, _AT_ONCE + 1):
            for worker in self._ready():
                # The last blocks are for whoever is free first: none waits for its turn behind another.
                wanted = depth == 1 or queue.blocks_left(self._blends_at_once) > len(self._workers)
                block = queue.take(self._blends_at_once) if worker.owes < depth and wanted else None
                if block is not None:
                    self._score(worker, block, t)

    def arrived(self) -> Iterator[tuple[Block, Floats]]:
        """Yield the blocks that were scored since the last call, with their scores `(7, m, k)`."""
        self._look()
        for worker in self._workers:
            for done in self._taken_from(worker):
                scored = self._handed.pop(done.task)
                if scored is not None:
                    self._helped.add(worker)
                    yield scored, done.values

    def _score(self, worker: Worker, block: Block, t: Floats) -> None:
        if worker not in self._with_latents:
            assert self._latents is not None
            worker.give_latents(self._latents)
            self._with_latents.add(worker)
        task, (pairs, columns) = next(_tasks), block
        self._handed.add(task, worker, block)
        worker.score(task, pairs, t[columns])

    # ---- workers --------------------------------------------------------------------------------

    @property
    def _number(self) -> int:
        return 0 if self._assignment is None else self._assignment.number

    def _look(self) -> None:
        """Hear all workers, and give the set to those that have become ready for it."""
        for worker in self._workers:
            worker.poll()
            if self._assignment is not None and worker.assigned < self._number and worker.can_be_assigned:
                worker.assign(self._assignment)

    def _taken_from(self, worker: Worker) -> list[Done]:
        """Return the results of a worker in this run, once."""
        if worker.assigned != self._number:
            return []
        done, worker.done = worker.done, []
        return done

    def _is_ready(self, worker: Worker) -> bool:
        return worker.prepared == worker.assigned == self._number and worker.why_lost(self._number) is None

    def _ready(self) -> list[Worker]:
        return [worker for worker in self._workers if self._is_ready(worker)]

    def _is_abandoned(self) -> bool:
        """Return whether the workers are left out: the engine's own GPU failed, and the CPU encodes anew."""
        if self._scorer.device != self._device:
            self._workers, self._encoding = [], Handed()
        return not self._workers
