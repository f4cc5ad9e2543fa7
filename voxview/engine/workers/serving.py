"""What a worker process does: it encodes and scores parts of one set of chairs at a time, on its device."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import replace
from multiprocessing.connection import Connection

import numpy as np
import torch

from voxview.conventions import LATENT_SHAPE
from voxview.engine.fallback import GpuError, GpuOutOfMemoryError, gpu_error, release_memory
from voxview.engine.request import Device
from voxview.engine.scores.scorer import CpuScorer, Scorer
from voxview.engine.workers.messages import (
    Assignment,
    Done,
    EncodePart,
    Failed,
    FromWorker,
    Prepared,
    ScoreBlock,
    Started,
    StreamRows,
    ToWorker,
)
from voxview.engine.workers.streaming import stream_rows
from voxview.errors import VoxViewError
from voxview.model.autoencoder import Autoencoder
from voxview.model.weight_fingerprint import weight_fingerprint
from voxview.model.weights import build_network, read_weights
from voxview.shapes.bits import unpack_bytes

log = logging.getLogger(__name__)

_WARM_UP_STEPS = 8


def serve(connection: Connection, device: Device, threads: int) -> None:
    """Answer messages in their order until the pipe is closed; leave out those of a run that is over."""
    server = _Server(device)
    try:
        connection.send(_started(device, threads))
        waiting: deque[ToWorker] = deque()
        newest = 0
        while True:
            while not waiting or connection.poll():
                waiting.append(connection.recv())
                newest = max(newest, waiting[-1].number)
            message = waiting.popleft()
            answer = server.answer(message) if message.number == newest else None
            if answer is not None:
                connection.send(answer)
    except (EOFError, OSError):  # the parent is gone, or needs no worker any more
        return


def _started(device: Device, threads: int) -> Started | Failed:
    torch.set_num_threads(threads)
    try:
        if device == "cuda":
            torch.zeros(1, device="cuda").add_(1).item()
    except Exception as error:
        return replace(_failed(0, error), lasting=True)
    return Started()


class _Server:
    """The weights and the set of chairs in use."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._autoencoder: Autoencoder | None = None
        self._fingerprint = ""
        self._warm: set[object] = set()
        self._scorer: Scorer | None = None
        self._failed = 0
        """The run that failed last: what still comes of it is not answered."""

    def answer(self, message: ToWorker) -> FromWorker | None:
        """Return the answer to a message; None where it has none."""
        if message.number == self._failed:
            return None
        try:
            return self._answer(message)
        except Exception as error:
            self._failed, self._scorer = message.number, None
            log.debug("the worker failed", exc_info=True)
            return _failed(message.number, error)

    def _answer(self, message: ToWorker) -> FromWorker | None:
        if isinstance(message, Assignment):
            self._prepare(message)
            return Prepared(message.number)
        if isinstance(message, StreamRows):
            streamed = stream_rows(message.latents, message.t, message.rows, message.backend, message.seconds)
            return Done(message.number, message.task, np.array(streamed, np.float64))
        scorer = self._scorer
        assert scorer is not None, "no set of chairs came"
        if isinstance(message, EncodePart):
            scorer.waiting.append(message.places)
            for _ in scorer.encode():
                pass
            return Done(message.number, message.task, scorer.latents()[message.places])
        if isinstance(message, ScoreBlock):
            return Done(message.number, message.task, scorer.between(message.pairs, message.t))
        scorer.learn(np.arange(len(message.latents)), message.latents)
        return None

    def _prepare(self, assignment: Assignment) -> None:
        """Load the weights and the set, and do once what a first block would wait for."""
        self._scorer = None  # its memory goes first
        if self._autoencoder is None or assignment.fingerprint != self._fingerprint:
            self._autoencoder = None
            self._autoencoder = _load(assignment, self._device)
            self._fingerprint = assignment.fingerprint
        self._scorer = scorer = self._build(self._autoencoder, assignment)
        scorer.waiting.clear()  # of the set it encodes what it is given
        if assignment.setting not in self._warm:
            n = len(assignment.grids)
            scorer.learn(np.arange(n), np.zeros((n, *LATENT_SHAPE), np.float32))
            pairs = np.stack(np.triu_indices(n, 1), axis=1)[: max(1, scorer.blends_at_once // _WARM_UP_STEPS)]
            scorer.between(pairs, np.linspace(0, 1, _WARM_UP_STEPS, dtype=np.float32))
            self._warm.add(assignment.setting)

    def _build(self, autoencoder: Autoencoder, assignment: Assignment) -> Scorer:
        grids = unpack_bytes(assignment.grids)
        if self._device == "cpu":
            return CpuScorer(autoencoder, grids)
        from voxview.engine.scores.cuda_scorer import CudaScorer

        return CudaScorer(autoencoder, grids, assignment.backend, tf32=assignment.tf32)


def _load(assignment: Assignment, device: Device) -> Autoencoder:
    """Return the autoencoder of the assignment's weights; `VoxViewError` if the file has others by now."""
    weights = read_weights(assignment.weights)
    if weight_fingerprint(weights.tensors) != assignment.fingerprint:
        raise VoxViewError(f"{assignment.weights.name} was replaced since it was read: choose it again")
    return Autoencoder(build_network(weights, assignment.weights), weights, device)


def _failed(number: int, error: Exception) -> Failed:
    """Return what to say of an error, in one line."""
    failure = gpu_error(error)
    first = str(error).splitlines()[0] if str(error) else type(error).__name__
    if isinstance(failure, GpuOutOfMemoryError):
        error.__traceback__ = None  # its frames would keep what fills the memory
        release_memory()
        return Failed(number, "its memory is full", lasting=False)
    known = isinstance(error, VoxViewError | GpuError) or failure is not None
    reason = str(failure or first) if known else f"{type(error).__name__}: {first}"
    return Failed(number, reason, lasting=not isinstance(error, VoxViewError))
