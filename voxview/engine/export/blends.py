"""Writing the blends of a pair one after the other, and what shows all of them: strip, sheet, films."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voxview.engine.export.drawing import (
    MORPH_FILM_FRAMES,
    SHEET_SIZE,
    STRIP_SIZE,
    TURN_FRAMES,
    morph_frames,
    small_picture,
    turn_frames,
    write_films,
)
from voxview.engine.export.item import CutItem, Item, of_blend, with_labels
from voxview.engine.export.names import digits_for, pair_name
from voxview.engine.export.options import SET_FORMATS, ExportOptions
from voxview.engine.export.writing import FRAME_COST, write_item
from voxview.engine.pace import Pace
from voxview.engine.request import BlendRequest, BlendResult
from voxview.engine.step import Step
from voxview.model.arc_length import Placement
from voxview.model.metrics import path_steps
from voxview.shapes.frame import Field, Grid, Grids
from voxview.surface.caption import contact_sheet
from voxview.surface.picture import Image, join_strip, write_png

if TYPE_CHECKING:
    from voxview.shapes.parts import Labels

Label = Callable[[Field], "Labels"]
"""Returns the parts of a field's voxels."""

_SIZES = {"strip": STRIP_SIZE, "sheet": SHEET_SIZE}


@dataclass
class BlendWriter:
    """What has been written so far of a pair's blends at some t's."""

    out: Path
    options: ExportOptions
    request: BlendRequest
    """Whose pair it is."""
    pace: Pace
    ts: Sequence[float]
    chairs: Grids
    """A and B as they are, which measures compare with."""
    label: Label | None = None
    files: list[Path] = field(default_factory=list)
    facts: list[dict[str, object]] = field(default_factory=list)
    """What the manifest says of each blend."""
    _lengths: list[float] = field(default_factory=list)
    _pictures: dict[str, list[Image]] = field(default_factory=lambda: {kind: [] for kind in SET_FORMATS})
    _middle: CutItem | None = None
    _done: int = 0
    _spent: float = 0.0

    @property
    def has_film(self) -> bool:
        """Whether a film of the way is wanted: a single blend has none."""
        return bool(self.options.film_formats) and len(self.ts) > 1

    @property
    def placement(self) -> Placement:
        """The t's, and the steps between them as they were written."""
        return Placement(np.array(self.ts), np.array(self._lengths))

    def write_blends(self, results: Iterable[BlendResult]) -> Generator[Step, None, None]:
        """Write the blends, and the pictures of all of them."""
        last: Grid | None = None
        for result in results:
            cut = self._cut(result)
            yield self._step()
            self.files += yield from self._stepping(write_item(self.out, cut, self.options), 1.0)
            for kind in SET_FORMATS:
                if kind in self.options.formats:
                    self._pictures[kind].append(small_picture(cut, self.options.picture, _SIZES[kind]))
                    yield self._step(1.0)
            self.facts.append(cut.facts(self.options, self.chairs))
            self._lengths += [] if last is None else path_steps(np.stack([last, cut.grid])).tolist()
            last = cut.grid
            if self._done == (len(self.ts) - 1) // 2:
                self._middle = cut
            self._done += 1
            yield self._step()
        self._write_sets()
        if self._has_turntable:
            yield from self._write_turntable()

    def write_film(self, results: Iterable[BlendResult]) -> Generator[Step, None, None]:
        """Write the way as films."""
        frames = morph_frames(self._film_cuts(results), self.options.picture)
        writing = write_films(self._film_paths(f"morph_{self._pair}"), frames)
        self.files += yield from self._filming(writing, MORPH_FILM_FRAMES)

    def _write_turntable(self) -> Generator[Step, None, None]:
        """Write films that go once around the blend in the middle."""
        assert self._middle is not None
        t = self.ts[(len(self.ts) - 1) // 2]
        paths = self._film_paths(f"turntable_{self._pair}_t{t:.{self._digits}f}")
        writing = write_films(paths, turn_frames(self._middle, self.options.picture))
        self.files += yield from self._filming(writing, TURN_FRAMES)

    def _film_paths(self, stem: str) -> list[Path]:
        return [self.out / f"{stem}.{kind}" for kind in self.options.film_formats]

    def _write_sets(self) -> None:
        """Write the pictures that show all blends."""
        labels = [f"{t:.{self._digits}f}" for t in self.ts]
        if self._pictures["strip"]:
            self.files.append(self.out / "strip.png")
            background = self.options.picture.background
            write_png(self.files[-1], join_strip(self._pictures["strip"], labels, background=background))
        if self._pictures["sheet"]:
            self.files.append(self.out / f"contact-sheet_{self._pair}.png")
            title = f"{self.request.a.name} → {self.request.b.name}"
            labels = [f"t = {label}" for label in labels]
            background = self.options.picture.background
            write_png(self.files[-1], contact_sheet(self._pictures["sheet"], labels, title, background))

    def _cut(self, result: BlendResult) -> CutItem:
        """Return a blend as it is written, called by its number, the pair and t."""
        number, t = f"{self._done:0{len(str(len(self.ts) - 1))}d}", f"{result.request.t:.{self._digits}f}"
        item = of_blend(result, f"blend_{number}_{self._pair}_t{t}", self._caption(t))
        return self._labelled(item, result).cut(self.options)

    def _labelled(self, item: Item, result: BlendResult) -> Item:
        return with_labels(item, self.label and self.label(result.field))

    def _film_cuts(self, results: Iterable[BlendResult]) -> Iterator[CutItem]:
        for result in results:
            item = of_blend(result, self._pair, self._caption(f"{result.request.t:.2f}"))
            yield self._labelled(item, result).cut(self.options)

    def _caption(self, t: str) -> str:
        return f"{self.request.a.name} → {self.request.b.name}   t = {t}"

    @property
    def _pair(self) -> str:
        return pair_name(self.request.a, self.request.b)

    @cached_property
    def _digits(self) -> int:
        """How many decimals of t tell the blends apart; those of chosen t's are all there, up to six."""
        steps = len(self.ts)
        if self.pace == "linear" and not np.allclose(self.ts, np.linspace(0, 1, steps)):
            return max(map(digits_for, self.ts))
        digits = max(2, len(str(steps - 1)) - (1 if steps in (11, 101, 1001, 10_001) else 0))
        if self.pace == "even":
            return digits + 2
        while len({f"{t:.{digits}f}" for t in self.ts}) < steps and digits < 6:
            digits += 1
        return digits

    # ---- how far it is --------------------------------------------------------------------------

    @property
    def _has_turntable(self) -> bool:
        return bool(self.options.film_formats) and (self.options.turntable or not self.has_film)

    @property
    def _cost(self) -> float:
        """What all of it costs, in files."""
        files = len(self.ts) * (len(self.options.formats) - len(self.options.film_formats))
        frames = self.has_film * MORPH_FILM_FRAMES + self._has_turntable * TURN_FRAMES
        return max(1.0, files + frames * FRAME_COST)

    def _step(self, cost: float = 0.0) -> Step:
        self._spent += cost
        share = min(1.0, self._spent / self._cost)
        return Step(self._done, len(self.ts), None, "blends", share)

    def _filming(
        self, work: Generator[bool, None, list[Path]], frames: int
    ) -> Generator[Step, None, list[Path]]:
        """Write a film, with a `Step` that counts its frames: the blends may all be there long before."""
        done = 0
        stepping = self._stepping(work, FRAME_COST)
        while True:
            before = self._spent
            try:
                step = next(stepping)
            except StopIteration as end:
                files: list[Path] = end.value
                return files
            done += self._spent > before
            yield step._replace(done=done, total=frames, unit="frames of the film")

    def _stepping(
        self, work: Generator[bool, None, list[Path]], cost: float
    ) -> Generator[Step, None, list[Path]]:
        """Do some work, with a `Step` for each of its own; one that ends a file or a frame has a cost."""
        while True:
            try:
                ended = next(work)
            except StopIteration as end:
                files: list[Path] = end.value
                return files
            yield self._step(cost if ended else 0.0)
