"""The 3D view: A, the blend and B side by side. The only file that imports VTK, PyVista and pyvistaqt.

One `QtInteractor` with three subplots, because closing one of several freezes the others. Shapes are
updated in place and drawn by `update()`: `render()` would draw twice.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyvista as pv
from PySide6.QtCore import Qt, QThread, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from pyvistaqt import QtInteractor
from vtkmodules.vtkCommonCore import vtkLogger
from vtkmodules.vtkRenderingCore import vtkCamera

from voxview.errors import VoxViewError
from voxview.gui import theme
from voxview.gui.blend import camera
from voxview.gui.blend.floor import FLOOR_RADIUS, floor_colours
from voxview.gui.blend.part_colours import Colours, drawn
from voxview.gui.blend.subplots import BLEND, A, B, Shape, pixels_of
from voxview.surface.surface import Surface

# Where OpenGL comes by EGL and not by GLX, VTK warns of colour sizes that it does not need.
vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_ERROR)

_STILL_AFTER_MS = 160
"""When nothing has moved for so long, the picture is drawn once more with smooth edges."""
_STILL_SAMPLES = 8
_COLOURS = "colour of its part"
_MEASURED_EVERY = 8
"""Waiting for the device costs a third of a picture (measured, software rendering), so not each time."""
_SOFTWARE = ("llvmpipe", "softpipe", "swrast", "software", "swr")


class Scene(QtInteractor):
    """OpenGL widget with three chairs that turn together."""

    rendered = Signal(float)
    """The milliseconds that a picture took to draw, the device's part included; of every eighth one."""

    def __init__(self, parent: QWidget) -> None:
        _assert_gui_thread()
        super().__init__(
            parent, shape=(1, 3), border=False, lighting="none", auto_update=False, multi_samples=0
        )
        # The main window takes drops: the interactor would read any file into the scene by itself.
        self.setAcceptDrops(False)
        self._drop_vtk_keys()
        self.setMinimumSize(240, 96)
        self.setFocusPolicy(
            Qt.FocusPolicy.ClickFocus
        )  # no key is for it: Tab would stop at nothing to be seen
        self.setAccessibleName("Chair A, the blend and chair B")
        self._meshes = [pv.PolyData() for _ in range(3)]
        self._floors = [pv.PolyData() for _ in range(3)]
        self._held: list[Surface | None] = [None, None, None]
        self._actors = [self._add_chair(place) for place in range(3)]
        self._light()
        self._linked = True
        self._moving_samples = 0
        self._still = QTimer(self, singleShot=True, interval=_STILL_AFTER_MS)
        self._still.timeout.connect(self._draw_still)
        self._drawing_still = False
        self._pictures = 0
        self._changed: set[int] = set()
        self._drawn_as: object = None
        self.gl_renderer = ""
        """What draws, in OpenGL's own words; known after the first picture."""
        self.set_linked(True)
        self.reset_view()
        self.apply_theme()

    # ---- what is shown --------------------------------------------------------------------------

    def put(self, shapes: Mapping[int, Shape], then: Callable[[], None]) -> None:
        """Show shapes in their places with the next picture, and call `then`: what is said of them."""
        for place, shape in shapes.items():
            if place == BLEND:
                self.tint_blend(shape.colour)
            self.show_chair(place, *drawn(shape))
        then()

    def show_chair(self, place: int, surface: Surface, colours: Colours | None = None) -> None:
        """Show another shape in one of the three places; an empty one leaves the place empty.

        `colours`, `uint8 (m, 3)`, are those of its faces; without them it has the colour of its place.
        """
        _assert_gui_thread()
        fresh = pv.PolyData()
        if not surface.is_empty:
            fresh = _triangles(surface.vertices, surface.faces)
            if surface.normals is not None:
                fresh.point_data.active_normals = surface.normals
            if colours is not None:
                fresh.cell_data[_COLOURS] = colours
        self._actors[place].GetMapper().SetScalarVisibility(colours is not None)
        # The mapper keeps its input: only the arrays change, so nothing is added to or taken from the scene.
        self._meshes[place].ShallowCopy(fresh)
        self._held[place] = surface  # VTK shares these arrays
        self._put_floor(place, surface)
        self._changed.add(place)
        self.update()

    def tint_blend(self, colour: QColor) -> None:
        """Set the blend's colour."""
        self._actors[BLEND].GetProperty().SetColor(*colour.getRgbF()[:3])  # type: ignore[index]

    def vertices(self, place: int) -> np.ndarray:
        """Return the vertices `(n, 3)` that VTK draws in one of the three places."""
        return np.array(self._meshes[place].points)

    # ---- how it is seen -------------------------------------------------------------------------

    def reset_view(self) -> None:
        """Go back to the view from in front, above and aside."""
        _assert_gui_thread()
        direction = np.array(camera.DIRECTION) / np.linalg.norm(camera.DIRECTION) * camera.DISTANCE
        for renderer in self.renderers:
            active = renderer.GetActiveCamera()
            active.SetFocalPoint(0.0, 0.0, 0.0)
            active.SetPosition(*direction)
            active.SetViewUp(0.0, 1.0, 0.0)
            renderer.camera_set = True
            renderer.ResetCameraClippingRange(-1, 1, -1, 1, -1, 1)
        self._fit_angle()
        self.update()

    def set_linked(self, linked: bool) -> None:
        """Turn all three together, or each alone."""
        _assert_gui_thread()
        shared = self.renderers[BLEND].GetActiveCamera()
        for place in (A, B):
            own = shared
            if not linked:
                own = vtkCamera()
                own.DeepCopy(shared)
            self.renderers[place].SetActiveCamera(own)
        self._linked = linked
        self.update()

    def apply_theme(self) -> None:
        """Take on the theme's background."""
        self._tone = theme.palette()
        self.set_background(theme.palette().scene)  # type: ignore[arg-type]
        for place, surface in enumerate(self._held):
            self._put_floor(place, surface or _NOTHING)
        self.update()

    def picture(self) -> QImage:
        """Return what is seen, with smooth edges."""
        self._drawing_still = True
        self._vtk_canvas().SetMultiSamples(_STILL_SAMPLES)
        return self.grabFramebuffer()  # draws

    def save_picture(self, path: Path) -> None:
        """Write the view as it is to a `.png` file; `VoxViewError` if that fails."""
        from voxview.surface.picture import write_png

        _assert_gui_thread()
        pixels = self.pixels()
        if pixels is None:
            raise VoxViewError("there is no picture yet: wait until the chairs are shown, then try again")
        write_png(path, pixels)

    def pixels(self) -> np.ndarray | None:
        """Return the picture as `uint8 (h, w, 4)`; None before the first one."""
        image = self.picture()
        return None if image.isNull() else pixels_of(image)

    # ---- Qt -------------------------------------------------------------------------------------

    def initializeGL(self) -> None:
        """Ask for smooth edges while moving only where a GPU draws: in software it costs two pictures."""
        super().initializeGL()
        lines = self._vtk_canvas().ReportCapabilities().splitlines()
        self.gl_renderer = next((x.split(":", 1)[1].strip() for x in lines if "renderer" in x.lower()), "")
        if not any(word in self.gl_renderer.lower() for word in _SOFTWARE):
            self._moving_samples = 4
            self._vtk_canvas().SetMultiSamples(4)

    def paintGL(self) -> None:
        """Draw; of every eighth picture, wait for the device and tell how long it took."""
        if getattr(self, "_closed", False):
            return
        still, self._drawing_still = self._drawing_still, False
        if not still:
            self._vtk_canvas().SetMultiSamples(self._moving_samples)
        self._leave_out_what_is_there()
        if still:
            super().paintGL()
            return
        start = time.perf_counter()
        super().paintGL()
        self._pictures += 1
        if self._pictures % _MEASURED_EVERY == 4:  # never the first ones: they compile shaders
            self._vtk_canvas().WaitForCompletion()
            self.rendered.emit((time.perf_counter() - start) * 1e3)
        if self._moving_samples == 0:
            self._still.start()

    def resizeGL(self, width: int, height: int) -> None:
        """Keep whole chairs in view in narrow subplots too."""
        super().resizeGL(width, height)
        self._fit_angle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave every key to the window's actions: VTK would spin, quit or go stereo."""
        event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Leave every key to the window's actions."""
        event.ignore()

    def close(self) -> None:  # type: ignore[override]
        """Release everything of VTK's; the widget cannot be used any more."""
        self._still.stop()
        super().close()

    # ---- inside ---------------------------------------------------------------------------------

    def _vtk_canvas(self) -> Any:
        """Return VTK's render window."""
        return self.ren_win

    def _add_chair(self, place: int) -> Any:
        self.subplot(0, place)
        self.hide_axes()  # type: ignore[call-arg]
        colour = (theme.AMBER, theme.blend_colour(0.5), theme.BLUE)[place]
        actor = self.add_mesh(
            self._meshes[place] if self._meshes[place].n_points else _placeholder(self._meshes[place]),
            color=colour.name(),
            smooth_shading=False,
            ambient=0.16,
            diffuse=0.95,
            specular=0.12,
            specular_power=18,
            render=False,
            reset_camera=False,
            show_scalar_bar=False,
        )
        actor.GetProperty().SetInterpolationToGouraud()
        actor.GetMapper().SetScalarModeToUseCellFieldData()
        actor.GetMapper().SelectColorArray(_COLOURS)
        actor.GetMapper().SetColorModeToDirectScalars()
        floor = self.add_mesh(
            _disc(self._floors[place]),
            scalars="colour",
            rgb=True,
            lighting=False,
            culling="back",
            render=False,
            reset_camera=False,
            show_scalar_bar=False,
        )
        floor.SetPickable(False)
        return actor

    def _light(self) -> None:
        """Add a key light from above and aside, and a soft one from the other side.

        Two, because every light costs software rendering its share of each pixel.
        """
        for position, intensity in (((-0.5, 0.9, 0.8), 0.82), ((0.9, 0.1, 0.5), 0.34)):
            light = pv.Light(position=position, light_type="camera light", intensity=intensity)
            for renderer in self.renderers:
                renderer.AddLight(light)

    def _put_floor(self, place: int, surface: Surface) -> None:
        """Put a disc below the chair."""
        disc, floor = self._floors[place], np.asarray(self._floors[place].points)
        disc["colour"] = floor_colours(floor, is_empty=surface.is_empty)
        bottom = float(surface.vertices[:, 1].min()) if len(surface.vertices) else -0.5
        points = floor.copy()
        points[:, 1] = bottom - 0.004  # below the legs by less than one sees, so that nothing flickers
        disc.points = points

    def _fit_angle(self) -> None:
        """Widen VTK's view angle, which is the vertical one, where the subplot is narrower than high."""
        width = max(1, self.width()) / len(self.renderers)
        aspect = width / max(1, self.height())
        half = math.atan(math.tan(camera.HALF_ANGLE) / min(1.0, aspect))
        for renderer in self.renderers:
            renderer.GetActiveCamera().SetViewAngle(2 * math.degrees(half))

    def _leave_out_what_is_there(self) -> None:
        """Skip drawing A and B while only the blend changes: their pixels stay.

        Measured with software rendering at 800×600: 47 → 66 pictures a second. They are drawn again when
        anything else may have changed: camera, size, smoothness, colours.
        """
        cameras = tuple(renderer.GetActiveCamera().GetMTime() for renderer in self.renderers)
        window = self._vtk_canvas()
        drawn_as = (cameras, tuple(window.GetSize()), window.GetMultiSamples(), self._tone)
        only_blend = self._changed == {BLEND} and drawn_as == self._drawn_as
        for place in (A, B):
            self.renderers[place].SetDraw(not only_blend)
        self._changed.clear()
        self._drawn_as = drawn_as

    def _draw_still(self) -> None:
        if getattr(self, "_closed", False) or QApplication.mouseButtons().value:
            return
        self._drawing_still = True
        self._vtk_canvas().SetMultiSamples(_STILL_SAMPLES)
        self.update()

    def _drop_vtk_keys(self) -> None:
        """Remove VTK's own bindings of w, s, j, t, p, 3, e and q."""
        for event in ("CharEvent", "KeyPressEvent", "KeyReleaseEvent"):
            self.iren.interactor.RemoveObservers(event)
        style = self.iren.interactor.GetInteractorStyle()
        for event in ("CharEvent", "KeyPressEvent", "KeyReleaseEvent"):
            style.RemoveObservers(event)


_NOTHING = Surface(np.empty((0, 3), np.float32), np.empty((0, 3), np.int32))


def _triangles(vertices: np.ndarray, faces: np.ndarray) -> Any:
    """Return a mesh that shares both arrays."""
    return pv.PolyData.from_regular_faces(vertices, faces)


def _placeholder(mesh: pv.PolyData) -> pv.PolyData:
    """Give an empty mesh one triangle of no size, replaced at once: PyVista refuses to add empty ones."""
    mesh.ShallowCopy(_triangles(np.zeros((3, 3), np.float32), np.array([[0, 1, 2]], np.int32)))
    return mesh


def _disc(mesh: pv.PolyData) -> pv.PolyData:
    disc = pv.Disc(inner=0.0, outer=FLOOR_RADIUS, normal=(0.0, 1.0, 0.0), r_res=10, c_res=48)
    disc["colour"] = np.zeros((disc.n_points, 3), np.uint8)
    mesh.ShallowCopy(disc)
    return mesh


def _assert_gui_thread() -> None:
    app = QApplication.instance()
    if app is None or QThread.currentThread() is not app.thread():
        raise RuntimeError("the scene belongs to the GUI thread")
