"""From a file of points to a chair: read and cleaned on one thread, turned into a chair on the engine's."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
from PySide6.QtCore import QObject, Signal

from voxview.engine.events import Answered
from voxview.engine.points_request import AUTO, PointsRequest, points_request
from voxview.engine.request import Device
from voxview.engine.step import Step
from voxview.gui.context.background import BackgroundTasks
from voxview.gui.session.session import Session
from voxview.shapes.frame import Doubles
from voxview.shapes.io.points import read_points
from voxview.shapes.points.crop import Box
from voxview.shapes.points.planes import find_planes
from voxview.shapes.points.upright import up_of_floor

if TYPE_CHECKING:
    from voxview.engine.engine import Engine  # imports torch, which belongs to the engine's thread
    from voxview.engine.points import PointsResult

T = TypeVar("T")

_SAMPLE = 40_000
"""Points of a file that are shown before they are cleaned, and of those beside the box."""


class Reader(Protocol):
    """What makes a chair of points."""

    notice: str | None
    """What a person should know: that the GPU failed, and the CPU answered."""

    def read(self, given: PointsRequest, /) -> PointsResult:
        """Return the chair."""


LoadReader = Callable[[Device, str | None], Reader]
"""Makes what reads points on a device with points weights, a name or a file; None: those that are shipped."""


class EngineReader:
    """The readers of all weights, each loaded with its first cloud. Called on the engine's thread alone."""

    def __init__(self, load: LoadReader | None = None) -> None:
        """Load readers by `load` when they are needed; None: the program's own."""
        self._load = load or _load_reader
        self._readers: dict[str | None, Reader] = {}

    def __call__(self, engine: Engine, request: PointsRequest, weights: str | None) -> Made:
        """Return the chair in a cloud; raise `VoxViewError` where there are no weights for that."""
        if weights not in self._readers:
            self._readers[weights] = self._load(engine.devices[-1], weights)
        reader = self._readers[weights]
        result = reader.read(request)
        return Made(request, result, reader.notice or "")


def _load_reader(device: Device, weights: str | None) -> Reader:
    from voxview.engine.points import PointsReader

    return PointsReader(device, weights)


@dataclass(frozen=True, eq=False)
class Loaded:
    """What a file holds."""

    points: Doubles
    """All of them, `(n, 3)`, in the file's own axes and unit."""
    sample: Doubles
    """Some of those that are finite numbers, to look at, `(m, 3)`."""
    box: Box
    """The box around them."""
    up: str
    """The axis that a floor says is up, or y: how they are shown before there is a chair."""

    @classmethod
    def of(cls, points: Doubles) -> Loaded:
        """Take a file's points; raise `InputError` where none is finite."""
        box = Box.around(points)
        sample = points[:: max(1, len(points) // _SAMPLE)]
        finite = sample[np.isfinite(sample).all(1)]
        shown = finite if len(finite) else box.corners
        return cls(points, shown, box, _likely_up(shown))


def _likely_up(points: Doubles) -> str:
    planes = find_planes(points)
    up = up_of_floor(planes[0].normal) if planes else None
    return up if up in ("y", "z") else "y"  # what extends along another axis is a wall


@dataclass(frozen=True, eq=False)
class Made:
    """A chair that came out of points."""

    request: PointsRequest
    result: PointsResult
    notice: str = ""
    """What a person should know of how it was made."""


@dataclass(frozen=True)
class Want:
    """What is wanted of a cloud."""

    box: Box | None = None
    """None: all of it."""
    up: str = AUTO
    turn: float | str = AUTO
    weights: str | None = None


class PointsReading(QObject):
    """Makes a chair of one file, anew for each box and orientation; what was wanted before is dropped."""

    progressed = Signal(str, object)
    """What is done now, and its `Step`."""
    loaded = Signal(object)
    """A `Loaded`."""
    unreadable = Signal(str)
    """Why the file cannot be read, in one line."""
    made = Signal(object)
    """A `Made`, of what was wanted last."""
    failed = Signal(str)
    """Why there is no chair, in one line."""

    def __init__(self, session: Session, read: EngineReader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine, self._read = session.engine, read
        self._doing = ""
        self._background = BackgroundTasks(self)
        self._background.step.connect(self._tell_step)
        self._loaded: Loaded | None = None
        self._want = Want()
        self._is_settled = False
        self._cleaning = 0
        """The number of the piece of work."""
        self._cleaned: PointsRequest | None = None
        """Of the box that is wanted, or was."""
        self._waits_for_engine = False
        self._question: int | None = None
        self._engine.ready.connect(self._go_on)
        self._engine.answered.connect(self._take_answer)
        self._engine.error.connect(self._fail_waiting)

    @property
    def weights_in_use(self) -> str:
        """The name of the weights that blends are made with; empty before there is an engine."""
        return self._engine.weights

    @property
    def is_settled(self) -> bool:
        """Whether what was wanted last has come, or cannot come."""
        return self._is_settled

    def read(self, path: Path) -> None:
        """Read a file, and make a chair of all that is in it."""
        self._doing = "Reading"
        work = partial(_load, path)
        self._background.run(self._doing, work, self._take_loaded, self._refuse_file)

    def want(self, want: Want) -> None:
        """Make another chair of the file."""
        self._want, self._is_settled = want, False
        self._question, self._waits_for_engine = None, False
        if self._loaded is None:
            return
        self._background.drop(self._cleaning)
        if self._cleaned is not None and self._cleaned.box == want.box:
            self._ask()
            return
        self._doing = "Cleaning"
        work = partial(_clean, self._loaded.points, want.box)
        self._cleaning = self._background.run(self._doing, work, self._take_cleaned, self._fail)

    def stop(self) -> None:
        """Want nothing any more."""
        self._background.stop()
        self._question, self._waits_for_engine, self._is_settled = None, False, True

    def _tell_step(self, _: int, step: Step, __: float | None) -> None:
        self.progressed.emit(self._doing, step)

    def _take_loaded(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self.loaded.emit(loaded)
        self.want(self._want)

    def _refuse_file(self, message: str) -> None:
        self._is_settled = True
        self.unreadable.emit(message)

    def _take_cleaned(self, request: PointsRequest) -> None:
        self._cleaned = request
        self._ask()

    def _ask(self) -> None:
        """Ask the engine once there is one, or say why there is none."""
        assert self._cleaned is not None
        if self._engine.failure:
            self._fail(self._engine.failure)
            return
        request = replace(self._cleaned, up=self._want.up, turn=self._want.turn)
        read, weights = self._read, self._want.weights
        self.progressed.emit("Making the chair", Step(0, 0))
        self._question = self._engine.ask(lambda engine: read(engine, request, weights))
        self._waits_for_engine = self._question is None

    def _go_on(self) -> None:
        if self._waits_for_engine:
            self._ask()

    def _take_answer(self, answer: Answered) -> None:
        if answer.number != self._question:
            return
        self._question = None
        if answer.message:
            self._fail(answer.message)
        else:
            self._is_settled = True
            self.made.emit(answer.value)

    def _fail_waiting(self, message: str) -> None:
        if self._waits_for_engine:
            self._fail(message)

    def _fail(self, message: str) -> None:
        self._waits_for_engine, self._is_settled = False, True
        self.failed.emit(message)


def in_per_cent(share: float) -> Step:
    """Return a step of a piece of work of which a share is done."""
    return Step(round(100 * share), 100, None, "%", share)


def in_steps(
    shares: Generator[float, None, T], step: Callable[[float], Step] = in_per_cent
) -> Generator[Step, None, T]:
    """Yield a step for each share that is done; return what came of it."""
    while True:
        try:
            share = next(shares)
        except StopIteration as end:
            return end.value
        yield step(share)


def _load(path: Path) -> Generator[Step, None, Loaded]:
    return Loaded.of((yield from in_steps(read_points(path))))


def _clean(points: Doubles, box: Box | None) -> Generator[Step, None, PointsRequest]:
    return (yield from in_steps(points_request(points, box=box)))
