"""Several pictures at once, each with its whole crop."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.conventions import UNFAMILIAR
from voxview.counts import counted
from voxview.engine.step import Step
from voxview.errors import InputError
from voxview.gui.pictures.chairs import PictureSource, picture_chair
from voxview.gui.pictures.reading import EngineReader, Prepared
from voxview.pictures.network_input import prepare_input
from voxview.pictures.read import read_picture
from voxview.shapes.chair import Chair

if TYPE_CHECKING:
    from voxview.engine.engine import Engine


@dataclass(frozen=True, eq=False)
class Batch:
    """Pictures that were read, and the names of files that could not be."""

    pictures: tuple[tuple[PictureSource, Prepared], ...]
    unreadable: tuple[str, ...]


def prepare_all(paths: Sequence[Path]) -> Generator[Step, None, Batch]:
    """Read pictures and prepare them for the network; whatever cannot be read is left out."""
    pictures: list[tuple[PictureSource, Prepared]] = []
    unreadable: list[str] = []
    for done, path in enumerate(paths):
        yield Step(done, len(paths), None, "pictures")
        try:
            prepared = Prepared(done, prepare_input(read_picture(path)), None, 0.0)
            pictures.append((PictureSource.of_file(path), prepared))
        except InputError:
            unreadable.append(path.name)
    return Batch(tuple(pictures), tuple(unreadable))


def make_all(batch: Batch, read: EngineReader) -> Callable[[Engine], Generator[Step, None, list[Chair]]]:
    """Return the long task that makes the chairs of a batch."""

    def work(engine: Engine) -> Generator[Step, None, list[Chair]]:
        chairs: list[Chair] = []
        for done, (source, prepared) in enumerate(batch.pictures):
            yield Step(done, len(batch.pictures), None, "pictures")
            made = read(engine, prepared)
            if made.result.grid.any():
                chairs.append(picture_chair(source, made))
        return chairs

    return work


def summary(batch: Batch, chairs: Sequence[Chair]) -> str:
    """Return the line at the end: how many there are, which are doubtful, and what could not be read."""
    parts = [f"{counted(len(chairs), 'chair')} made from pictures: press A or B to take one"]
    strange = sum(float(str(chair.details["unfamiliarity"])) > UNFAMILIAR for chair in chairs)
    if strange:
        parts.append(f"{counted(strange, 'picture')} unlike those that the network learnt from")
    empty = len(batch.pictures) - len(chairs)
    if empty:
        parts.append(f"nothing came out of {counted(empty, 'picture')}")
    if batch.unreadable:
        parts.append(f"not readable: {', '.join(batch.unreadable)}")
    return "; ".join(parts)
