"""Several clouds at once, each as it is found to stand."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.counts import counted
from voxview.engine.points_request import PointsRequest, points_request
from voxview.engine.step import Step
from voxview.errors import InputError
from voxview.gui.points.chairs import points_chair
from voxview.gui.points.reading import EngineReader, in_steps
from voxview.shapes.chair import Chair
from voxview.shapes.io.points import read_points

if TYPE_CHECKING:
    from voxview.engine.engine import Engine


@dataclass(frozen=True, eq=False)
class Batch:
    """Clouds that were read and cleaned, and why the others were not, a line each."""

    clouds: tuple[tuple[Path, PointsRequest], ...]
    refused: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class BatchOfChairs:
    """What came out of a batch."""

    chairs: tuple[Chair, ...]
    doubtful: tuple[str, ...]
    """Names of files with a warning."""


def prepare_all(paths: Sequence[Path]) -> Generator[Step, None, Batch]:
    """Read and clean clouds; whatever cannot be a chair is left out."""
    clouds: list[tuple[Path, PointsRequest]] = []
    refused: list[str] = []
    for done, path in enumerate(paths):
        try:
            clouds.append((path, (yield from _prepare(path, done, len(paths)))))
        except InputError as error:
            text = str(error)
            refused.append(text if path.name in text else f"{path.name}: {text}")
    return Batch(tuple(clouds), tuple(refused))


def _prepare(path: Path, done: int, total: int) -> Generator[Step, None, PointsRequest]:
    """Return one cleaned cloud, with steps within it: a large one takes long."""

    def step(share: float) -> Step:
        return Step(done, total, None, "clouds", (done + share) / total)

    yield step(0.0)
    points = yield from in_steps(read_points(path), lambda share: step(0.5 * share))
    return (yield from in_steps(points_request(points), lambda share: step(0.5 + 0.5 * share)))


def make_all(
    batch: Batch, read: EngineReader, weights: str | None
) -> Callable[[Engine], Generator[Step, None, BatchOfChairs]]:
    """Return the long task that makes the chairs of a batch."""

    def work(engine: Engine) -> Generator[Step, None, BatchOfChairs]:
        chairs: list[Chair] = []
        doubtful: list[str] = []
        for done, (path, request) in enumerate(batch.clouds):
            yield Step(done, len(batch.clouds), None, "clouds")
            made = read(engine, request, weights)
            if made.result.grid.any():
                chairs.append(points_chair(path, made))
                doubtful += [path.name] if made.result.warnings else []
        return BatchOfChairs(tuple(chairs), tuple(doubtful))

    return work


def summary(batch: Batch, made: BatchOfChairs) -> str:
    """Return the line at the end: how many there are, which are doubtful, and what could not be used."""
    parts = [f"{counted(len(made.chairs), 'chair')} made from points: press A or B to take one"]
    if made.doubtful:
        parts.append(f"perhaps no chairs: {', '.join(made.doubtful)}")
    empty = len(batch.clouds) - len(made.chairs)
    if empty:
        parts.append(f"nothing came out of {counted(empty, 'cloud')}")
    return "; ".join((*parts, *batch.refused))
