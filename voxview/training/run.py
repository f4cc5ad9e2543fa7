"""`voxview train`: from a catalog to weights, with the files and lines that a person sees on the way."""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from voxview.counts import counted
from voxview.errors import InputError, VoxViewError
from voxview.model.weights_card import read_card
from voxview.shapes.bits import PACKED_SIZE
from voxview.surface.picture import write_png
from voxview.training.checkpoint import Checkpoint, check_same_run, read_checkpoint
from voxview.training.config import TrainConfig
from voxview.training.config_check import resolve_config
from voxview.training.config_file import write_config
from voxview.training.csv_log import CsvLog
from voxview.training.data import GatheredData, TrainingData, gather_data
from voxview.training.loop import StoppedError, TrainingStep, starting_weights, train
from voxview.training.notes import device_name, run_notes
from voxview.training.preview import render_preview
from voxview.training.process_group import ProcessGroup, join_process_group
from voxview.training.run_files import RunFiles, write_ids
from voxview.training.stop_signals import stop_on_signals

LINE_SECONDS = 2.0
"""The shortest time between two lines, validations aside, so that a quick run does not flood a terminal."""


@dataclass(frozen=True)
class RunOptions:
    """The options of `voxview train`."""

    out: Path
    given: Mapping[str, Any]
    """Fields of `TrainConfig` that were given, by a file or as options; the others have their defaults."""
    data: Path | None = None
    """A folder with a catalog of real chairs."""
    held_out_ids: Path | None = None
    resume: bool = False


def run_training(options: RunOptions) -> Iterator[str]:
    """Train and write the weights and the files beside them; yield lines for a person.

    As one of several processes that `torchrun` started it does its part of the work, and only rank 0 reads
    the data, yields lines and writes files; if that fails, the others exit silently. The checkpoint that a
    run is resumed from has to be where all of them can read it.
    """
    with join_process_group(str(options.given.get("device", ""))) as group:
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
        files = RunFiles(options.out)
        with stop_on_signals() as stop:
            steps = train(
                ready.config,
                data,
                options.out,
                run_notes(ready.config, data, options.data, group),
                group=group,
                sources=sources,
                checkpoint=files.checkpoint,
                resumed=ready.resumed,
                stop=stop,
            )
            yield from _report_progress(steps, ready, files)
    yield f"wrote {options.out}"


@dataclass(frozen=True)
class _Ready:
    """All that the loop needs, checked."""

    config: TrainConfig
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
    config = resolve_config(_config(options, resumed), group)
    began = time.perf_counter()
    start = starting_weights(config)
    known = start.trained_on if start else frozenset()
    gathered = yield from gather_data(config, options.data, options.held_out_ids, known)
    if resumed is not None:
        check_same_run(resumed, config, gathered.data.identity, group.size)
        yield f"resumed after step {resumed.step}"
    write_config(files.config, config)
    if gathered.held_out_ids:
        write_ids(files.held_out, gathered.held_out_ids)
    where = f"{group.size} × {device_name(group)}" if group.size > 1 else device_name(group)
    took = time.perf_counter() - began
    work = f"{counted(config.steps, 'step')} of {counted(config.batch, 'chair')}"
    yield f"ready after {took:.0f} s: {work} on {where}"
    return _Ready(config, gathered, resumed)


def _train_on_other_rank(options: RunOptions, group: ProcessGroup) -> None:
    """Train in step with rank 0, on the chairs that it shares; exit with status 1 if it shares none."""
    sources = group.share(None, 2)
    if sources is None:
        raise SystemExit(1)  # rank 0 has reported why
    resumed = _resumed(options)
    nothing = np.empty((0, PACKED_SIZE), np.uint8)
    with stop_on_signals() as stop:
        steps = train(
            _config(options, resumed),
            TrainingData(nothing, nothing),
            options.out,
            {},
            group=group,
            sources=sources,
            resumed=resumed,
            stop=stop,
        )
        try:
            for _ in steps:
                pass
        except StoppedError as stopped:
            raise SystemExit(stopped.exit_status) from None


def _resumed(options: RunOptions) -> Checkpoint | None:
    return read_checkpoint(RunFiles(options.out).checkpoint) if options.resume else None


def _config(options: RunOptions, resumed: Checkpoint | None) -> TrainConfig:
    """Return the given fields over the checkpoint's config or the defaults.

    A run that starts from weights has their architecture, unless another one is given, which is refused.
    """
    base = resumed.config if resumed is not None else TrainConfig()
    given = dict(options.given)
    if given.get("start_from"):
        given.setdefault("architecture", read_card(given["start_from"]).architecture)
    return replace(base, **{"device": "", **given})


def _report_progress(steps: Iterator[TrainingStep], ready: _Ready, files: RunFiles) -> Iterator[str]:
    """Write the log and the preview while the loop runs; yield a line now and then."""
    after = ready.resumed.step if ready.resumed else 0
    log = CsvLog(files.log, ready.gathered.data.held_out, after)
    last_line = 0.0
    try:
        for step in steps:
            log.add(step)
            if step.preview is not None:
                write_png(files.preview, render_preview(step.preview))
            if step.held_out or time.perf_counter() - last_line > LINE_SECONDS:
                last_line = time.perf_counter()
                yield _line(step)
    except torch.OutOfMemoryError as error:
        raise VoxViewError("the GPU is out of memory: try a smaller --batch, or more processes") from error


def _line(step: TrainingStep) -> str:
    line = f"step {step.step}/{step.steps}  loss {step.loss:.4f}  {step.images_per_second:,.0f} chairs/s"
    if step.held_out:
        iou = ", ".join(f"{name} {metrics.iou:.4f}" for name, metrics in step.held_out.items())
        whole = ", ".join(f"{name} {_share(metrics.one_piece)}" for name, metrics in step.held_out.items())
        line += f"  held-out IoU: {iou}  blends in one piece: {whole}"
    return f"{line}  {step.seconds:.0f} s"


def _share(one_piece: float) -> str:
    """Return the share as a percentage; a blend takes two held-out chairs, and of one there is no share."""
    return "–" if math.isnan(one_piece) else f"{one_piece:.0%}"
