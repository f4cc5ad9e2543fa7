"""What must be quick, by the clock: `make benchmarks` on an otherwise idle machine.

The times are generous, to show a change of order and no noise. `make test` does not run these: beside other
work a clock says nothing. The window's times are in `test_window_times.py`; `voxview bench` has the rest.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from voxview.errors import InputError
from voxview.experiment.clock import Limits, collect_samples
from voxview.shapes.catalogs.open import open_catalog
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.io.binvox import read_binvox
from voxview.shapes.io.mesh import read_mesh
from voxview.shapes.voxelizing.voxelize import voxelize


def seconds(work: Callable[[], object], runs: int = 3) -> float:
    """Return the shortest of some runs: what the work takes where nothing else interferes."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def test_reading_a_real_chair_takes_well_under_a_millisecond(real_data: Path) -> None:
    path = next((real_data / "ShapeNetVox32" / "03001627").iterdir()) / "model.binvox"
    assert seconds(lambda: read_binvox(path), runs=50) < 1e-3


def test_listing_6778_chairs_takes_under_a_second(tmp_path: Path, real_data: Path) -> None:
    synset = tmp_path / "03001627"
    for number in range(6778):
        (synset / f"{number:032x}").mkdir(parents=True)
    real = next((real_data / "ShapeNetVox32" / "03001627").iterdir()) / "model.binvox"
    (synset / f"{0:032x}" / "model.binvox").write_bytes(real.read_bytes())
    assert len(open_catalog(tmp_path)) == 6778
    assert seconds(lambda: open_catalog(tmp_path), runs=1) < 1


def test_listing_the_samples_takes_a_quarter_of_a_second() -> None:
    def list_samples() -> None:
        sample_catalog.cache_clear()
        assert all(chair.id and chair.name for chair in sample_catalog())

    assert seconds(list_samples) < 0.25


def test_voxelizing_a_chair_of_shapenet_takes_under_three_seconds(real_data: Path) -> None:
    # Measured: 7 to 170 ms.
    for file in sorted((real_data / "ShapeNetCore.v2" / "03001627").glob("*/models/model_normalized.obj")):
        mesh = read_mesh(file)
        assert seconds(lambda mesh=mesh: voxelize(*mesh), runs=1) < 3, file


def test_many_large_triangles_take_seconds_and_more_of_them_are_refused_as_quickly() -> None:
    rng = np.random.default_rng(0)
    vertices = rng.random((60_000, 3))
    assert seconds(lambda: voxelize(vertices, np.arange(24_000).reshape(-1, 3)), runs=1) < 3

    def refuse() -> None:
        with pytest.raises(InputError, match="simplify it first"):
            voxelize(vertices, rng.integers(0, 60_000, (200_000, 3)))

    assert seconds(refuse, runs=1) < 3


def test_a_budget_of_a_tenth_of_a_second_ends_a_measurement_within_one() -> None:
    def ten_milliseconds() -> float:
        time.sleep(0.01)
        return 10.0

    def measure() -> None:
        samples = collect_samples(ten_milliseconds, Limits(seconds=0.1))
        while True:
            try:
                next(samples)
            except StopIteration:
                return

    assert seconds(measure, runs=1) < 1
