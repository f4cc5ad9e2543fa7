"""`voxview train`: from a catalog to weights, with all that a person wants to see on the way."""

from __future__ import annotations

import datetime
import signal
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import torch

import voxview
from voxview.errors import InputError, VoxViewError
from voxview.experiment.training_data import Gathered, gather
from voxview.experiment.training_files import Log, RunFiles, write_ids
from voxview.experiment.training_picture import draw_progress
from voxview.model.batches import PACKED_SIZE
from voxview.model.checkpoint import Checkpoint, check_same_run, read_checkpoint
from voxview.model.config import TrainConfig
from voxview.model.config_file import write_config
from voxview.model.distributed import Team, join_team
from voxview.model.shipped import read_card
from voxview.model.train import (
    StoppedError,
    TrainingData,
    TrainingStep,
    settled,
    starting_weights,
    train,
)
from voxview.surface.picture import write_png

TOLD_SECONDS = 2.0
"""The shortest time between two lines, evaluations aside, so that a quick run does not flood a terminal."""


@dataclass(frozen=True)
class Order:
    """What a person asked for."""

    out: Path
    given: Mapping[str, Any]
    """Fields of `TrainConfig` that were given, by a file or as options; the others have their defaults."""
    data: Path | None = None
    """A folder with a catalog of real chairs."""
    held_out_ids: Path | None = None
    resume: bool = False


def training(order: Order) -> Iterator[str]:
    """Train as ordered, write the weights and what stands beside them; yields lines for a person.

    As one of several processes that `torchrun` started it does its part of the work, and only the first
    one reads the data, yields lines and writes files; if that fails, the others leave without a word.
    The checkpoint that a run is resumed from has to be where all of them can read it.
    """
    with join_team(str(order.given.get("device", ""))) as team:
        if not team.leads:
            _follow_leader(order, team)
            return
        try:
            ready = yield from _prepare(order, team)
        except BaseException:
            team.share(None, 2)
            raise
        sources = team.share([ready.gathered.data.real, ready.gathered.data.procedural], 2)
        with _stop_on_signals() as stop:
            steps = train(
                ready.config,
                ready.gathered.data,
                order.out,
                _notes(ready, order, team),
                team=team,
                sources=sources,
                checkpoint=RunFiles(order.out).checkpoint,
                resumed=ready.resumed,
                stop=stop,
            )
            yield from _told(steps, ready, RunFiles(order.out))
    yield f"wrote {order.out}"


@dataclass(frozen=True)
class _Ready:
    """All that the loop needs, checked."""

    config: TrainConfig
    gathered: Gathered
    resumed: Checkpoint | None


def _prepare(order: Order, team: Team) -> Generator[str, None, _Ready]:
    files = RunFiles(order.out)
    files.check()
    resumed = _resumed(order)
    if resumed is None and files.checkpoint.exists():
        raise InputError(
            f"{files.checkpoint} is of a run that has not finished: go on with --resume, or remove it"
        )
    config = settled(_config(order, resumed), team)
    start = time.perf_counter()
    begun = starting_weights(config)
    known = begun.trained_on if begun else frozenset()
    gathered = yield from gather(config, order.data, order.held_out_ids, known)
    if resumed is not None:
        check_same_run(resumed, config, gathered.data.identity, team.size)
        yield f"resumed after step {resumed.step}"
    write_config(files.config, config)
    if gathered.held_out_ids:
        write_ids(files.held_out, gathered.held_out_ids)
    where = f"{team.size} × {_device_name(team)}" if team.size > 1 else _device_name(team)
    took = time.perf_counter() - start
    yield f"ready after {took:.0f} s: {config.steps} steps of {config.batch} chairs on {where}"
    return _Ready(config, gathered, resumed)


def _follow_leader(order: Order, team: Team) -> None:
    """The part of a process that does not lead: learn, in step with the others."""
    sources = team.share(None, 2)
    if sources is None:
        raise SystemExit(1)  # the leader has said why
    resumed = _resumed(order)
    nothing = np.empty((0, PACKED_SIZE), np.uint8)
    with _stop_on_signals() as stop:
        try:
            for _ in train(
                _config(order, resumed),
                TrainingData(nothing, nothing),
                order.out,
                {},
                team=team,
                sources=sources,
                resumed=resumed,
                stop=stop,
            ):
                pass
        except StoppedError as stopped:
            raise SystemExit(stopped.exit_status) from None


def _resumed(order: Order) -> Checkpoint | None:
    return read_checkpoint(RunFiles(order.out).checkpoint) if order.resume else None


def _config(order: Order, resumed: Checkpoint | None) -> TrainConfig:
    """What was given, over the checkpoint's config or the defaults."""
    base = resumed.config if resumed is not None else TrainConfig()
    return replace(base, **{"device": "", **order.given})


def _told(steps: Iterator[TrainingStep], ready: _Ready, files: RunFiles) -> Iterator[str]:
    """Lines of progress, while the table and the picture are written."""
    after = ready.resumed.step if ready.resumed else 0
    log = Log(files.log, ready.gathered.data.held_out, after)
    said = 0.0
    try:
        for told in steps:
            log.add(told)
            if told.shown is not None:
                write_png(files.picture, draw_progress(told.shown))
            if told.looks or time.perf_counter() - said > TOLD_SECONDS:
                said = time.perf_counter()
                yield _line(told)
    except torch.OutOfMemoryError as error:
        raise VoxViewError("the GPU is out of memory: try a smaller --batch, or more processes") from error


def _line(told: TrainingStep) -> str:
    line = f"step {told.step}/{told.steps}  loss {told.loss:.4f}  {told.images_per_second:,.0f} chairs/s"
    if told.looks:
        iou = ", ".join(f"{name} {seen.iou:.4f}" for name, seen in told.looks.items())
        whole = ", ".join(f"{name} {seen.one_piece:.0%}" for name, seen in told.looks.items())
        line += f"  held-out IoU: {iou}  blends in one piece: {whole}"
    return f"{line}  {told.seconds:.0f} s"


def _notes(ready: _Ready, order: Order, team: Team) -> dict[str, str]:
    """What the weights' header says beside the config."""
    data = ready.gathered.data
    return {
        "real training chairs": str(len(data.real)),
        "procedural training chairs": str(len(data.procedural)),
        "terms": _terms(ready.config, order.data if len(data.real) else None),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "versions": f"VoxView {voxview.__version__}, torch {torch.__version__}",
        "trained on": f"{team.size} × {_device_name(team)}",
    }


def _terms(config: TrainConfig, data: Path | None) -> str:
    """Under which terms the weights may be used: those of everything they learnt from."""
    owed = [f"those of the chairs in {data.name or data}"] if data is not None else []
    if config.start_from:
        card = read_card(config.start_from)
        owed.append(f"those of the weights '{card.title}': {card.line}")
    return "; ".join(owed) or "procedural chairs only: as free as VoxView's code"


def _device_name(team: Team) -> str:
    return "CPU" if team.device == "cpu" else torch.cuda.get_device_name(team.device)


@contextmanager
def _stop_on_signals() -> Iterator[Callable[[], bool]]:
    """Ctrl-C, or what a cluster sends before it kills, asks to stop; a second one does not ask."""
    asked = False

    def ask(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    kinds = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(kind, ask) for kind in kinds]
    try:
        yield lambda: asked
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)
