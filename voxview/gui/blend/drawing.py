"""What is drawn of a shape: its surface or its voxels as cubes, without hidden parts, and how light it is."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from voxview.gui.blend.part_colours import Colours, colours_of_labels, seen_labels, seen_voxels
from voxview.gui.blend.subplots import Shape
from voxview.shapes.frame import Field, Floats, Grid
from voxview.surface.cubes import cubes_of
from voxview.surface.extract import extract_surface
from voxview.surface.occlusion import openness
from voxview.surface.parts import parts_of_faces, with_nearest
from voxview.surface.surface import Surface

_kept: WeakKeyDictionary[Surface, Drawn] = WeakKeyDictionary()
"""What was drawn of whole surfaces that are still there, as those of the slider's positions are: their light
takes a tenth of what the GUI thread does for a picture.
"""


@dataclass(frozen=True, eq=False)
class Drawn:
    """Triangles or squares as VTK gets them."""

    vertices: Floats
    """`float32 (n, 3)`."""
    faces: NDArray[np.int32]
    """`int32 (m, 3)` or `(m, 4)`."""
    normals: Floats | None
    openness: Floats | None
    """The share of light from all around that reaches each vertex, `float32 (n,)`."""
    colours: Colours | None
    """Of each face, where its parts are shown."""
    voxels: Grid | Field
    """What it was made of, without hidden parts."""

    @property
    def bottom(self) -> float:
        """The height of its lowest point; that of the cube where there is nothing."""
        return float(self.vertices[:, 1].min()) if len(self.vertices) else -0.5


def drawn(shape: Shape, kind: str = "surface") -> Drawn:
    """Return what is to be seen of a shape: its "surface", or its "voxels" as cubes."""
    voxels = seen_voxels(shape.voxels, shape.parts)
    return _cubes(shape, voxels) if kind == "voxels" else _surface(shape, voxels)


def _surface(shape: Shape, voxels: Grid | Field) -> Drawn:
    surface, parts, colours = shape.surface, shape.parts, None
    if surface is None or voxels is not shape.voxels:
        surface = extract_surface(voxels, resolution=shape.resolution)
    if parts is not None:
        colours = colours_of_labels(parts_of_faces(surface, seen_labels(parts)))
    elif (kept := _kept.get(surface)) is not None and kept.voxels is voxels:
        return kept
    light = _openness(voxels, surface.vertices, surface.normals)
    made = Drawn(surface.vertices, surface.faces, surface.normals, light, colours, voxels)
    if parts is None:
        _kept[surface] = made
    return made


def _cubes(shape: Shape, voxels: Grid | Field) -> Drawn:
    cubes, colours = cubes_of(voxels), None
    if shape.parts is not None:
        labels = with_nearest(seen_labels(shape.parts))
        colours = colours_of_labels(labels[tuple(cubes.voxels.T)])
    light = _openness(voxels, cubes.vertices, cubes.normals)
    return Drawn(cubes.vertices, cubes.faces, cubes.normals, light, colours, voxels)


def _openness(voxels: Grid | Field, vertices: Floats, normals: Floats | None) -> Floats | None:
    return openness(voxels, vertices, normals) if normals is not None and len(vertices) else None
