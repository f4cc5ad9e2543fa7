"""Labels of the parts of grids: made on the engine's thread, known on both threads once they are there."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from voxview.engine.request import Device
from voxview.gui.session.at_rest import Check

if TYPE_CHECKING:
    from voxview.engine.engine import Engine
    from voxview.shapes.frame import Field, Grid
    from voxview.shapes.parts import Labels

_KEPT = 256
"""Labelled grids in memory, 32 KiB each."""


class Labeller(Protocol):
    """What labels a grid."""

    notice: str | None
    """What a person should know: that the GPU failed, and the CPU answered."""

    def read(self, grid: Grid, /) -> Labels:
        """Return the part of each voxel."""


Load = Callable[[Device, Check], Labeller]
"""Makes a labeller for a device; it calls the check between its layers."""


class Labelling:
    """Labels grids by the network that is loaded with the first one, each grid once."""

    def __init__(self, load: Load | None = None) -> None:
        """Load the labeller by `load` when it is needed; None: the program's own."""
        self._load = load
        self._labeller: Labeller | None = None
        self._known: dict[bytes, Labels] = {}
        self._check: Check = _never

    def require(self) -> None:
        """Raise `VoxViewError` where there are no parts weights. Needs no engine."""
        if self._load is None:
            from voxview.model.points_card import find_parts_weights

            find_parts_weights(_chosen_weights())

    def known(self, voxels: Grid | Field) -> Labels | None:
        """Return the labels of voxels that were labelled; None for others."""
        return self._known.get(_key(voxels))

    def label(self, engine: Engine, voxels: Grid | Field, check: Check | None = None) -> Labels:
        """Return the labels of voxels; called on the engine's thread alone.

        What `check` raises ends it. Raises `VoxViewError` where there are no weights.
        """
        from voxview.conventions import LEVEL

        key = _key(voxels)
        if key not in self._known:
            self._check = check or _never
            self._check()
            if self._labeller is None:
                load = self._load or _load_reader
                self._labeller = load(engine.devices[-1], lambda: self._check())
            labels = self._labeller.read(voxels > LEVEL)
            self._known[key] = labels
            if len(self._known) > _KEPT:
                del self._known[next(iter(self._known))]
        return self._known[key]

    @property
    def notice(self) -> str:
        """What a person should know of how labels are made; nothing, mostly."""
        return (self._labeller.notice or "") if self._labeller is not None else ""


def _never() -> None:
    """Call nothing off."""


def _key(voxels: Grid | Field) -> bytes:
    import numpy as np

    from voxview.conventions import LEVEL

    return np.packbits(voxels > LEVEL).tobytes()


def _chosen_weights() -> str | None:
    """Return the parts weights that the environment names; None: the shipped ones."""
    return os.environ.get("VOXVIEW_PARTS_WEIGHTS") or None


def _load_reader(device: Device, check: Check) -> Labeller:
    from voxview.engine.parts import PartsReader

    return PartsReader(device, _chosen_weights(), check)
