"""The orientation that a GPU finds, in one batch, is the CPU's."""

from __future__ import annotations

import time
from collections.abc import Generator

import numpy as np
import pytest

from voxview.engine.engine import Engine
from voxview.model.orientation import FoundOrientation
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.frame import Grid
from voxview.shapes.orient import Orientation, rotate_grid

pytestmark = pytest.mark.gpu
LYING = rotate_grid(sample_catalog()[5].read(), Orientation("x", 90).matrix)


def found_by(engine: Engine, grid: Grid) -> FoundOrientation:
    """Run a search to its end."""
    work: Generator[tuple[int, int], None, FoundOrientation] = engine.find_orientation(grid)
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: FoundOrientation = end.value
            return found


def test_both_devices_find_the_same_orientation() -> None:
    engine = Engine()
    on_gpu, on_cpu = found_by(engine, LYING), found_by(Engine(device="cpu"), LYING)
    assert on_gpu.best.orientation == on_cpu.best.orientation == Orientation("z", 270)
    assert np.isclose(on_gpu.best.unrefined, on_cpu.best.unrefined, atol=2e-3)
    start = time.perf_counter()
    found_by(engine, LYING)
    print(f"\na search takes {(time.perf_counter() - start) * 1e3:.0f} ms")
