"""Processes of this machine: whether one goes on, and letting others go first."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

BEHIND = 10
"""How nice a process is that others go before: where they want all of a core, it has a tenth. With less, it
would hardly begin beside a program that never rests.
"""


def start_mark(pid: int) -> str:
    """Return when a process began, in the system's own way: with its number that is one process only.

    Empty where there is no such process, or the system does not say.
    """
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if fields[0] in "ZX" else fields[19]
    if os.name != "posix":
        return ""
    found = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return found.stdout.strip()


def goes_on(pid: int, mark: str) -> bool:
    """Return whether the process that had this number and this mark is still there."""
    return bool(mark) and start_mark(pid) == mark


def let_others_go_first(pid: int) -> None:
    """Give a process that has just begun a low priority, and with it its threads to come.

    Linux gives each session a share of its own, whatever the priorities in it: a process that began one goes
    behind others only with its session.
    """
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, BEHIND)
    _weigh_session(pid, BEHIND)


def low_priority_flags() -> int:
    """Return the flags of `subprocess.Popen` that do the same on Windows; 0 elsewhere."""
    return getattr(subprocess, "IDLE_PRIORITY_CLASS", 0) if sys.platform == "win32" else 0


def _weigh_session(pid: int, nice: int) -> None:
    """Give the session that a process began another priority; Linux alone has such a thing."""
    with contextlib.suppress(OSError, AttributeError):
        if os.getsid(pid) == pid:
            Path(f"/proc/{pid}/autogroup").write_text(str(nice), encoding="ascii")


def request_stop(pid: int) -> None:
    """Request a process to stop: it may finish what it is at, and need wait for nobody meanwhile."""
    _weigh_session(pid, 0)
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGTERM)


def kill(pid: int) -> None:
    """End a process at once."""
    with contextlib.suppress(OSError):
        os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
