"""Pictures of one shape from any camera and of any size, drawn some rows at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import RESOLUTION
from voxview.errors import InputError
from voxview.shapes.frame import Field, Floats, Grid
from voxview.surface.camera import DEFAULT_CAMERA, Camera
from voxview.surface.extract import check_field, extract_surface
from voxview.surface.light import floor_shadow, shade_vertices, smooth_occupancy
from voxview.surface.picture import AMBER, Color, Image, at_vertices, composite
from voxview.surface.raster import rasterize
from voxview.surface.surface import Surface

LARGEST = 8192
"""Pixels along an edge."""

_SAMPLES = 2
"""Along each side of a pixel: smooth edges."""
_ROWS_AT_ONCE = 1 << 17
"""Pixels in a band of rows: 50 to 100 ms, after which who draws may do something else."""
_KEY_LIGHT = np.array([-0.55, 0.75, 0.6]) / np.linalg.norm([-0.55, 0.75, 0.6])
"""Towards the light, along the camera's axes."""


def check_picture_size(size: tuple[int, int]) -> tuple[int, int]:
    """Return width and height in pixels; raise `InputError` where such a picture cannot be drawn."""
    width, height = (int(length) for length in size)
    if min(width, height) < 16 or max(width, height) > LARGEST:
        raise InputError(
            f"a picture is 16 to {LARGEST} pixels wide and high, but {width}×{height} was requested"
        )
    return width, height


class Still:
    """One shape, lit and seen from a camera; its rows are drawn when they are wanted."""

    def __init__(
        self,
        shape: Grid | Field,
        size: tuple[int, int],
        *,
        camera: Camera = DEFAULT_CAMERA,
        color: Color | NDArray[np.uint8] = AMBER,
        background: Color | None = None,
        surface: Surface | None = None,
        surface_resolution: int = RESOLUTION,
    ) -> None:
        """Prepare a picture of a grid or a field, of `size` (width, height) in pixels.

        `color` and `background` are as in `render_chair`; `surface` is the shape's own if there is one.
        """
        check_field(shape)
        self.width, self.height = check_picture_size(size)
        self._background = background
        field = smooth_occupancy(shape) if shape.dtype == np.bool_ else shape.astype(np.float32)
        self._surface = (
            surface if surface is not None else extract_surface(field, resolution=surface_resolution)
        )
        self._projection = camera.upon(self.width, self.height)
        fine = camera.upon(self.width * _SAMPLES, self.height * _SAMPLES)
        self._points = fine.pixels(self._surface.vertices)
        self._colors = np.zeros((0, 3), np.float32)
        if not self._surface.is_empty:
            key = camera.axes.T @ _KEY_LIGHT
            self._colors = shade_vertices(self._surface, field, at_vertices(color, self._surface), key)
        rows = self._points[:, 1][self._surface.faces]
        self._highest, self._lowest = rows.min(axis=1, initial=np.inf), rows.max(axis=1, initial=-np.inf)
        self._floor = float(self._surface.vertices[:, 1].min(initial=0.5))
        self._dark, self._margin = floor_shadow(field)
        self._cells = field.shape

    def bands(self) -> Iterator[Image]:
        """Yield the picture from top to bottom, `uint8 (rows, width, 4)` at a time."""
        step = max(1, _ROWS_AT_ONCE // self.width)
        for first in range(0, self.height, step):
            yield self.rows(first, min(step, self.height - first))

    def whole(self) -> Image:
        """Return the picture, `uint8 (height, width, 4)`."""
        return np.concatenate(list(self.bands()))

    def rows(self, first: int, count: int) -> Image:
        """Return some rows of the picture, `uint8 (count, width, 4)`."""
        return composite(self._light(first, count), self._shadow(first, count), self._background)

    def _light(self, first: int, count: int) -> Floats:
        """Return the chair's light and coverage of some rows, `(count, width, 4)`."""
        top, wide, high = first * _SAMPLES, self.width * _SAMPLES, count * _SAMPLES
        fine = np.zeros((high * wide, 4), np.float32)
        faces = self._surface.faces[(self._lowest >= top) & (self._highest <= top + high)]
        if len(faces):
            fragments = rasterize(self._points - [0, top, 0], faces, wide, high)
            fine[fragments.pixels, :3] = fragments.interpolate(self._colors, faces)
            fine[fragments.pixels, 3] = 1
        samples = fine.reshape(count, 2, self.width, 2, 4)  # summed by hand: a fifth of `mean`'s time
        total = (samples[:, 0, :, 0] + samples[:, 0, :, 1]) + (samples[:, 1, :, 0] + samples[:, 1, :, 1])
        return np.asarray(total * np.float32(0.25))

    def _shadow(self, first: int, count: int) -> Floats:
        """Return the floor's darkness in some rows, `(count, width)` in [0, 1]: nothing seen from below."""
        from scipy.ndimage import map_coordinates

        start, ways = self._projection.rays(first, count)
        falls = -ways[..., 1]
        above = start[..., 1] - self._floor
        hit = (falls > 0.03) & (above > 0)
        steps = np.where(hit, above / np.where(hit, falls, 1), 0)
        x, z = (start[..., axis] + steps * ways[..., axis] for axis in (0, 2))
        index = [(x + 0.5) * self._cells[0], (z + 0.5) * self._cells[2]]
        index = [axis + self._margin - 0.5 for axis in index]
        dark = 0.45 * map_coordinates(self._dark, index, order=1, mode="constant")
        return np.asarray(np.where(hit, dark, 0), np.float32)
