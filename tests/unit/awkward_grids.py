"""One grid as programs write it: what is read, what is said of it, what is refused. See `awkward_files`."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np

from voxview.shapes.io.binvox import SHAPENETVOX32_HEADER

GRID = np.zeros((32, 32, 32), bool)
GRID[6:26, 13:17, 6:26] = GRID[6:26, :, 22:26] = True
THEIRS = GRID[:, :, ::-1].transpose(2, 1, 0)
"""The same in ShapeNetVox32's axis order."""
OWN = GRID.transpose(0, 2, 1)
"""The same in that of the format."""
LIKE_THEIRS = b"#binvox 1\ndim 32 32 32\ntranslate 0.0 0.0 0.0\nscale 1.0\ndata\n"
PLACED = b"#binvox 1\ndim 32 32 32\ntranslate -0.5 -0.5 -0.5\nscale 1\ndata\n"


def distances() -> np.ndarray:
    """Signed distances in voxels, negative inside."""
    from scipy import ndimage

    return ndimage.distance_transform_edt(~GRID) - ndimage.distance_transform_edt(GRID)


def array_file(array: np.ndarray, suffix: str = ".npy", **more: np.ndarray) -> bytes:
    file = io.BytesIO()
    if suffix == ".npz":
        np.savez_compressed(file, **{"grid": array, **more})
    else:
        np.save(file, array)
    return file.getvalue()


def runs(cube: np.ndarray) -> bytes:
    """Run lengths of one voxel each."""
    return b"".join(bytes([value, 1]) for value in cube.ravel().astype(np.uint8).tolist())


def of_both(phrase: str, make: Callable[[], np.ndarray]) -> dict[str, Callable[[], bytes]]:
    """A case of both formats of arrays."""
    return {f"{phrase}{s}": (lambda s=s: array_file(make(), s)) for s in (".npy", ".npz")}


_SIGNS = "its values are on both sides of 0: read as "
_DISTANCES = _SIGNS + "signed distances, occupied where they are below 0"
_LOGITS = _SIGNS + "logits, occupied where they are above 0"
_ORDER = "its header does not say its axis order: read in that of "

SAME: dict[str, Callable[[], bytes]] = {
    **of_both("bool", lambda: GRID),
    **of_both("integers and floats of any size, occupied above 0.5", lambda: GRID.astype(">f2")),
    **of_both("in the order of Fortran", lambda: np.asfortranarray(GRID)),
    **of_both("a batch of one", lambda: GRID[None]),
    **of_both("a batch of one with a channel", lambda: GRID[None, None]),
    **of_both("one channel behind", lambda: GRID[..., None]),
    **of_both(
        "probabilities that interpolation took below 0",
        lambda: np.where(GRID, 0.9, 0.0) + np.random.default_rng(0).normal(0, 0.01, GRID.shape),
    ),
    "the array 'grid' beside others.npz": lambda: array_file(GRID, ".npz", parts=GRID.astype(np.uint8)),
    "its own axis order where the header says a place.binvox": lambda: PLACED + runs(OWN),
    "a byte after the data.binvox": lambda: PLACED + runs(OWN) + b"\n",
    "CRLF and comments in the header.binvox": lambda: (
        PLACED.replace(b"\n", b"\r\n").replace(b"dim", b"# by hand\r\ndim") + runs(OWN)
    ),
}

SAID: dict[str, tuple[Callable[[], bytes], str]] = {
    **{name: (make, _DISTANCES) for name, make in of_both("signed distances", distances).items()},
    **{name: (make, _LOGITS) for name, make in of_both("logits", lambda: np.where(GRID, 4.2, -7.0)).items()},
    "a header as in ShapeNetVox32.binvox": (
        lambda: SHAPENETVOX32_HEADER + runs(THEIRS),
        _ORDER + "ShapeNetVox32; '--axis-order binvox' reads it in that of binvox",
    ),
    "a header that says the same in other digits.binvox": (
        lambda: LIKE_THEIRS + runs(OWN),
        _ORDER + "binvox; '--axis-order shapenetvox32' reads it in that of ShapeNetVox32",
    ),
}

REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a batch of several.npy": (
        lambda: array_file(np.stack([GRID, GRID])),
        "a batch of 2 grids; save one of them",
    ),
    "no cube.npy": (
        lambda: array_file(GRID[:16]),
        "its shape is (16, 32, 32), and a grid is a cube (n, n, n)",
    ),
    "objects.npy": (
        lambda: array_file(np.array([{}])),
        "its values are object, and a grid is bool, integers or floats",
    ),
    "NaN.npy": (lambda: array_file(np.full((4, 4, 4), np.nan)), "some of its values are not numbers (NaN)"),
    "cut off.npy": (lambda: array_file(GRID)[:-9], "it ends after 32,759 of 32,768 bytes"),
    "several arrays of other names.npz": (
        lambda: array_file(GRID, ".npz", a=GRID).replace(b"grid.npy", b"some.npy"),
        "holds 2 arrays: name the one to read 'grid'",
    ),
    "no zip archive.npz": (lambda: b"PK\3\4", "it is not a zip archive, or a damaged one"),
    "too few voxels.binvox": (
        lambda: PLACED + runs(OWN)[:-2],
        "it holds too few voxels, 32,767 and not 32,768",
    ),
    "no cube.binvox": (
        lambda: PLACED.replace(b"32 32 32", b"32 32 16") + runs(OWN),
        "its grid is 32×32×16, not a cube; voxelise into a cube",
    ),
    "too large.binvox": (
        lambda: PLACED.replace(b"32 32 32", b"999 999 999"),
        "its header claims 999³ voxels, and 1³ to 512³ are read",
    ),
}
