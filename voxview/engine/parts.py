"""The parts of chairs, of points and of grids: what scripts and the program call."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np

from voxview.engine.network_reader import NetworkReader
from voxview.errors import InputError
from voxview.model.parts_labeller import PartsLabeller
from voxview.model.points_card import find_parts_weights
from voxview.model.points_encoder import check_points
from voxview.model.points_weights import read_parts_weights
from voxview.shapes.frame import Doubles, Grid, check_grid, describe
from voxview.shapes.parts import Labels


class PartsReader(NetworkReader[PartsLabeller, "Grid | Doubles", Labels]):
    """The parts network, loaded once when the first chair is labelled."""

    what = "the parts"

    def __init__(
        self,
        device: str | None = None,
        weights: str | Path | None = None,
        look: Callable[[], None] | None = None,
    ) -> None:
        """Take the device (None: CUDA if it can be used) and the parts weights (None: shipped).

        `look` is called before each layer of the network: what it raises ends a reading that nobody wants.
        """
        super().__init__(device)
        self._weights, self._look = weights, look

    def _check_weights(self) -> None:
        find_parts_weights(self._weights)

    def _load(self, device: str) -> PartsLabeller:
        labeller = PartsLabeller(read_parts_weights(find_parts_weights(self._weights)), device)
        if self._look is not None:
            labeller.watch(self._look)
        return labeller

    def _read(self, given: Grid | Doubles, device: str) -> Labels:
        labeller = self._on(device)
        if given.ndim == 3:
            return labeller.label_grid(given.astype(np.bool_))
        return labeller.label_points(given.astype(np.float64))


def label_parts(x: Grid | Doubles, *, weights: str | Path | None = None, device: str | None = None) -> Labels:
    """Return the parts of a chair, uint8: 0 seat, 1 back, 2 leg or base, 3 arm.

    `x` are points `(n, 3)` float in the chair's frame, for labels `(n,)` in their order, or a grid
    `(32, 32, 32)` bool, for labels `(32, 32, 32)`, 255 where it is empty. The network stays in memory for the
    next call. Raises `InputError` (a `ValueError`) for another type or shape, or numbers that are not finite,
    and `VoxViewError` where no parts weights are installed.
    """
    if isinstance(x, np.ndarray) and x.ndim == 2:
        points = check_points(x)
        if not np.isfinite(points).all():
            raise InputError("label_parts takes finite numbers, but NaN or infinity came")
        if not len(points):
            return np.empty(0, np.uint8)
        return _reader(device, weights).read(points)
    if not isinstance(x, np.ndarray) or x.ndim != 3:
        raise InputError(f"label_parts takes float (n, 3) or bool (32, 32, 32), but {describe(x)} came")
    return _reader(device, weights).read(check_grid(x))


@lru_cache(maxsize=1)
def _reader(device: str | None, weights: str | Path | None) -> PartsReader:
    return PartsReader(device, weights)
