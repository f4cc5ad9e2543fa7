"""A worker process as the engine's thread sees it: what it has to do, and whether it still can."""

from __future__ import annotations

import logging
import time
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from voxview.engine.workers.devices import WorkerDevice
from voxview.engine.workers.messages import (
    Assignment,
    Done,
    EncodePart,
    Failed,
    FromWorker,
    Latents,
    Prepared,
    ScoreBlock,
    Started,
    StreamRows,
    ToWorker,
)
from voxview.engine.workers.process import run_worker
from voxview.shapes.frame import Floats

log = logging.getLogger(__name__)

PATIENCE = 60.0
"""Seconds after which a worker that owes an answer counts as lost: a block takes a GPU 0.04 s, loading
weights some seconds."""

START_PATIENCE = 180.0
"""Seconds that it may take to start: PyTorch from a slow disk, and a driver that wakes up."""


class Worker:
    """One worker process. No call waits for it; what it has to say is read by `poll`."""

    def __init__(self, device: WorkerDevice) -> None:
        """Take the device; `start` starts the process."""
        self.device = device
        self.failure: str | None = None
        """Why it cannot be used any more, if it cannot."""
        self.refusal: tuple[int, str] | None = None
        """The run that it could not go on with, and why; the next one may go well."""
        self.assigned = 0
        """The run whose chairs it was given last."""
        self.prepared = 0
        """The run that it is prepared for."""
        self.is_started = False
        self.setting: object = None
        """What it has warmed up for: weights, backend and precision of the last set."""
        self.done: list[Done] = []
        """Results of the run that it is assigned to, which nobody has taken yet."""
        self._next_setting: object = None
        self._owed: set[int] = set()
        """Tasks that it has not answered yet, also those of a run before."""
        self._heard = 0.0
        self._connection: Connection | None = None
        self._process: object = None

    def start(self, threads: int) -> None:
        """Start the process, which takes seconds, and return at once."""
        context = get_context("spawn")  # a forked process cannot use CUDA
        self._connection, theirs = context.Pipe()
        process = context.Process(
            target=run_worker,
            args=(theirs, self.device, threads),
            name=f"voxview {self.device.name}",
            daemon=True,
        )
        self._heard = time.monotonic()
        try:
            process.start()
        except OSError as error:  # no memory, or too many processes
            self._fail(f"its process could not be started: {error.strerror or error}")
        finally:
            theirs.close()  # so that the process' end is seen here
        self._process = process

    @property
    def connection(self) -> Connection | None:
        """What can be waited for; None where there is no process."""
        return self._connection

    @property
    def process_id(self) -> int | None:
        """The number of its process, if there is one."""
        return getattr(self._process, "pid", None)

    @property
    def was_begun(self) -> bool:
        """Whether it was started once."""
        return self._process is not None

    @property
    def owes(self) -> int:
        """How many tasks it has not answered."""
        return len(self._owed)

    @property
    def can_be_assigned(self) -> bool:
        """Whether it waits for work: it reads what it is sent at once, however long that is."""
        return self.failure is None and self.is_started and not self._owed and self.prepared == self.assigned

    def why_lost(self, run: int) -> str | None:
        """Return why it cannot go on with a run, if it cannot."""
        if self.refusal is not None and self.refusal[0] == run:
            return self.refusal[1]
        return self.failure

    def assign(self, assignment: Assignment) -> None:
        """Give it a set of chairs, if it can be assigned one."""
        self.assigned, self._next_setting, self.done = assignment.number, assignment.setting, []
        self._heard = time.monotonic()
        self._send(assignment)

    def give_latents(self, latents: Floats) -> None:
        """Give it the latents `(n, 8, 8)` of its set."""
        self._send(Latents(self.assigned, latents))

    def encode(self, task: int, places: NDArray[np.intp]) -> None:
        """Let it encode the chairs at some places of its set."""
        self._owe(task)
        self._send(EncodePart(self.assigned, task, places))

    def score(self, task: int, pairs: NDArray[np.intp], t: Floats) -> None:
        """Let it score the blends of pairs `(m, 2)` at t `(k,)`."""
        self._owe(task)
        self._send(ScoreBlock(self.assigned, task, pairs, t))

    def stream(self, message: StreamRows) -> None:
        """Let it blend rows of all pairs for a time, in a run of its own, if it can be assigned one."""
        self.assigned = self.prepared = message.number
        self.done = []
        self._owe(message.task)
        self._send(message)

    def poll(self) -> None:
        """Read what it has said; find out whether it is lost."""
        if self._connection is None:
            return
        try:
            while self._connection.poll():
                self._hear(self._connection.recv())
                if self._connection is None:
                    return
        except Exception as error:  # its end, or a message cut off by it
            log.debug("%s", self.device.name, exc_info=error)
            self._fail("its process ended")
            return
        patience = PATIENCE if self.is_started else START_PATIENCE
        is_silent = time.monotonic() - self._heard > patience
        if is_silent and (not self.is_started or self._owed or self.prepared != self.assigned):
            self._fail(f"it has said nothing for {patience:.0f} s")

    def close(self) -> None:
        """Close its pipe, with which it ends when its block is done."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _hear(self, message: FromWorker) -> None:
        self._heard = time.monotonic()
        if isinstance(message, Started):
            self.is_started = True
        elif isinstance(message, Prepared):
            self.prepared = message.number
            self.setting = self._next_setting
        elif isinstance(message, Done):
            self._owed.discard(message.task)
            if message.number == self.assigned:
                self.done.append(message)
        elif isinstance(message, Failed):
            self._refuse(message)

    def _refuse(self, failed: Failed) -> None:
        if failed.lasting:
            self._fail(failed.reason)
            return
        log.warning("%s failed: %s", self.device.name, failed.reason)
        self.refusal = failed.number, failed.reason
        self._owed.clear()
        self.prepared, self.setting = self.assigned, None

    def _owe(self, task: int) -> None:
        if not self._owed:
            self._heard = time.monotonic()  # its time runs from here on
        self._owed.add(task)

    def _send(self, message: ToWorker) -> None:
        if self._connection is None:
            return
        try:
            self._connection.send(message)
        except OSError:
            self._fail("its process ended")

    def _fail(self, reason: str) -> None:
        """Give the worker up: its process ends, and what it owes is lost."""
        log.warning("%s failed: %s", self.device.name, reason)
        self.failure = reason
        self._owed.clear()
        self.close()
        if (terminate := getattr(self._process, "terminate", None)) is not None:
            terminate()


Payload = TypeVar("Payload")


class Handed(Generic[Payload]):
    """What is with the workers of one run: a payload for each task."""

    def __init__(self) -> None:
        self._tasks: dict[int, tuple[Worker, Payload]] = {}

    def __len__(self) -> int:
        return len(self._tasks)

    def add(self, task: int, worker: Worker, payload: Payload) -> None:
        """Note that the worker has a task."""
        self._tasks[task] = worker, payload

    def pop(self, task: int) -> Payload | None:
        """Return a task's payload and forget the task; None where it is not known."""
        return self._tasks.pop(task, (None, None))[1]

    def lost(self, run: int) -> list[Payload]:
        """Return and forget the payloads of the workers that will not answer for that run any more."""
        gone = [
            task
            for task, (worker, _) in self._tasks.items()
            if worker.assigned != run or worker.why_lost(run) is not None
        ]
        return [self._tasks.pop(task)[1] for task in gone]
