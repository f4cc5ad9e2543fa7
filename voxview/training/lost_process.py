"""One line for a run that has lost a process: killed, out of memory, or its host gone."""

from __future__ import annotations

import math
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import torch.distributed as dist
from torch.distributed.distributed_c10d import _get_default_store

from voxview.errors import VoxViewError
from voxview.training.process_group import ProcessGroup

ROLL_CALL = "roll call"
ROLL_CALL_SECONDS = 2.0
"""How long the others are waited for. `torchrun` kills them 30 seconds after it has terminated them."""
STOPPING_SECONDS = 10.0
"""How long a run that was terminated may go on to its next checkpoint before it counts as stuck."""


@contextmanager
def report_lost_process(group: ProcessGroup) -> Iterator[None]:
    """Turn a broken exchange into a `VoxViewError` that says which process is gone and how to go on.

    Only the first of the remaining processes raises it; the others exit with status 1. Where an exchange does
    not break and hangs instead, as on GPUs of one host, the process ends with the same line when `torchrun`,
    which has seen the other die, terminates it.
    """
    if group.size == 1:
        yield
        return
    try:
        with _watch(group):
            yield
    except RuntimeError as error:
        if not _is_broken_exchange(error):
            raise
        lost = _missing(group)
        if not _is_first_of_remaining(group, lost):
            raise SystemExit(1) from None
        raise VoxViewError(_line(group, lost)) from error


def _line(group: ProcessGroup, lost: list[int]) -> str:
    ranks = ", ".join(map(str, lost)) or "one that still answers"
    return (
        f"rank {ranks} of {group.size} is gone: "
        "the same command with --resume goes on from the last checkpoint"
    )


def _is_broken_exchange(error: RuntimeError) -> bool:
    """Return whether a collective failed; gloo raises plain `RuntimeError` with its file's name."""
    return isinstance(error, dist.DistError) or "gloo" in str(error)


def _is_first_of_remaining(group: ProcessGroup, lost: list[int]) -> bool:
    return group.rank == min(set(range(group.size)) - set(lost))


def _missing(group: ProcessGroup) -> list[int]:
    """Return the ranks that do not answer, through the store, which `torchrun` itself keeps."""
    store = _get_default_store()
    store.set(ROLL_CALL, "")
    _answer(group)
    time.sleep(ROLL_CALL_SECONDS)
    return [rank for rank in range(group.size) if not store.check([f"remaining/{rank}"])]


def _answer(group: ProcessGroup) -> None:
    _get_default_store().set(f"remaining/{group.rank}", "")


@contextmanager
def _watch(group: ProcessGroup) -> Iterator[None]:
    """Let a thread answer roll calls, and see to signals: what they call in Python waits for the main thread.

    That one may wait for a GPU, or for a process that has noticed nothing yet.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    threading.Thread(target=_answer_and_end_if_stuck, args=(reading, group), daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.close(writing)
        with suppress(RuntimeError):  # of rank 0's own store, if it has ended before
            _answer(group)


def _answer_and_end_if_stuck(reading: int, group: ProcessGroup) -> None:
    with open(reading, "rb", buffering=0) as signals, suppress(RuntimeError):
        deadline = math.inf
        while time.monotonic() < deadline:
            if select.select([signals], [], [], ROLL_CALL_SECONDS / 4)[0]:
                if not signals.read(1):
                    return  # the run is over
                deadline = min(deadline, time.monotonic() + STOPPING_SECONDS)
            if _get_default_store().check([ROLL_CALL]):
                _answer(group)
        if lost := _missing(group):
            if _is_first_of_remaining(group, lost):
                print(f"voxview: {_line(group, lost)}", file=sys.stderr, flush=True)
            os._exit(1)
