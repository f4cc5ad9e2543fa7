"""What a network and the scorer computed for one window of the tests, for the windows after it.

Most windows begin with the same two chairs and decode and score the path between them in the background,
which takes ten times as long as to open the window. Nothing is rounded or shared: the same bytes in
give a copy of the same bytes out. What is left out: a network may round differently in batches of another
size, and the refinement of a chair that is known takes one step. Tests of that make their engine `anew`.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Generator, Hashable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from voxview.model.autoencoder import Autoencoder
    from voxview.shapes.frame import Floats, Grids

_MOST = 600
"""Of the fields of one set of weights, 128 KiB each: those of six paths."""


class Remembered:
    """Rows that were computed before, by what they were computed of; the least used ones are forgotten."""

    def __init__(self, most: int) -> None:
        self._rows: dict[Hashable, np.ndarray] = {}
        self._most, self._lock = most, threading.Lock()

    def has(self, keys: list[Hashable]) -> bool:
        """Return whether all of these were computed before."""
        return all(key in self._rows for key in keys)

    def rows(self, keys: list[Hashable], compute: Callable[[list[int]], np.ndarray]) -> np.ndarray:
        """Return the rows `(n, …)` of n keys; `compute` returns those at some places that are not known."""
        with self._lock:
            known = {key: self._rows.pop(key) for key in dict.fromkeys(keys) if key in self._rows}
            self._rows |= known  # now the last to be forgotten
        places = {key: place for place, key in enumerate(keys) if key not in known}
        new = dict(zip(places, compute(list(places.values())), strict=True)) if places else {}
        with self._lock:
            self._rows |= new
            for key in list(self._rows)[: len(self._rows) - self._most]:
                del self._rows[key]
        return np.stack([(known | new)[key] for key in keys])


def remember(autoencoder: Autoencoder) -> Autoencoder:
    """Let an autoencoder compute each latent and each field once, and return it."""
    fields, latents = Remembered(_MOST), Remembered(_MOST)
    encode, decode, in_steps = autoencoder.encode, autoencoder.decode, autoencoder.encode_in_steps

    def keys_of(grids: Grids, refine: int | None) -> list[Hashable]:
        return [(_digest(np.packbits(grid)), refine if autoencoder.refines else 0) for grid in grids]

    def encode_once(grids: NDArray[np.bool_], refine: int | None = None) -> Floats:
        if getattr(grids, "dtype", None) != np.bool_ or not len(grids):
            return encode(grids, refine)
        return latents.rows(keys_of(grids, refine), lambda places: encode(grids[places], refine))

    def encode_in_steps_once(grids: NDArray[np.bool_]) -> Generator[None, None, Floats]:
        keys = keys_of(grids, None)
        if not latents.has(keys):
            computed = yield from in_steps(grids)
            return latents.rows(keys, lambda places: computed[places])
        if autoencoder.refines:
            yield
        return latents.rows(keys, lambda places: encode(grids[places]))

    def decode_once(z: Floats) -> Floats:
        if getattr(z, "dtype", None) != np.float32 or not len(z):
            return decode(z)
        return fields.rows([_digest(one) for one in z], lambda places: decode(z[places]))

    autoencoder.encode = encode_once  # type: ignore[method-assign]
    autoencoder.encode_in_steps = encode_in_steps_once  # type: ignore[method-assign]
    autoencoder.decode = decode_once  # type: ignore[method-assign]
    return autoencoder


def scored_once(
    scores_of: Callable[[Grids, NDArray[np.int32], NDArray[np.bool_]], Floats],
) -> Callable[[Grids, NDArray[np.int32], NDArray[np.bool_]], Floats]:
    """Return what scores each blend with its floor and chairs once."""
    scores = Remembered(10 * _MOST)

    def score(blends: Grids, floors: NDArray[np.int32], chairs: NDArray[np.bool_]) -> Floats:
        among = _digest(chairs)
        keys: list[Hashable] = [
            (_digest(np.packbits(blend)), int(floor), among)
            for blend, floor in zip(blends, floors, strict=True)
        ]
        return scores.rows(keys, lambda places: scores_of(blends[places], floors[places], chairs).T).T

    return score


def _digest(array: np.ndarray) -> bytes:
    return hashlib.sha1(np.ascontiguousarray(array).data, usedforsecurity=False).digest()
