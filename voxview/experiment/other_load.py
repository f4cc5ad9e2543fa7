"""Other programs' load on the processors: a thread that waits for a busy core ruins any figure."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

_STAT = Path("/proc/stat")
_NOTICED = 0.05
"""Share of the processors: less is not reported."""

Seconds = tuple[float, float, float]
"""Processor seconds of all cores since boot: in all, busy, and ours."""


def processor_seconds() -> Seconds | None:
    """Return the processor seconds so far; None if unknown."""
    try:
        ticks = [int(word) for word in _STAT.read_text().split("\n", 1)[0].split()[1:9]]
        user, nice, system, idle, waiting, *interrupts = ticks
    except (OSError, ValueError):
        return None  # not Linux
    per_second = os.sysconf("SC_CLK_TCK")
    busy = user + nice + system + sum(interrupts)
    mine = os.times()
    return (busy + idle + waiting) / per_second, busy / per_second, mine.user + mine.system


class OtherLoad:
    """The processor time that other programs take from its creation on."""

    def __init__(self, read: Callable[[], Seconds | None] = processor_seconds) -> None:
        """Take the clock of the processors as `read`."""
        self._read = read
        self._start = read()

    def note(self) -> str | None:
        """Return a sentence if other programs had over 5 % of the processors; None if not, or unknown."""
        now = self._read()
        if now is None or self._start is None:
            return None
        elapsed, busy, own = (end - begin for end, begin in zip(now, self._start, strict=True))
        share = (busy - own) / elapsed if elapsed > 0 else 0.0
        if share <= _NOTICED:
            return None
        return (
            f"Other programs used {100 * share:.0f} % of this machine's processors meanwhile, which its CPU "
            "figures suffer from: run it again when the machine is quiet."
        )
