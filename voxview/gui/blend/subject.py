"""A chair in one place of the 3D view, with its floor and edges. Handles VTK's objects and imports none:
`scene.py` makes those that PyVista's plotter does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from PySide6.QtGui import QColor

from voxview.gui import theme
from voxview.gui.blend.drawing import Drawn
from voxview.gui.blend.floor import Floor


class Make(NamedTuple):
    """What makes objects of VTK's."""

    mesh: Callable[[np.ndarray, np.ndarray], Any]
    """From vertices `(n, 3)` and faces `(m, k)`, or ends of lines `(m, 2)`, to a mesh of PyVista's."""
    actor: Callable[[Any], Any]
    """From a mesh to an actor that draws it."""
    array: Callable[..., Any]
    """From an array of NumPy's and a `name` to one of VTK's that shares its memory.

    PyVista's own attributes take two milliseconds of a picture.
    """


COLOURS = "colour of its part"
_OPENNESS = "openness"
_AMBIENT, _DIFFUSE, _SPECULAR, _SPECULAR_POWER = 0.30, 0.86, 0.14, 22
"""How a chair reflects light."""
_FLOOR_COLOURS = "colour of the floor"
_EDGES_OPACITY = 0.35
# VTK's shaders with one more number of each vertex, its openness: all light but the highlight is less by it.
_OF_VERTICES = (
    ("//VTK::Color::Dec", "in float opennessMC;\nout float opennessVS;\n//VTK::Color::Dec"),
    ("//VTK::Color::Impl", "opennessVS = opennessMC;\n//VTK::Color::Impl"),
)
_OF_PIXELS = (
    ("//VTK::Color::Dec", "in float opennessVS;\n//VTK::Color::Dec"),
    ("//VTK::Color::Impl", "//VTK::Color::Impl\nambientColor *= opennessVS;\ndiffuseColor *= opennessVS;"),
)


class Subject:
    """A chair and the floor below it."""

    def __init__(self, renderer: Any, make: Make, disc: Any) -> None:
        self._renderer, self._make = renderer, make
        self._floor = disc
        self._ground = np.array(disc.points, np.float32)
        self._shadow = Floor(self._ground)
        self._floor_colours = np.zeros(self._ground.shape, np.uint8)
        disc.GetPoints().SetData(make.array(self._ground, name="Points"))
        disc.GetPointData().AddArray(make.array(self._floor_colours, name=_FLOOR_COLOURS))
        self._light: np.ndarray | None = None
        self._edges: Any = None
        self.drawn: Drawn | None = None
        """What was shown last."""
        self.mesh = make.mesh(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32))
        self.actor = self._add_chair()
        self._put_floor()
        floor = make.actor(disc)
        colour_by(floor, _FLOOR_COLOURS, of_points=True)
        floor.GetProperty().LightingOff()
        floor.GetProperty().BackfaceCullingOn()
        renderer.AddActor(floor)

    @property
    def actors(self) -> tuple[Any, ...]:
        """What is drawn of the chair: its faces, and its edges once they were wanted."""
        return (self.actor,) if self._edges is None else (self.actor, self._edges)

    def show(self, chair: Drawn, fresh: Any) -> None:
        """Show another shape, `fresh` being the mesh of its faces; an empty one leaves the place empty."""
        self.drawn = chair  # VTK shares its arrays
        if len(chair.vertices):
            if chair.normals is not None:
                fresh.GetPointData().SetNormals(self._make.array(chair.normals, name="Normals"))
            self._light = (
                np.ones(len(chair.vertices), np.float32) if chair.openness is None else chair.openness
            )
            fresh.GetPointData().AddArray(self._make.array(self._light, name=_OPENNESS))
            if chair.colours is not None:
                fresh.GetCellData().AddArray(self._make.array(chair.colours, name=COLOURS))
        self.actor.GetMapper().SetScalarVisibility(chair.colours is not None)
        # The mapper keeps its input: only the arrays change, so nothing is added to or taken from the scene.
        self.mesh.ShallowCopy(fresh)
        self._put_floor()

    def tint(self, colour: QColor) -> None:
        """Set the chair's colour."""
        set_colour(self.actor, colour)

    def show_edges(self, on: bool) -> None:
        """Draw the edges of the faces, or none.

        As wires of the same mesh: the edges that VTK draws with faces bypass the shader of the light.
        """
        if on and self._edges is None:
            self._edges = self._make.actor(self.mesh)
            self._edges.GetMapper().SetScalarVisibility(False)
            how = self._edges.GetProperty()
            how.SetRepresentationToWireframe()
            how.LightingOff()
            set_colour(self._edges, theme.INK)
            how.SetOpacity(_EDGES_OPACITY)
            self._renderer.AddActor(self._edges)
        if self._edges is not None:
            self._edges.SetVisibility(on)

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self._put_floor()

    # ---- inside ---------------------------------------------------------------------------------

    def _add_chair(self) -> Any:
        actor = self._make.actor(self.mesh)
        reflect_light(actor)
        colour_by(actor, COLOURS)
        mapper = actor.GetMapper()
        mapper.SetScalarVisibility(False)
        mapper.MapDataArrayToVertexAttribute("opennessMC", _OPENNESS, 0, -1)  # 0: one of each point
        shader = actor.GetShaderProperty()
        for mark, code in _OF_VERTICES:
            shader.AddVertexShaderReplacement(mark, True, code, False)
        for mark, code in _OF_PIXELS:
            shader.AddFragmentShaderReplacement(mark, True, code, False)
        self._renderer.AddActor(actor)
        return actor

    def _put_floor(self) -> None:
        """Put the disc below the chair, with its shadow."""
        chair = self.drawn
        self._floor_colours[:] = self._shadow.colours(chair)
        # Below the legs by less than one sees, so that nothing flickers.
        self._ground[:, 1] = (-0.5 if chair is None else chair.bottom) - 0.004
        self._floor.GetPoints().Modified()
        self._floor.GetPoints().GetData().Modified()
        self._floor.GetPointData().GetArray(_FLOOR_COLOURS).Modified()
        self._floor.Modified()


def array_of(kinds: Mapping[str, Callable[[], Any]], values: np.ndarray, name: str = "") -> Any:
    """Return an array of VTK's, of the kind for the type of `values`, that shares and keeps their memory.

    In a tenth of the time that PyVista takes for it.
    """
    array = kinds[values.dtype.name]()
    values = np.ascontiguousarray(values)
    array.SetNumberOfComponents(values.shape[1] if values.ndim > 1 else 1)
    array.SetVoidArray(values, values.size, 1)
    array.GetBuffer()._numpy_reference = values
    array.SetName(name)
    return array


def set_colour(actor: Any, colour: QColor) -> None:
    """Let it have one colour, where it takes none from an array."""
    actor.GetProperty().SetColor(*colour.getRgbF()[:3])  # type: ignore[index]


def reflect_light(actor: Any) -> None:
    """Let it look like painted wood: matt, with a soft highlight."""
    how = actor.GetProperty()
    how.SetInterpolationToGouraud()
    how.SetAmbient(_AMBIENT)
    how.SetDiffuse(_DIFFUSE)
    how.SetSpecular(_SPECULAR)
    how.SetSpecularPower(_SPECULAR_POWER)


def colour_by(actor: Any, array: str, *, of_points: bool = False) -> None:
    """Let it take its colours, `uint8 (n, 3)`, from an array of its faces or points."""
    mapper = actor.GetMapper()
    if of_points:
        mapper.SetScalarModeToUsePointFieldData()
    else:
        mapper.SetScalarModeToUseCellFieldData()
    mapper.SelectColorArray(array)
    mapper.SetColorModeToDirectScalars()
    mapper.SetScalarVisibility(True)
