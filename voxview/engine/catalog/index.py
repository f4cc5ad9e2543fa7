"""A whole catalog in memory, for its map and for finding the chairs most like a shape: grids and latents."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import LATENT_SHAPE
from voxview.engine.catalog.cache import IndexCache, stamp
from voxview.engine.request import Device
from voxview.engine.step import Step
from voxview.errors import InputError
from voxview.model.metrics import lowest_layers
from voxview.shapes.bits import WORDS, Words, pack_words, unpack_bytes
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.chair import Chair
from voxview.shapes.frame import AnyIntegers, Grid
from voxview.shapes.retrieval import count_voxels, nearest

if TYPE_CHECKING:  # torch, which pages and their tests do without
    from voxview.engine.engine import Engine

_AT_ONCE = {"cpu": 4, "cuda": 64}
"""Chairs encoded together: a slider move waits for them, about 50 ms on two cores."""
_READING = 0.05
"""Seconds of reading after which a slider move gets its turn: a mesh takes as long alone."""
_GROWN = 1.15
_SHOWN_EVERY = 0.25
"""The map is shown again when it has grown by a seventh, and not sooner than after a quarter of a second."""
_SAVED_EVERY = 30.0


@dataclass(frozen=True, eq=False)
class CatalogIndex:
    """A catalog's chairs with their grids and latents, in the catalog's order, as far as they are known."""

    source: str
    weights: str
    """The name of the weights that made the latents."""
    chairs: tuple[Chair, ...]
    words: Words
    """Their packed grids, `(512, n)`; see `shapes.bits`."""
    voxels: NDArray[np.int64]
    """Their occupied voxels, `(n,)`."""
    latents: NDArray[np.float32]
    """`(n, 8, 8)`"""
    left_out: tuple[str, ...]
    """A line for each chair that cannot be read."""
    total: int
    """The catalog's chairs, those that are not known yet or cannot be read included."""
    seconds_a_chair: float | None
    """What reading and encoding took for each that was not in the cache; None if all were."""

    notice: str | None = None
    """Why the next start has to read them again; None if the cache holds them."""

    @property
    def complete(self) -> bool:
        """Whether every chair is either known or left out."""
        return len(self.chairs) + len(self.left_out) == self.total

    def nearest(self, grid: Grid, k: int = 8) -> list[tuple[Chair, float]]:
        """Return the k chairs most like a grid, best first, with their intersection over union."""
        places, ious = nearest(grid, self.words, self.voxels, k)
        return [(self.chairs[place], float(iou)) for place, iou in zip(places, ious, strict=True)]

    def fits(self, catalog: Catalog) -> bool:
        """Return whether no chair of it was turned, renamed or removed since; True for another source."""
        return self.source != catalog.source or all(chair in catalog for chair in self.chairs)

    def floor_of(self, places: Sequence[int] | AnyIntegers) -> int:
        """Return the layer that a shape between some of the chairs should stand on: the highest of theirs."""
        packed = np.ascontiguousarray(self.words[:, places].T).view(np.uint8)  # (m, 4096)
        return int(lowest_layers(unpack_bytes(packed)).max())


def index_catalog(
    engine: Engine,
    catalog: Catalog,
    device: Device = "cpu",
    cache: IndexCache | None = None,
    begun: CatalogIndex | None = None,
) -> Generator[Step, None, CatalogIndex]:
    """Read and encode every chair of a catalog, except those that the cache holds.

    `begun` is what a cancelled run with the same weights has returned: its chairs that have no file, which
    the cache does not hold, are not made again.

    Yields how many chairs are done, with the index so far or None where it was shown just now, and returns
    the index. The share of the cost counts those that have to be read, unless all are cached. What is known
    when it ends goes into the cache, also when it is cancelled: the next call begins there. 13 ms a chair on
    two cores that do nothing else: three seconds for 240 chairs, and more than a minute for 5,778.
    """
    yield Step(0, len(catalog), None, "chairs", 0.0)
    cache = cache or IndexCache.of(catalog.source, engine.weights)
    build = _Build(engine, catalog, device, cache, begun)
    while build.look_up():
        yield Step(0, len(catalog), None, "chairs", 0.0)
    shown, last, saved = 0, 0.0, time.perf_counter()
    try:
        while build.step():
            now = time.perf_counter()
            show = build.known >= max(4, _GROWN * shown) and now - last >= _SHOWN_EVERY
            yield Step(build.done, len(catalog), build.so_far() if show else None, "chairs", build.share)
            shown, last = (build.known, now) if show else (shown, last)
            if now - saved >= _SAVED_EVERY:
                build.save()
                saved = now
    finally:
        build.save()
    return build.so_far()


def kept_index(engine: Engine, catalog: Catalog) -> Generator[Step, None, CatalogIndex | None]:
    """Return the index of a catalog of which the cache holds every chair; None otherwise.

    Yields as `index_catalog` does. No chair is read or encoded.
    """
    cache = IndexCache.of(catalog.source, engine.weights)
    if not cache.there:
        return None
    build = _Build(engine, catalog, "cpu", cache, None)
    while build.look_up():
        yield Step(0, len(catalog), None, "chairs")
    if build.missing:
        return None
    while build.step():
        yield Step(build.done, len(catalog), None, "chairs")
    return build.so_far()


class _Build:
    """An index in the making: arrays for the whole catalog, filled from the front."""

    def __init__(
        self,
        engine: Engine,
        catalog: Catalog,
        device: Device,
        cache: IndexCache,
        begun: CatalogIndex | None,
    ) -> None:
        n = len(catalog)
        self._engine, self._catalog, self._device, self._cache = engine, catalog, device, cache
        self._probe = engine.encode_unrefined(_two_chairs(), "cpu")
        self._cached = cache.load(self._probe)
        self._begun = _kept_in(begun)
        self._chairs: list[Chair] = []
        self._looked_up: list[str] = []
        """The stamps of the catalog's chairs, from the first on."""
        self._to_read = 0
        self._read = 0
        self._stamps: list[str] = []
        self._left_out: list[str] = []
        self._words = np.empty((WORDS, n), np.uint64)
        self._latents = np.empty((n, *LATENT_SHAPE), np.float32)
        self._encoded, self._unsaved = 0, 0
        self._seconds = 0.0
        self._notice: str | None = None
        self.done = 0
        """The number of chairs that were read, or found to be unreadable."""

    @property
    def known(self) -> int:
        """The number of chairs that are in the index."""
        return len(self._chairs)

    @property
    def missing(self) -> int:
        """The number of chairs, of those that were looked up, that have to be read."""
        return self._to_read

    @property
    def share(self) -> float:
        """The share of the whole cost that is done: to read and encode costs a hundred times a look-up."""
        return self._read / self._to_read if self._to_read else self.done / max(1, len(self._catalog))

    def look_up(self) -> bool:
        """Look up some more chairs in the cache; return False if there are none."""
        start, n = time.perf_counter(), len(self._catalog)
        while len(self._looked_up) < n and time.perf_counter() - start < _READING:
            chair = self._catalog[len(self._looked_up)]
            mark = stamp(chair)
            self._looked_up.append(mark)
            self._to_read += self._known(chair, mark) is None
        return len(self._looked_up) < n

    def step(self) -> bool:
        """Read and encode some more chairs, as a slider move can wait for; return False if there are none."""
        if self.done == len(self._catalog):
            return False
        start, at_once = time.perf_counter(), _AT_ONCE[self._device]
        grids: list[Grid] = []
        places: list[int] = []
        while self.done < len(self._catalog) and len(grids) < at_once:
            chair = self._catalog[self.done]
            mark = self._looked_up[self.done]
            known = self._known(chair, mark)
            if known is not None:
                if grids:
                    break  # those that were read come first
                self._add(chair, mark, *known)
            else:
                self._read += 1
                try:
                    grid = chair.read()
                    latent = self._engine.known_latent(chair)
                    if latent is None:
                        places.append(self.known)
                        grids.append(grid)
                    self._add(chair, mark, pack_words(grid[None])[:, 0], latent)
                except InputError as error:
                    self._left_out.append(str(error))
            self.done += 1
            if time.perf_counter() - start > _READING:
                break
        if grids:
            self._latents[places] = self._engine.encode_unrefined(np.stack(grids), self._device)
            self._encoded += len(grids)
            self._unsaved += len(grids)
            self._seconds += time.perf_counter() - start
        return True

    def _known(self, chair: Chair, mark: str) -> tuple[Words, NDArray[np.float32]] | None:
        """Return a chair's packed grid and latent where they are kept."""
        return self._cached.get(mark) if mark else self._begun.get(chair)

    def so_far(self) -> CatalogIndex:
        """Return what is known now; what comes later does not change it."""
        n = self.known
        return CatalogIndex(
            source=self._catalog.source,
            weights=self._engine.weights,
            chairs=tuple(self._chairs),
            words=self._words[:, :n],
            voxels=count_voxels(self._words[:, :n]),
            latents=self._latents[:n],
            left_out=tuple(self._left_out),
            total=len(self._catalog),
            seconds_a_chair=self._seconds / self._encoded if self._encoded else None,
            notice=self._notice,
        )

    def save(self) -> None:
        """Put what is known into the cache, if there is anything new."""
        if self._unsaved:
            n = self.known
            self._notice = self._cache.save(self._probe, self._stamps, self._words[:, :n], self._latents[:n])
            self._unsaved = 0

    def _add(self, chair: Chair, mark: str, words: Words, latent: NDArray[np.float32] | None) -> None:
        place = self.known
        self._words[:, place] = words
        if latent is not None:
            self._latents[place] = latent
        self._chairs.append(chair)
        self._stamps.append(mark)


def _kept_in(index: CatalogIndex | None) -> dict[Chair, tuple[Words, NDArray[np.float32]]]:
    """Return the packed grid and the latent of each chair of an index."""
    if index is None:
        return {}
    return {chair: (index.words[:, i], index.latents[i]) for i, chair in enumerate(index.chairs)}


def _two_chairs() -> NDArray[np.bool_]:
    """Return two grids whose latents tell one encoder from another."""
    from voxview.shapes.catalogs.samples import sample_catalog

    return np.stack([chair.read() for chair in sample_catalog()[:2]])
