"""The slice of a chair in one place of the 3D view: the plane is shown, what lies before it is cut away.

Handles VTK's objects and imports none, as `subject.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from voxview.gui import theme
from voxview.gui.blend.drawing import Drawn
from voxview.gui.blend.slice_plane import Plane, place_of, slice_plane
from voxview.gui.blend.subject import Make, Subject, colour_by, set_colour
from voxview.gui.session.camera import Camera
from voxview.gui.session.look import AXES, Look

_COLOUR = "colour of its value"
_LINE_WIDTH = 2


class Slicing:
    """Plane, lines and cut of one chair; made when they are first wanted."""

    def __init__(self, renderer: Any, make: Make, cut: Any) -> None:
        self._renderer, self._make, self._cut = renderer, make, cut
        self._actors: tuple[Any, ...] = ()
        self._plane: Any = None
        self._lines: Any = None
        self._values: Plane | None = None
        self._ends: np.ndarray | None = None
        self._shown: tuple[object, ...] | None = None
        """What the plane was made of, and how."""

    def show(self, subject: Subject, look: Look, camera: Camera) -> bool:
        """Show the slice that the look has; return whether anything changed."""
        chair = subject.drawn
        wanted = None
        if look.slice and chair is not None:
            axis = AXES.index(look.slice_axis)
            towards = 1 if camera.direction[axis] >= 0 else -1
            wanted = (chair, axis, look.slice_layer, towards, subject.actors)
        before, self._shown = self._shown, wanted
        if wanted == before:
            return False
        if wanted is None:
            self._hide(subject)
        elif chair is not None:
            self._put(chair, axis, look.slice_layer, towards)
            for actor in subject.actors:
                actor.GetMapper().RemoveAllClippingPlanes()
                actor.GetMapper().AddClippingPlane(self._cut)
        return True

    def _hide(self, subject: Subject) -> None:
        for actor in self._actors:
            actor.SetVisibility(False)
        for actor in subject.actors:
            actor.GetMapper().RemoveAllClippingPlanes()

    def _put(self, chair: Drawn, axis: int, layer: int, towards: int) -> None:
        if not self._actors:
            self._add()
        plane = self._values = slice_plane(chair.voxels, axis, layer, towards)  # VTK shares its arrays
        fresh = self._make.mesh(plane.vertices, plane.faces)
        if len(plane.faces):
            fresh.GetCellData().AddArray(self._make.array(plane.colours, name=_COLOUR))
        self._plane.ShallowCopy(fresh)
        ends = self._ends = np.arange(len(plane.line_vertices), dtype=np.int32).reshape(-1, 2)
        self._lines.ShallowCopy(self._make.mesh(plane.line_vertices, ends))
        for actor in self._actors:
            actor.SetVisibility(True)
        origin, normal = [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]
        origin[axis], normal[axis] = place_of(layer, chair.voxels.shape[axis]), -towards
        self._cut.SetOrigin(*origin)
        self._cut.SetNormal(*normal)

    def _add(self) -> None:
        nothing = np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32)
        self._plane, self._lines = self._make.mesh(*nothing), self._make.mesh(*nothing)
        plane, lines = self._make.actor(self._plane), self._make.actor(self._lines)
        colour_by(plane, _COLOUR)
        set_colour(lines, theme.LEVEL_LINE)
        lines.GetProperty().SetLineWidth(_LINE_WIDTH)
        self._actors = plane, lines
        for actor in self._actors:
            actor.GetProperty().LightingOff()
            self._renderer.AddActor(actor)
