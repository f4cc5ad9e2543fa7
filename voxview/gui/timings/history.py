"""Figures of the timing panel, as they were measured on each device."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from voxview.engine.request import BlendResult, Device
from voxview.engine.timings import Stage, Summary, TimingHistory, Timings, summarise

_WINDOW = 200


class TimingHistories:
    """Stage timings by device, and the milliseconds from a slider move to its picture."""

    def __init__(self) -> None:
        self._stages: Mapping[Device, TimingHistory] = {
            "cpu": TimingHistory(_WINDOW),
            "cuda": TimingHistory(_WINDOW),
        }
        self._runs: Mapping[Device, deque[float]] = {
            "cpu": deque(maxlen=_WINDOW),
            "cuda": deque(maxlen=_WINDOW),
        }
        self._render: deque[float] = deque(maxlen=_WINDOW)
        self.latencies: deque[float] = deque(maxlen=120)
        """Milliseconds from slider move to picture, oldest first."""

    def add_run(self, device: Device, timings: Timings) -> None:
        """Take in a live run of the whole path."""
        self._stages[device].add(timings)
        if Stage.INTERPOLATE in timings and Stage.DECODE in timings:
            self._runs[device].append(sum(timings.values()))

    def add_result(self, result: BlendResult) -> None:
        """Take in a blend's stages; of one that was decoded ahead, only what ran for this answer."""
        if result.decoded_ahead:
            surface = result.timings.get(Stage.SURFACE)
            if surface is not None:
                self._stages[result.device].add({Stage.SURFACE: surface})
        else:
            self._stages[result.device].add(result.timings)

    def add_render(self, milliseconds: float) -> None:
        """Take in how long a picture took to draw, whichever device had computed what it shows."""
        self._render.append(milliseconds)

    def forget(self, device: Device) -> None:
        """Forget a device's timings: another backend is another measurement."""
        self._stages[device].clear()
        self._runs[device].clear()

    def forget_surfaces(self) -> None:
        """Forget what surfaces took, and the totals with them: those of another resolution are others."""
        for device, history in self._stages.items():
            history.clear(Stage.SURFACE)
            self._runs[device].clear()
        self._render.clear()

    def stage(self, stage: Stage, device: Device) -> Summary | None:
        """Return median and 95th percentile in milliseconds; None where nothing was measured."""
        if stage is Stage.RENDER:
            return summarise(self._render)
        return self._stages[device].summary(stage)

    def last(self, stage: Stage, device: Device) -> float | None:
        """Return the newest milliseconds of a stage."""
        samples = list(self._render) if stage is Stage.RENDER else self._stages[device].recent(stage)
        return samples[-1] if samples else None

    def total(self, device: Device) -> Summary | None:
        """Return the summary of all stages of one live run, with the picture drawn last.

        None before a picture's time is known: what is summed up would lack a stage.
        """
        return summarise(self._totals(device))

    def last_total(self, device: Device) -> float | None:
        """Return the newest total."""
        totals = self._totals(device)
        return totals[-1] if totals else None

    def _totals(self, device: Device) -> list[float]:
        return [run + self._render[-1] for run in self._runs[device]] if self._render else []


def speed_up_text(cpu: Summary | None, gpu: Summary | None) -> str:
    """Return how many times faster the GPU's median is, or a dash."""
    if cpu is None or gpu is None or gpu.median <= 0:
        return "—"
    ratio = cpu.median / gpu.median
    return f"{ratio:.0f}×" if ratio >= 10 else f"{ratio:.1f}×" if ratio >= 0.1 else f"{ratio:.2f}×"
