"""A picture reader without a network: the picture's brightness says which sample chair is in it."""

from __future__ import annotations

import threading

import numpy as np
from looking import WAIT_MS

from voxview.engine.pictures import PictureResult
from voxview.errors import InputError
from voxview.pictures.network_input import NetworkInput
from voxview.pictures.view import View
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.chair import Chair

VIEW = View(35.0, 18.0)


def chair_for(picture: NetworkInput) -> Chair:
    """Return the sample chair that the reader sees in a picture."""
    return sample_catalog()[3 + int(picture.pixels.sum(dtype=np.int64)) % 50]


class FakeReader:
    """Notes what it was shown; with its gate closed it waits for it."""

    notice: str | None = None

    def __init__(self, *, unfamiliarity: float = 0.4, autoencoder: str = "study") -> None:
        self.seen: list[NetworkInput] = []
        self.gate = threading.Event()
        self.gate.set()
        self._unfamiliarity, self._autoencoder = unfamiliarity, autoencoder

    def read(self, picture: NetworkInput) -> PictureResult:
        """Return the chair; nothing where the picture is black."""
        self.seen.append(picture)
        assert self.gate.wait(WAIT_MS / 1e3), "the test never opened the gate"
        grid = chair_for(picture).read() & bool(picture.pixels.any())
        latent, field = np.zeros((8, 8), np.float32), grid.astype(np.float32)
        more = (self._unfamiliarity, self._autoencoder, "0" * 32, 0.01)
        return PictureResult(latent, field, grid, VIEW, *more)


def without_weights(_: object) -> FakeReader:
    """Fail as the real reader does where no picture weights are installed."""
    raise InputError("no picture weights are installed: run 'voxview train --network picture'")
