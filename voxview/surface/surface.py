"""The surface type: triangles in the chair's frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import RESOLUTION
from voxview.errors import InputError
from voxview.shapes.frame import Floats, describe


@dataclass(frozen=True, eq=False)
class Surface:
    """Triangles in the chair's frame: x right, y up, the front towards −z, the cube [−0.5, 0.5]³.

    Construction raises `InputError` for arrays of another type or shape, and for faces with indices out of
    range.
    """

    vertices: Floats
    """`float32 (n, 3)`, x, y, z."""
    faces: NDArray[np.int32]
    """`int32 (m, 3)`, indices into `vertices`, counter-clockwise seen from outside."""
    normals: Floats | None = None
    """`float32 (n, 3)`, unit length, outward, one for each vertex; None if unknown."""
    resolution: int = RESOLUTION
    """Samples along each edge of the cube; above 32 they were interpolated between voxels."""

    def __post_init__(self) -> None:
        _check("a surface's vertices are", self.vertices, np.float32)
        _check("a surface's faces are", self.faces, np.int32)
        if self.normals is not None:
            _check("a surface's normals are", self.normals, np.float32, len(self.vertices))
        if self.faces.size and not (self.faces.min() >= 0 and self.faces.max() < len(self.vertices)):
            raise InputError(f"a face names a vertex outside the surface's {len(self.vertices)} vertices")

    @property
    def is_empty(self) -> bool:
        """Whether there is not a single triangle."""
        return len(self.faces) == 0

    @property
    def volume(self) -> float:
        """The enclosed volume, in cubes of side 1; positive for a closed surface with outward faces."""
        a, b, c = (self.vertices[self.faces[:, corner]].astype(np.float64) for corner in range(3))
        return float(np.einsum("ij,ij->", a, np.cross(b, c))) / 6.0


def _check(what: str, array: object, dtype: type, rows: int | None = None) -> None:
    fits = (
        isinstance(array, np.ndarray)
        and array.dtype == dtype
        and array.ndim == 2
        and array.shape[1] == 3
        and (rows is None or len(array) == rows)
    )
    if not fits:
        n = "n" if rows is None else rows
        raise InputError(f"{what} {np.dtype(dtype).name} ({n}, 3), but {describe(array)} came")
