"""What goes through the pipe between the engine's thread and a worker process.

Every message of a run has its number, so that what comes late of a run that was cancelled is not taken for
what belongs to the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voxview.engine.request import Backend
from voxview.shapes.bits import Packed
from voxview.shapes.frame import Floats


@dataclass(frozen=True, eq=False)
class Assignment:
    """To a worker: the set of chairs that the messages after it are about. Answered by `Prepared`."""

    number: int
    """Of the run."""
    weights: Path
    fingerprint: str
    """Of the weights that the engine has; a file that was replaced since is refused."""
    grids: Packed
    """`(n, 4096)`"""
    backend: Backend
    tf32: bool

    @property
    def setting(self) -> tuple[str, Backend, bool]:
        """What a worker has to warm up for."""
        return self.fingerprint, self.backend, self.tf32


@dataclass(frozen=True, eq=False)
class Latents:
    """To a worker: the latents `(n, 8, 8)` of the set. Not answered."""

    number: int
    latents: Floats


@dataclass(frozen=True, eq=False)
class EncodePart:
    """To a worker: encode the chairs at some places. Answered by `Done` with their latents `(m, 8, 8)`."""

    number: int
    task: int
    places: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class ScoreBlock:
    """To a worker: score the blends of m pairs at k t's. Answered by `Done` with the scores `(7, m, k)`."""

    number: int
    task: int
    pairs: NDArray[np.intp]
    """`(m, 2)`"""
    t: Floats
    """`(k,)`"""


@dataclass(frozen=True, eq=False)
class StreamRows:
    """To a worker: blend rows of all pairs for a time. Answered by `Done` with `Streamed` as an array."""

    number: int
    task: int
    latents: Floats
    t: Floats
    rows: slice
    backend: Backend
    seconds: float


@dataclass(frozen=True)
class Started:
    """From a worker: it has imported what it needs, and its device answers."""


@dataclass(frozen=True)
class Prepared:
    """From a worker: it has the weights and the set, and has compiled and planned what it needs."""

    number: int


@dataclass(frozen=True, eq=False)
class Done:
    """From a worker: the result of a task."""

    number: int
    task: int
    values: Any
    """The array that its message names."""


@dataclass(frozen=True)
class Failed:
    """From a worker: it cannot go on with a run."""

    number: int
    reason: str
    lasting: bool
    """Whether it cannot be used any more; not so where memory was full, or a file was replaced."""


ToWorker = Assignment | Latents | EncodePart | ScoreBlock | StreamRows
FromWorker = Started | Prepared | Done | Failed
