"""Marching cubes alone: our kernels against scikit-image, on the same decoded fields."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import LEVEL
from voxview.engine.engine import Engine
from voxview.errors import VoxViewError
from voxview.experiment.clock import Interruptible, Limits, time_on_host
from voxview.experiment.results import Measurement, StepResults
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.surface.extract import extract_surface
from voxview.surface.surface import Surface

SURFACES = (32, 64)
"""Voxels along an edge: the program's own, and twice that."""

_FIELDS = 8


def measure_surfaces(engine: Engine, size: int, kernels: bool, limits: Limits) -> Interruptible[StepResults]:
    """Time surfaces of blends of sample chairs, to arrays on the host; with `kernels`, by ours as well.

    For the GPU the field is there already, as it is after a decoder. Raises `VoxViewError` if the two differ.
    """
    fields = yield from _fields(engine, size)
    cycled = itertools.cycle(fields)
    oracle = yield from time_on_host(lambda: extract_surface(next(cycled), LEVEL), limits)
    measured = [
        Measurement("surfaces", size, "scikit-image", "total", oracle.median, oracle.p95, oracle.count)
    ]
    if kernels:
        import torch

        from voxview.engine.pipelines.graph import SurfaceGraph

        graph = SurfaceGraph(LEVEL, (size,) * 3)
        uploaded = [torch.from_numpy(field).cuda() for field in fields]
        for field, there in zip(fields, uploaded, strict=True):
            _require_same(graph.run(there).surface, extract_surface(field, LEVEL), size)
            yield
        on_gpu = itertools.cycle(uploaded)
        ours = yield from time_on_host(lambda: graph.run(next(on_gpu)), limits)
        measured.append(Measurement("surfaces", size, "cuda", "total", ours.median, ours.p95, ours.count))
    return StepResults(tuple(measured))


def _fields(engine: Engine, size: int) -> Interruptible[list[NDArray[np.float32]]]:
    """Return half-way blends of neighbouring sample chairs, interpolated to `size` voxels along an edge."""
    from scipy.ndimage import zoom

    pipeline = engine.pipelines["cpu"]
    grids = np.stack([chair.read() for chair in sample_catalog()[: _FIELDS + 1]])
    z = yield from engine.encode_in_steps(grids, "cpu")
    half_way = np.array([0.5], np.float32)
    fields = [pipeline.blend(a, b, half_way, "numpy")[0][0] for a, b in itertools.pairwise(z)]
    return [np.ascontiguousarray(zoom(field, size / len(field), order=1), np.float32) for field in fields]


def _require_same(got: Surface, expected: Surface, size: int) -> None:
    """Raise `VoxViewError` unless the vertices agree and there are as many triangles.

    The device's tests compare the triangles one by one.
    """
    same = got.faces.shape == expected.faces.shape and got.vertices.shape == expected.vertices.shape
    if same:
        mine, theirs = (s.vertices[np.lexsort(s.vertices.T)] for s in (got, expected))
        same = bool(np.abs(mine - theirs).max(initial=0) * size < 0.01)
    if not same:
        raise VoxViewError(
            f"the GPU's surface of {size}³ voxels is not scikit-image's: "
            "its times mean nothing; please report it with the output of 'voxview info'"
        )
