"""How long each layer takes on this machine: measured on request, one example at a time, random weights.

The program is faster than the sum: on the CPU its convolutions have their weights packed, normalisation is
part of them, and a GPU runs a whole blend as one CUDA graph.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

import torch

from voxview.counts import counted
from voxview.model.autoencoder import full_precision
from voxview.model.layers.networks import architecture, example
from voxview.model.layers.trace import trace

REPEATS = 10
"""Runs of each layer, after one that does not count; the median is taken."""


@dataclass(frozen=True)
class LayerTimes:
    """Milliseconds on one device."""

    device: str
    """In words: `CPU, 2 threads`, or the GPU's name."""
    rows: tuple[float | None, ...]
    """Of each row of `describe_network`, run by itself; None of what is no single operation."""
    whole: float
    """Of the network from its input to its output."""


def timed_devices() -> tuple[str, ...]:
    """Return the devices on which layers can be timed here: the CPU, and a GPU where there is one."""
    return ("cpu", "cuda") if torch.cuda.is_available() else ("cpu",)


def time_layers_in_steps(
    name_or_path: str | Path, device: str
) -> Generator[tuple[int, int], None, LayerTimes]:
    """Measure a network's layers on `cpu` or `cuda`; yields how many of how many are done."""
    of = architecture(name_or_path)
    with torch.random.fork_rng(), torch.device(device):
        network = of.build().eval()
        given = example(of, device)
    calls = trace(network, given, keep=True)
    rows: list[float | None] = []
    with torch.no_grad(), full_precision():
        for number, call in enumerate(calls):
            yield number, len(calls) + 1
            rows.append(_milliseconds(call.run_again, device) if call.run_again else None)
        yield len(calls), len(calls) + 1
        whole = _milliseconds(lambda: network(given), device)
    return LayerTimes(_device_text(device), tuple(rows), whole)


def _milliseconds(run: Callable[[], object], device: str) -> float:
    """Return the median time of a run, to where its device has finished it."""
    times = []
    for _ in range(REPEATS + 1):
        _finish(device)
        begin = perf_counter()
        run()
        _finish(device)
        times.append(1e3 * (perf_counter() - begin))
    return median(times[1:])


def _finish(device: str) -> None:
    if device != "cpu":
        torch.cuda.synchronize(device)


def _device_text(device: str) -> str:
    if device != "cpu":
        return torch.cuda.get_device_name(device)
    return f"CPU, {counted(torch.get_num_threads(), 'thread')}"
