"""The state of a GPU while it is measured, as nvidia-smi reports it: what a figure of a kernel depends on."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass

REASONS = {
    0x0002: "application clocks",
    0x0004: "power limit",
    0x0008: "hardware slowdown",
    0x0010: "sync boost",
    0x0020: "temperature (driver)",
    0x0040: "temperature (hardware)",
    0x0080: "power brake",
    0x0100: "display clocks",
}
"""The bits of NVML's `nvmlClocksEventReasons` that hold the clocks down; 0x1, an idle GPU, does not."""

_FIGURES = (
    "clocks.sm", "clocks.max.sm", "clocks.mem", "clocks.max.mem", "power.draw", "power.limit",
    "temperature.gpu", "utilization.gpu",
)  # fmt: skip
_REASONS_FIELDS = ("clocks_event_reasons.active", "clocks_throttle_reasons.active")
"""The newer name, and what drivers before 535 call it."""
_PATIENCE = 10.0
"""Seconds to wait for nvidia-smi, which takes one or two without persistence mode."""


@dataclass(frozen=True)
class GpuState:
    """One reading; None stands for what the driver does not report."""

    when: str
    """`idle` before the run, or `under load`: while the device fills memory, outside of every clock."""
    sm_mhz: float | None
    sm_most_mhz: float | None
    memory_mhz: float | None
    memory_most_mhz: float | None
    watts: float | None
    limit_watts: float | None
    celsius: float | None
    busy_percent: float | None
    """The share of the last moments in which any program's kernel ran."""
    held_down_by: tuple[str, ...] | None
    """What keeps the clocks from being higher, of `REASONS`."""
    other_processes: int | None
    """Programs besides this one that compute on the GPU."""

    def sentence(self) -> str:
        """Return the reading in one sentence."""
        parts = [
            _of("SM", self.sm_mhz, self.sm_most_mhz, "MHz"),
            _of("memory", self.memory_mhz, self.memory_most_mhz, "MHz"),
            _of("", self.watts, self.limit_watts, "W"),
            "" if self.celsius is None else f"{self.celsius:.0f} °C",
            "" if self.busy_percent is None else f"{self.busy_percent:.0f} % busy",
        ]
        if self.held_down_by is not None:
            held = " and ".join(self.held_down_by)
            parts.append(f"held down by {held}" if held else "not throttled")
        parts.append(_others_text(self.other_processes))
        return f"The GPU, {self.when}: {', '.join(filter(None, parts))}."


def _others_text(others: int | None) -> str:
    if others is None:
        return "other processes unknown"
    return f"{others} other process{'es' * (others > 1)}" if others else "no other processes"


def _of(name: str, value: float | None, most: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{name} {value:,.0f}".strip() + ("" if most is None else f" of {most:,.0f}") + f" {unit}"


def read_gpu(uuid: str | None, when: str, busy: Callable[[], None]) -> Generator[None, None, GpuState | None]:
    """Return the state of the GPU with that UUID (None: of the only one), or None if nvidia-smi has none.

    Calls `busy` again and again until nvidia-smi has answered, and yields after each call.
    """
    for reasons in _REASONS_FIELDS:
        line = yield from _ask(uuid, f"--query-gpu={','.join((*_FIGURES, reasons))}", busy)
        if line is not None:
            processes = yield from _ask(uuid, "--query-compute-apps=pid", busy)
            return parse(line, processes, when)
    return None


def parse(line: str, processes: str | None, when: str) -> GpuState | None:
    """Return the state from nvidia-smi's line of figures and its list of processes; None for another line."""
    cells = [cell.strip() for cell in line.split("\n", 1)[0].split(",")]
    if len(cells) != len(_FIGURES) + 1:
        return None
    sm, most_sm, memory, most_memory, watts, limit, celsius, busy = map(_number, cells[:-1])
    try:
        bits = int(cells[-1], 16)
    except ValueError:
        held_down_by = None
    else:
        held_down_by = tuple(name for bit, name in REASONS.items() if bits & bit)
    clocks = sm, most_sm, memory, most_memory
    return GpuState(when, *clocks, watts, limit, celsius, busy, held_down_by, _others(processes))


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None  # [N/A], [Not Supported]


def _others(processes: str | None) -> int | None:
    """Return how many of the processes are not this one; None where the driver shows not even this one.

    In a container this process has another number there, so that it cannot be looked for.
    """
    listed = [line for line in (processes or "").split("\n") if line.strip().isdigit()]
    return len(listed) - 1 if listed else None


def _ask(uuid: str | None, query: str, busy: Callable[[], None]) -> Generator[None, None, str | None]:
    """Return what nvidia-smi prints; None if it fails, takes too long or is not there."""
    command = ["nvidia-smi", query, "--format=csv,noheader,nounits", *(["-i", uuid] if uuid else [])]
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    except OSError:
        return None
    start = time.perf_counter()
    with process:
        try:
            while process.poll() is None and time.perf_counter() - start < _PATIENCE:
                busy()
                yield
        finally:
            process.kill()  # if it has not ended
        printed = process.stdout.read() if process.stdout and process.poll() == 0 else ""
    return printed.strip() or None
