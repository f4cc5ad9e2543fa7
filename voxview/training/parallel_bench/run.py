"""The measurement from its first case to its last; every process that `torchrun` started runs it.

torchrun --nproc-per-node=2 -m voxview bench --parallel
"""

from __future__ import annotations

import os
import time
from collections.abc import Generator
from dataclasses import replace

import torch
import torch.distributed as dist
from torch.distributed.distributed_c10d import _get_default_store

from voxview.engine.device import find_devices
from voxview.engine.machine import this_machine
from voxview.engine.step import Step
from voxview.errors import InputError, VoxViewError
from voxview.training.notes import device_name
from voxview.training.parallel.mesh import Axis
from voxview.training.parallel_bench.formulas import sizes_of
from voxview.training.parallel_bench.measure import measure
from voxview.training.parallel_bench.options import (
    Options,
    batch_cases,
    check_options,
    sizes,
    strong_cases,
    weak_cases,
)
from voxview.training.parallel_bench.parity import measure_parity
from voxview.training.parallel_bench.record import ParallelBenchmark
from voxview.training.process_group import ProcessGroup

SENDING = ("NCCL_P2P_DISABLE", "NCCL_SHM_DISABLE", "NCCL_NVLS_ENABLE", "NCCL_ALGO", "NCCL_PROTO")
"""Environment variables that change how NCCL sends: they belong to the figures."""


def parallel_benchmark(options: Options, group: ProcessGroup) -> Generator[Step, None, ParallelBenchmark]:
    """Measure all cases; yield how many are done. Raises `InputError` for what cannot be split.

    The other ranks exit silently then. Figures of rank 0 stand in the record, and times of the slowest.
    """
    _check(options, group)
    began = time.perf_counter()
    axes = _axes(group)
    results = _without_rows(options, group)
    cases = list(
        dict.fromkeys(
            case for make in (weak_cases, strong_cases, batch_cases) for case in make(options, group.size)
        )
    )
    yield Step(0, len(cases), unit="cases")
    try:
        for size in sizes(group.size)[1:]:
            if group.rank < size:
                found = measure_parity(options, axes[size], group.device)
                results = replace(results, parity=(*results.parity, *found))
            _wait_for_rank_zero(f"compared {size}", group)
        for done, case in enumerate(cases, 1):
            if group.rank < case.processes:
                # Of each scheme once: on all processes, with the batch of the weak scaling.
                is_weak = case in weak_cases(options, group.size) and case.processes == group.size > 1
                row = measure(options, case, axes[case.processes], group.device, is_weak and options.timeline)
                results = replace(results, rows=(*results.rows, row))
            _wait_for_rank_zero(f"measured {done}", group)
            yield Step(done, len(cases), unit="cases")
    except torch.OutOfMemoryError as error:
        raise VoxViewError("the GPU is out of memory: give a smaller --batch") from error
    return replace(results, seconds=time.perf_counter() - began)


def _check(options: Options, group: ProcessGroup) -> None:
    """Raise `InputError` for what cannot be measured."""
    with group.failing_once():
        check_options(options, group.size)
        if int(os.environ.get("LOCAL_WORLD_SIZE", group.size)) != group.size:
            raise InputError("bench --parallel is for the processes of one host: leave --nnodes out")


def _axes(group: ProcessGroup) -> dict[int, Axis]:
    """Return, by their number, the first processes as this one sees them; all make them together."""
    axes = {1: Axis()}
    for size in sizes(group.size):
        if size == group.size > 1:
            axes[size] = Axis(group.rank, size, dist.group.WORLD)
        elif size > 1:
            axes[size] = Axis(group.rank, size, dist.new_group(list(range(size))))
    return axes


def _wait_for_rank_zero(what: str, group: ProcessGroup) -> None:
    """Wait until rank 0 is there, too, through the store: an exchange would keep idle GPUs busy."""
    if group.size == 1:
        return
    store = _get_default_store()
    if group.is_rank_zero:
        store.set(what, "")
    else:
        store.wait([what])


def _without_rows(options: Options, group: ProcessGroup) -> ParallelBenchmark:
    report = find_devices()
    on_gpu = group.device != "cpu"
    devices: list[str] = [device_name(group)] * group.size
    if group.size > 1:
        dist.all_gather_object(devices, device_name(group))
    return ParallelBenchmark(
        this_machine(report if on_gpu else replace(report, cuda=None)),
        group.size,
        tuple(devices),
        "nccl" if on_gpu else "gloo",
        options if on_gpu else replace(options, precision="fp32", graph=False),
        sizes_of(options, on_gpu).parameters,
        environment={name: os.environ[name] for name in SENDING if name in os.environ},
    )
