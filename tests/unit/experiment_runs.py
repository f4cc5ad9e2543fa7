"""Hand-made results with and without a GPU: their figures are invented, their form is a run's."""

from __future__ import annotations

from voxview.engine.machine import Machine
from voxview.experiment.gpu_state import GpuState
from voxview.experiment.problem import BLENDS, INPUTS
from voxview.experiment.results import Benchmark, Measurement, WeightsFile
from voxview.experiment.study import STEPS

FLOORS = {
    "cuda-shared": (0.0025, 4_400.0),
    "cuda-global": (0.0025, 4_390.0),
    "cuda-elementwise": (0.0028, 1_030.0),
    "numpy": (0.02, 3.0),
    "torch.lerp cuda": (0.004, 1_250.0),
    "torch.compile cuda": (0.003, 4_000.0),
    "torch.add cuda": (0.006, 3_500.0),
    "cupy": (0.005, 1_800.0),
    "torch.lerp cpu": (0.012, 20.0),
    "torch.compile cpu": (0.015, 21.0),
    "torch.add cpu": (0.013, 22.0),
}
"""Milliseconds of the smallest call, and GB/s of the largest."""


def machine(gpu: bool) -> Machine:
    return Machine(
        cpu="Test CPU",
        cores=8,
        threads=4,
        gpu="Test GPU" if gpu else None,
        driver="580.1" if gpu else None,
        system="Linux",
        versions={"voxview": "0.1.0", "numpy": "2.0"},
        commit="abc1234",
        date="2026-11-20",
    )


def a_run(*, gpu: bool, gpu_states: tuple[GpuState, ...] = ()) -> Benchmark:
    measurements = []
    for subject, (least, rate) in FLOORS.items():
        if not gpu and ("cuda" in subject or subject == "cupy"):
            continue
        for size in INPUTS:
            measurements += blends_at("inputs", size, size * size * STEPS * 256, subject, least, rate)
        for size in BLENDS:
            measurements += blends_at("blends", size, size * 256, subject, least, rate)
    for subject, parts in {
        "cuda-shared": {"encode": 1.6, "upload": 0.1, "interpolate": 0.05, "decode": 1.3, "surface": 0.4},
        "cuda-global": {"encode": 1.6, "upload": 0.1, "interpolate": 0.05, "decode": 1.3, "surface": 0.4},
        "numpy": {"encode": 8.0, "interpolate": 0.07, "decode": 58.0, "surface": 22.0},
    }.items():
        if gpu or subject == "numpy":
            for part, ms in {**parts, "total": sum(parts.values())}.items():
                measurements.append(Measurement("stages", 2, subject, part, ms, 1.1 * ms, 9))  # type: ignore[arg-type]
    rates = {"device copy": 4_300.0, "device fill": 4_500.0} if gpu else {}
    weights = WeightsFile("chairs", "0123456789abcdef" * 4)
    return Benchmark(
        machine(gpu),
        tuple(measurements),
        {"host copy": 20.0, **rates},
        42.0,
        True,
        weights=weights,
        gpu_states=gpu_states,
    )


def blends_at(axis, size, count, subject, least, rate) -> list[Measurement]:  # type: ignore[no-untyped-def]
    ms = least + count / rate / 1e6
    note = "projected from a slice" if subject == "numpy" and count > 1e9 else ""
    found = [Measurement(axis, size, subject, "interpolate", ms, 1.2 * ms, 50, count, 0.9, note, True)]
    if subject.startswith("cuda-"):
        total = ms + 0.06 + count / 60e6
        found.append(Measurement(axis, size, subject, "total", total, 1.1 * total, 20))
        kept = ms + 0.06 + count / 40e6
        found.append(Measurement(axis, size, subject, "kept total", kept, 1.1 * kept, 20))
    if subject == "numpy":
        found.append(Measurement(axis, size, subject, "total", ms + 0.005, 1.2 * ms, 20, None, None, note))
    return found
