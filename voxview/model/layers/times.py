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
    steps, whole = len(calls) + REPEATS + 1, []
    for number, call in enumerate(calls):
        yield number, steps
        rows.append(_milliseconds(call.run_again, device) if call.run_again else None)
    for number in range(len(calls), steps):  # a slider that moves need not wait for all of them
        yield number, steps
        whole.append(_once(lambda: network(given), device))
    return LayerTimes(_device_text(device), tuple(rows), median(whole[1:]))


def _milliseconds(run: Callable[[], object], device: str) -> float:
    """Return the median time of a run, to where its device has finished it."""
    return median([_once(run, device) for _ in range(REPEATS + 1)][1:])


def _once(run: Callable[[], object], device: str) -> float:
    """Return the time of one run. What it needs of torch's state ends with it: other work comes between."""
    with torch.no_grad(), full_precision():
        _finish(device)
        begin = perf_counter()
        run()
        _finish(device)
        return 1e3 * (perf_counter() - begin)


def _finish(device: str) -> None:
    if device != "cpu":
        torch.cuda.synchronize(device)


def _device_text(device: str) -> str:
    if device != "cpu":
        return torch.cuda.get_device_name(device)
    return f"CPU, {counted(torch.get_num_threads(), 'thread')}"
