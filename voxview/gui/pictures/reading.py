"""From a picture and its crop to a chair: prepared on one thread, read on the engine's; newest wins."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from voxview.engine.events import Answered
from voxview.engine.request import Device
from voxview.gui.context.newest import NewestTask
from voxview.gui.pictures.levels import Levels
from voxview.gui.session.session import Session
from voxview.pictures.crop import Crop
from voxview.pictures.network_input import NetworkInput

if TYPE_CHECKING:
    from voxview.engine.engine import Engine  # imports torch, which belongs to the engine's thread
    from voxview.engine.pictures import PictureResult


class Reader(Protocol):
    """What makes a chair of what the network sees."""

    notice: str | None
    """What a person should know: that the GPU failed, and the CPU answered."""

    def read(self, input: NetworkInput, /) -> PictureResult:
        """Return the chair."""


class EngineReader:
    """The reader, which is loaded with its first picture. Called on the engine's thread alone."""

    def __init__(self, load: Callable[[Device], Reader] | None = None) -> None:
        """Load the reader for a device by `load` when it is needed; None: the program's own."""
        self._load = load or _load_reader
        self._reader: Reader | None = None

    def __call__(self, engine: Engine, prepared: Prepared) -> Made:
        """Return the chair in a picture; raise `VoxViewError` where there are no weights for that."""
        if self._reader is None:
            self._reader = self._load(engine.devices[-1])
        result = self._reader.read(prepared.input)
        return Made(prepared, result, self._reader.notice or "")


def _load_reader(device: Device) -> Reader:
    """Return the reader with the weights that the environment names, or the shipped ones."""
    from voxview.engine.pictures import PictureReader

    return PictureReader(device, os.environ.get("VOXVIEW_PICTURE_WEIGHTS") or None)


@dataclass(frozen=True, eq=False)
class Prepared:
    """What the network is to see."""

    number: int
    input: NetworkInput
    crop: Crop | None
    seconds: float


@dataclass(frozen=True, eq=False)
class Made:
    """A chair that came out of a picture."""

    prepared: Prepared
    result: PictureResult
    notice: str = ""
    """What a person should know of how it was made."""

    @property
    def seconds(self) -> float:
        """What preparing and reading took."""
        return self.prepared.seconds + self.result.seconds


class PictureReading(QObject):
    """Makes a chair of a picture, anew for each crop; what is dragged is followed as fast as chairs come."""

    prepared = Signal(object)
    """A `Prepared`."""
    made = Signal(object)
    """A `Made`; `is_settled` says whether it is the one that was wanted last."""
    failed = Signal(str)
    """Why there is no chair, in one line."""

    def __init__(self, session: Session, read: EngineReader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine, self._read = session.engine, read
        self._prepare = NewestTask("Preparing", self._take_prepared, self._fail_prepared, self)
        self._wanted = self._answered = 0
        """Numbers of what was wanted last, and of what came last."""
        self._waiting: Prepared | None = None
        """What waits for an engine."""
        self._requested: dict[int, Prepared] = {}
        self._engine.ready.connect(self._ask)
        self._engine.answered.connect(self._take_answer)
        self._engine.error.connect(self._fail)

    @property
    def weights_in_use(self) -> str:
        """The name of the weights that blends are made with; empty before there is an engine."""
        return self._engine.weights

    @property
    def is_settled(self) -> bool:
        """Whether what was wanted last has come, or cannot come."""
        return self._answered == self._wanted

    def want(self, picture: Levels, crop: Crop | None, remove_background: bool | None) -> None:
        """Make the chair in a part of a picture next."""
        self._wanted += 1
        self._prepare.run(partial(_prepare, self._wanted, picture, crop, remove_background))

    def stop(self) -> None:
        """Want nothing any more."""
        self._prepare.stop()
        self._requested.clear()
        self._waiting = None

    def _take_prepared(self, prepared: Prepared) -> None:
        self._waiting = prepared
        self.prepared.emit(prepared)
        self._ask()

    def _ask(self) -> None:
        """Ask the engine once there is one, or say why there is none; a question before it is replaced."""
        if self._waiting is None:
            return
        if self._engine.failure:
            self._fail(self._engine.failure)
            return
        waiting = self._waiting
        number = self._engine.ask(lambda engine: self._read(engine, waiting))
        if number is not None:
            self._requested[number], self._waiting = self._waiting, None

    def _take_answer(self, answer: Answered) -> None:
        prepared = self._requested.get(answer.number)
        if prepared is None:
            return
        self._requested = {number: one for number, one in self._requested.items() if number > answer.number}
        self._answered = prepared.number
        if answer.message:
            self.failed.emit(answer.message)
        else:
            self.made.emit(answer.value)

    def _fail_prepared(self, message: str) -> None:
        if self._prepare.is_idle:  # otherwise another crop is on its way
            self._fail(message)

    def _fail(self, message: str) -> None:
        if not self.is_settled:
            self._answered = self._wanted
            self.failed.emit(message)


def _prepare(number: int, picture: Levels, crop: Crop | None, remove_background: bool | None) -> Prepared:
    start = time.perf_counter()
    input = picture.prepare(crop, remove_background)
    return Prepared(number, input, crop, time.perf_counter() - start)
