"""`voxview train`: from a catalog to weights, with the files and lines that a person sees on the way."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from voxview.counts import counted
from voxview.engine.gpu_failures import gpu_failures_in_one_line
from voxview.errors import InputError
from voxview.shapes.bits import PACKED_SIZE
from voxview.surface.picture import write_png
from voxview.training.checkpoint import Checkpoint, check_same_network, check_same_run, read_checkpoint
from voxview.training.config_file import write_config
from voxview.training.configs import AUTOENCODER, Config, config_class, network_of
from voxview.training.csv_log import CsvLog
from voxview.training.data import GatheredData, TrainingData
from voxview.training.loop import StoppedError, TrainingStep, run_loop
from voxview.training.lost_process import report_lost_process
from voxview.training.networks import trained_network
from voxview.training.notes import device_name, run_notes
from voxview.training.process_group import ProcessGroup, join_process_group
from voxview.training.run_files import RunFiles, write_ids
from voxview.training.stop_signals import stop_on_signals
from voxview.training.task import Task, TrainedNetwork

LINE_SECONDS = 2.0
"""The shortest time between two lines, validations aside, so that a quick run does not flood a terminal."""


_WHEN_FULL = (
    "try a smaller --batch, or more processes, or close other programs that use it; --resume goes on from a "
    "checkpoint, if there is one"
)


@dataclass(frozen=True)
class RunOptions:
    """The options of `voxview train`."""

    out: Path
    given: Mapping[str, Any]
    """Fields of the network's config that were given, by a file or as options; the others have their
    defaults."""
    data: Path | None = None
    """A folder with a catalog of real chairs."""
    held_out_ids: Path | None = None
    resume: bool = False
    network: str | None = None
    """A name in `configs.CONFIGS`; None: the resumed run's, or an autoencoder."""


def run_training(options: RunOptions) -> Iterator[str]:
    """Train and write the weights and the files beside them; yield lines for a person.

    As one of several processes that `torchrun` started it does its part of the work, and only rank 0 reads
    the data, yields lines and writes files; if that fails, the others exit silently. The checkpoint that a
    run is resumed from has to be where all of them can read it.
    """
    device = str(options.given.get("device", ""))
    with gpu_failures_in_one_line(_WHEN_FULL), join_process_group(device) as group:
        if not group.is_rank_zero:
            _train_on_other_rank(options, group)
            return
        try:
            ready = yield from _prepare(options, group)
        except BaseException:
            group.share(None, 2)
            raise
        data = ready.gathered.data
        sources = group.share([data.real, data.procedural], 2)
        notes = run_notes(ready.config, data, options.data, group)
        task = ready.network.task(ready.config, data, group, sources, options.out, notes)
        with stop_on_signals() as stop, report_lost_process(group):
            steps = _steps(ready, task, group, RunFiles(options.out).checkpoint, stop)
            yield from _report_progress(steps, ready, RunFiles(options.out))
    yield f"wrote {options.out}"


@dataclass(frozen=True)
class _Ready:
    """All that the loop needs, checked."""

    network: TrainedNetwork
    config: Config
    gathered: GatheredData
    resumed: Checkpoint | None


def _prepare(options: RunOptions, group: ProcessGroup) -> Generator[str, None, _Ready]:
    """Check the options, read and draw the chairs, and write the config; yield lines for a person."""
    files = RunFiles(options.out)
    files.check()
    resumed = _resumed(options)
    if resumed is None and files.checkpoint.exists():
        raise InputError(
            f"{files.checkpoint} is of a run that has not finished: go on with --resume, or remove it"
        )
    network, config = _resolve(options, resumed, group)
    began = time.perf_counter()
    gathered = yield from network.gather(config, options.data, options.held_out_ids)
    if resumed is not None:
        check_same_run(resumed, config, gathered.data.identity, group.size)
        yield f"resumed after step {resumed.step}"
    write_config(files.config, config)
    if gathered.held_out_ids:
        write_ids(files.held_out, gathered.held_out_ids)
    where = f"{group.size} × {device_name(group)}" if group.size > 1 else device_name(group)
    took = time.perf_counter() - began
    work = f"{counted(config.steps, 'step')} of {counted(config.batch, network.unit)}"
    yield f"ready after {took:.0f} s: {work} on {where}"
    return _Ready(network, config, gathered, resumed)


def _train_on_other_rank(options: RunOptions, group: ProcessGroup) -> None:
    """Train in step with rank 0, on the chairs that it shares; exit with status 1 if it shares none."""
    sources = group.share(None, 2)
    if sources is None:
        raise SystemExit(1)  # rank 0 has reported why
    resumed = _resumed(options)
    network, config = _resolve(options, resumed, group)
    nothing = np.empty((0, PACKED_SIZE), np.uint8)
    ready = _Ready(network, config, GatheredData(TrainingData(nothing, nothing), ()), resumed)
    task = network.task(config, ready.gathered.data, group, sources, options.out, {})
    with stop_on_signals() as stop, report_lost_process(group):
        try:
            for _ in _steps(ready, task, group, None, stop):
                pass
        except StoppedError as stopped:
            raise SystemExit(stopped.exit_status) from None


def _steps(
    ready: _Ready, task: Task, group: ProcessGroup, checkpoint: Path | None, stop: Callable[[], bool]
) -> Iterator[TrainingStep]:
    identity = ready.gathered.data.identity
    return run_loop(
        ready.config, task, group, identity, checkpoint=checkpoint, resumed=ready.resumed, stop=stop
    )


def _resumed(options: RunOptions) -> Checkpoint | None:
    return read_checkpoint(RunFiles(options.out).checkpoint) if options.resume else None


def _resolve(
    options: RunOptions, resumed: Checkpoint | None, group: ProcessGroup
) -> tuple[TrainedNetwork, Config]:
    """Return the network, and the given fields over the checkpoint's config or the defaults, checked."""
    name = options.network or (network_of(resumed.config) if resumed else AUTOENCODER)
    network = trained_network(name)
    if resumed is not None:
        check_same_network(resumed, name)  # here, because the chairs may take minutes
    base = resumed.config if resumed is not None else config_class(name)()
    given = network.complete(options.given)
    return network, network.resolve(replace(base, **{"device": "", **given}), group)


def _report_progress(steps: Iterator[TrainingStep], ready: _Ready, files: RunFiles) -> Iterator[str]:
    """Write the log and the preview while the loop runs; yield a line now and then."""
    after = ready.resumed.step if ready.resumed else 0
    network, held_out = ready.network, ready.gathered.data.held_out
    log = CsvLog(files.log, held_out, after, network.columns)
    last_line = 0.0
    for step in steps:
        log.add(step)
        if step.preview is not None:
            write_png(files.preview, step.preview.render())
        if step.held_out or time.perf_counter() - last_line > LINE_SECONDS:
            last_line = time.perf_counter()
            yield _line(step, network.unit)


def _line(step: TrainingStep, unit: str) -> str:
    line = f"step {step.step}/{step.steps}  loss {step.loss:.4f}  {step.images_per_second:,.0f} {unit}s/s"
    sets = {name: metrics.words for name, metrics in step.held_out.items()}
    for label in next(iter(sets.values()), {}):
        line += f"  {label}: " + ", ".join(f"{name} {words[label]}" for name, words in sets.items())
    return f"{line}  {step.seconds:.0f} s"
