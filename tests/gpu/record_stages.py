"""Measure every stage of a blend on both devices of this machine, as JSON.

    python3 tests/gpu/record_stages.py > assets/benchmarks/stages-h200.json

The figures are those of the timing panel, from the same code: `Engine.measure`, live runs after a warm-up,
CUDA events around device work, transfers as stages of their own. Milliseconds.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import torch

import voxview
from voxview.engine.device import cpu_name
from voxview.engine.engine import Engine
from voxview.engine.request import BlendRequest
from voxview.engine.timings import Stage, TimingHistory
from voxview.shapes.samples import sample_catalog

ROUNDS = 25


def figures(weights: str, backend: str) -> dict[str, object]:
    engine = Engine(weights)
    a, b = sample_catalog()[:2]
    request = BlendRequest(a, b, 0.5, backend, "cuda")  # type: ignore[arg-type]
    for _ in engine.measure(request):
        pass  # a warm-up
    histories = {"cpu": TimingHistory(10_000), "cuda": TimingHistory(10_000)}
    for _ in range(ROUNDS):
        for event in engine.measure(request):
            histories[event.device].add(event.timings)
    result: dict[str, object] = {"weights": engine.weights, "backend": backend}
    for device, history in histories.items():
        summaries = {stage: history.summary(stage) for stage in Stage}
        result[device] = {
            str(stage): {"median": round(s.median, 4), "p95": round(s.p95, 4), "runs": s.count}
            for stage, s in summaries.items()
            if s is not None
        }
    return result


def text(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    import cupy

    record = {
        "what": "stages of one blend, milliseconds",
        "command": "python3 tests/gpu/record_stages.py",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "commit": os.environ.get("VOXVIEW_COMMIT") or text("git", "rev-parse", "--short", "HEAD"),
        "gpu": torch.cuda.get_device_name(),
        "driver": text("nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"),
        "cpu": f"{cpu_name()}, {os.cpu_count()} cores, {torch.get_num_threads()} threads",
        "versions": {
            "voxview": voxview.__version__,
            "python": platform.python_version(),
            "torch": torch.__version__,
            "cuda": torch.version.cuda,
            "cupy": cupy.__version__,
        },
        "figures": [
            figures(weights, backend)
            for weights in ("voxview", "study")
            for backend in ("numpy", "cuda-global", "cuda-shared")
        ],
    }
    print(json.dumps(record, indent=1))
