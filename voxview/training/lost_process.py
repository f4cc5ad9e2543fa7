"""One line for a run that has lost a process: killed, out of memory, or its host gone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import torch.distributed as dist
from torch.distributed.distributed_c10d import _get_default_store

from voxview.errors import VoxViewError
from voxview.training.process_group import ProcessGroup

ROLL_CALL_SECONDS = 2.0
"""How long the others are waited for. `torchrun` ends them 30 seconds after it has seen one die."""


@contextmanager
def report_lost_process(group: ProcessGroup) -> Iterator[None]:
    """Turn a broken exchange into a `VoxViewError` that says which process is gone and how to go on.

    Only the first of the remaining processes raises it; the others exit with status 1.
    """
    try:
        yield
    except RuntimeError as error:
        if group.size == 1 or not _is_broken_exchange(error):
            raise
        lost = _missing(group)
        if group.rank != min(set(range(group.size)) - set(lost)):
            raise SystemExit(1) from None
        ranks = ", ".join(map(str, lost)) or "one that still answers"
        raise VoxViewError(
            f"rank {ranks} of {group.size} is gone: "
            "the same command with --resume goes on from the last checkpoint"
        ) from error


def _is_broken_exchange(error: RuntimeError) -> bool:
    """Return whether a collective failed; gloo raises plain `RuntimeError` with its file's name."""
    return isinstance(error, dist.DistError) or "gloo" in str(error)


def _missing(group: ProcessGroup) -> list[int]:
    """Return the ranks that do not answer, through the store, which `torchrun` itself keeps."""
    store = _get_default_store()
    store.set(f"remaining/{group.rank}", "")
    time.sleep(ROLL_CALL_SECONDS)
    return [rank for rank in range(group.size) if not store.check([f"remaining/{rank}"])]
