"""Measure what a person waits for with a pair that was never seen: what `waiting-….json` records.

    python3 assets/benchmarks/waiting.py [--weights W] [--device cpu] [--pairs 30] [--rounds 2]

Prints JSON with milliseconds of the host's clock, a median for each round. `fresh_pair_ms`: two chairs whose
grids are read but which were never encoded are loaded (encoded, refined, both ends decoded, four surfaces),
and their first blend is made. `load_pair_ms` is the first part of that, `encode_and_refine_a_pair_ms` the
first part of this one. Kernels are compiled and graphs captured before.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from statistics import median

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from voxview.engine.engine import Engine
from voxview.engine.machine import this_machine
from voxview.engine.request import BlendRequest
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.chair import Chair

_WARM_UP_PAIRS = 3


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--weights", metavar="W")
    parser.add_argument("--device", choices=["cpu", "cuda"], help="the best there is by default")
    parser.add_argument("--pairs", type=int, default=30, metavar="N", help="a round (30)")
    parser.add_argument("--rounds", type=int, default=2, metavar="N", help="each on a new engine (2)")
    options = parser.parse_args()
    rounds = [measure(options.weights, options.device, options.pairs) for _ in range(options.rounds)]
    machine = asdict(this_machine(Engine(options.weights, options.device).report))
    print(json.dumps({"machine": machine, **{name: [one[name] for one in rounds] for name in rounds[0]}}))


def measure(weights: str | None, device: str | None, pairs: int) -> dict[str, float]:
    """Return the medians of so many pairs on a new engine, which has seen none of them."""
    engine = Engine(weights, "cpu" if device == "cpu" else None)
    on, backend = engine.devices[-1], engine.report.best_backend if device != "cpu" else "numpy"
    chairs = sample_catalog()[: 2 * (pairs + _WARM_UP_PAIRS)]
    for chair in chairs:
        engine.grid(chair)
    loads, whole, encodings = [], [], []
    for a, b in zip(chairs[::2], chairs[1::2], strict=True):
        start = time.perf_counter()
        engine.load_pair(a, b, on)
        loads.append((time.perf_counter() - start) * 1e3)
        engine.blend(BlendRequest(a, b, 0.5, backend, on))
        whole.append((time.perf_counter() - start) * 1e3)
    for a, b in zip(chairs[::2], chairs[1::2], strict=True):
        encodings.append(_milliseconds(lambda a=a, b=b: _encode(engine, a, b)))
    timed = {"fresh_pair_ms": whole, "load_pair_ms": loads, "encode_and_refine_a_pair_ms": encodings}
    return {name: round(median(values[_WARM_UP_PAIRS:]), 2) for name, values in timed.items()}


def _encode(engine: Engine, a: Chair, b: Chair) -> None:
    pipeline = engine.pipelines[engine.devices[-1]]
    pipeline.encode(np.stack([engine.grid(a), engine.grid(b)]))


def _milliseconds(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e3


if __name__ == "__main__":
    main()
