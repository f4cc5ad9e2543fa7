"""`kernels/cell.cuh` cuts every cell as scikit-image does: compiled for the host, so that no GPU is needed.

Needs a C++ compiler.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess

import numpy as np
import pytest
from numpy.typing import NDArray

from voxview.resources import kernels_folder
from voxview.surface.tilings import tables

COMPILER = shutil.which("g++") or shutil.which("clang++")
TIE = 1e-4  # as in surface/extract.py and kernels/marching_cubes.cu
CORNERS = np.array([(b >> 2 & 1, b >> 1 & 1, b & 1) for b in range(8)], float)  # by their numbers in cell.cuh
EDGE_STARTS = (0, 1, 3, 2, 4, 5, 7, 6, 0, 1, 3, 2)
CHECKERED = (-1.0) ** np.indices((2, 2, 2)).sum(0)

HOST = r"""
#define __device__
#define __forceinline__ inline
#include "cell.cuh"
extern "C" void tilings(const double* v, int n, const short* cases, const short* variants,
                        const signed char* triangles, int* found) {
    for (int i = 0; i < n; ++i) {
        const Tiling tiling = tiling_of(v + 8 * i, {cases, variants, triangles});
        found[2 * i] = tiling.start;
        found[2 * i + 1] = tiling.count;
    }
}
"""

pytestmark = pytest.mark.skipif(COMPILER is None, reason="no C++ compiler is on the PATH")


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    folder = tmp_path_factory.mktemp("cell")
    (folder / "host.cpp").write_text(HOST)
    made = folder / "host.so"
    # No fused multiply-adds, as for the device: ties have to fall as in scikit-image.
    options = ("-std=c++17", "-O1", "-ffp-contract=off", "-shared", "-fPIC", f"-I{kernels_folder()}")
    subprocess.run([str(COMPILER), *options, "-o", str(made), str(folder / "host.cpp")], check=True)
    return ctypes.CDLL(str(made))


def tilings(host: ctypes.CDLL, cells: NDArray[np.float32]) -> NDArray[np.int32]:
    """Start and number of the triangles of each of n cells `(n, 2, 2, 2)`."""
    values = np.ascontiguousarray(cells.reshape(-1, 8).astype(np.float64) + TIE)
    found, table = np.zeros((len(cells), 2), np.int32), tables()
    arrays = (values, table.cases, table.variants, table.triangles, found)
    pointers = [array.ctypes.data_as(ctypes.c_void_p) for array in arrays]
    host.tilings(pointers[0], len(cells), *pointers[1:])
    return found


def place(edge: int, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where a vertex on an edge lies, or that in the centre: corners weigh more the nearer they are to 0."""
    if edge == 12:
        corners = list(range(8))
    else:
        axis = 4 if edge >= 8 else 1 if edge % 2 == 0 else 2
        corners = [EDGE_STARTS[edge], EDGE_STARTS[edge] ^ axis]
    weights = 1 / np.abs(values[corners])
    return weights @ CORNERS[corners] / weights.sum()


def random_cells(kind: str, count: int) -> NDArray[np.float32]:
    rng = np.random.default_rng(len(kind))
    noise = rng.standard_normal((count, 2, 2, 2))
    if kind == "noise":
        return noise.astype(np.float32)
    if kind == "voxels":  # every ambiguous side is a draw, but for the tie
        return (np.sign(noise) / 2).astype(np.float32)
    if kind == "few values":
        return (np.round(2 * noise) / 2 + 0.25).astype(np.float32)
    flipped = np.where(rng.random((count, 2, 2, 2)) < 0.15, -1, 1)  # most corners unlike their neighbours
    return (np.abs(noise) * CHECKERED * flipped).astype(np.float32)


@pytest.mark.parametrize("kind", ["noise", "voxels", "few values", "checkered"])
def test_a_cell_has_scikit_images_triangles(host: ctypes.CDLL, kind: str) -> None:
    from skimage.measure import marching_cubes

    cells = random_cells(kind, 1_000)
    triangles = tables().triangles
    counts = set()
    for cell, (start, count) in zip(cells, tilings(host, cells), strict=True):
        values = cell.ravel().astype(np.float64) + TIE
        edges = triangles[start : start + 3 * count]
        got = np.array([place(int(edge), values) for edge in edges]).reshape(-1, 3, 3)
        if np.all(values > 0) or np.all(values <= 0):
            assert count == 0
            continue
        vertices, faces, _, _ = marching_cubes(cell, level=-TIE, gradient_direction="ascent")
        assert got.shape == vertices[faces].shape
        np.testing.assert_allclose(got, vertices[faces], atol=1e-5)
        counts.add(int(count))
    if kind == "checkered":
        assert {8, 9, 10, 12} <= counts, "the hard cases did not come up"


def test_the_tables_name_sides_edges_and_triangles_that_there_are() -> None:
    table = tables()
    sides = table.cases[:, 2:]
    assert sides.min() >= -6 and sides.max() <= 6
    assert table.triangles.min() >= 0 and table.triangles.max() == 12
    ends = table.variants[:, [0, 4]] + 3 * table.variants[:, [1, 5]]
    assert ends.max() == len(table.triangles) <= 65_535  # starts are 16-bit in the kernel
    assert table.variants[:, [1, 5]].max() <= 12  # the room that a surface's buffers have for a cell
