"""The first thing that a worker process runs. It imports nothing heavy before it has chosen its GPU."""

from __future__ import annotations

import os
import signal
from multiprocessing.connection import Connection

from voxview.engine.workers.devices import VISIBLE, WorkerDevice


def run_worker(connection: Connection, device: WorkerDevice, threads: int) -> None:
    """Answer what comes through the pipe until its other end is closed, also by the death of the parent.

    A CPU works with so many `threads` as the parent's, on which a sum's last bits may depend.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is for the parent
    if device.visible is not None:
        os.environ[VISIBLE] = device.visible

    from voxview.engine.workers.serving import serve

    serve(connection, device.device, threads)
