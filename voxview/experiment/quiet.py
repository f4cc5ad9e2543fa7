"""Whether the machine had nothing else to do: a thread that waits for a busy core ruins any figure."""

from __future__ import annotations

import os
from pathlib import Path

_STAT = Path("/proc/stat")
_NOTICED = 0.05


class OtherWork:
    """The processor time that other programs take from now on."""

    def __init__(self) -> None:
        self._start = _seconds()

    def note(self) -> str | None:
        """A sentence, if others had more than a twentieth of the processors; None if not, or not known."""
        now = _seconds()
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


def _seconds() -> tuple[float, float, float] | None:
    """Processor seconds of all cores since they were started: in all, busy, and ours."""
    try:
        ticks = [int(word) for word in _STAT.read_text().split("\n", 1)[0].split()[1:9]]
        user, nice, system, idle, waiting, *interrupts = ticks
    except (OSError, ValueError):
        return None  # not Linux
    per_second = os.sysconf("SC_CLK_TCK")
    busy = user + nice + system + sum(interrupts)
    mine = os.times()
    return (busy + idle + waiting) / per_second, busy / per_second, mine.user + mine.system
