"""The chair of a catalog that is most like what came out of a picture or of points."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from voxview.engine.step import Step
from voxview.model.metrics import intersection_over_union
from voxview.shapes.bits import Words, unpack_bytes
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Grid, Integers
from voxview.shapes.retrieval import count_voxels, nearest, pack_catalog

if TYPE_CHECKING:
    from voxview.engine.catalog.index import (
        CatalogIndex,
    )  # imports torch, which belongs to the engine's thread


@dataclass(frozen=True, eq=False)
class SearchedCatalog:
    """The chairs of a catalog with what they are searched by."""

    name: str
    chairs: tuple[Chair, ...]
    words: Words
    """Their packed grids, `(512, n)`."""
    voxels: Integers
    """Their occupied voxels, `(n,)`."""
    latents: NDArray[np.float32] | None = None
    """Their latents, `(n, 8, 8)`, where all are encoded."""
    weights: str = ""
    """The name of the weights that made the latents."""

    @classmethod
    def of_index(cls, index: CatalogIndex, name: str) -> SearchedCatalog:
        """Return the chairs of an index, with their latents."""
        return cls(name, index.chairs, index.words, index.voxels, index.latents, index.weights)

    def nearest(self, latent: NDArray[np.float32], grid: Grid, autoencoder: str) -> Nearest | None:
        """Return the chair nearest to a latent `(8, 8)` of an autoencoder; None in an empty catalog.

        Where the chairs have no latents of the same weights, it is the one with the largest IoU with `grid`.
        """
        if not self.chairs:
            return None
        distance = None
        if self.latents is not None and self.weights == autoencoder:
            distances = np.linalg.norm((self.latents - latent).reshape(len(self.chairs), -1), axis=1)
            place = int(distances.argmin())
            distance = float(distances[place])
        else:
            place = int(nearest(grid, self.words, self.voxels, 1)[0][0])
        packed = np.ascontiguousarray(self.words[:, place]).view(np.uint8)[None]  # (1, 4096)
        found = unpack_bytes(packed)[0]
        iou = float(intersection_over_union(found[None], grid[None])[0])
        return Nearest(self.chairs[place], found, iou, distance)


@dataclass(frozen=True, eq=False)
class Nearest:
    """The chair that was found."""

    chair: Chair
    grid: Grid
    iou: float
    """With the chair that it is held against."""
    distance: float | None
    """Euclidean, between the two latents; None where the IoU decided."""

    @property
    def text(self) -> str:
        """By what it was found, and how near it is."""
        if self.distance is None:
            return f"by IoU: {self.iou:.2f}"
        return f"by its 64 numbers: distance {self.distance:.2f}, IoU {self.iou:.2f}"


def read_catalog(catalog: Catalog) -> Generator[Step, None, SearchedCatalog]:
    """Read and pack the chairs of a catalog; those that cannot be read are left out."""
    packing = pack_catalog(catalog)
    while True:
        try:
            done, total = next(packing)
        except StopIteration as end:
            chairs, words, _ = end.value
            return SearchedCatalog(catalog.name, tuple(chairs), words, count_voxels(words))
        yield Step(done, total, None, "chairs")


def nearest_text(catalog: SearchedCatalog | None, found: Nearest | None) -> str:
    """Return what is said of the nearest chair; `catalog` is None while it is being read."""
    if catalog is None:
        return "Reading the catalog…"
    if found is None:
        return f"No chairs in {catalog.name}"
    return f"{found.chair.name}\nOf {len(catalog.chairs):,} in {catalog.name}, {found.text}"
