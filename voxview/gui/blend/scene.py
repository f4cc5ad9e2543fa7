"""The 3D view: chairs side by side. The only file that imports VTK, PyVista and pyvistaqt.

One `QtInteractor` with a subplot for each place, because closing one of several freezes the others. Shapes
are updated in place and drawn by `update()`: `render()` would draw twice.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyvista as pv
from PySide6.QtCore import QRect, Qt, QThread, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from pyvistaqt import QtInteractor
from vtkmodules.vtkCommonCore import vtkFloatArray, vtkIntArray, vtkLogger, vtkPoints, vtkUnsignedCharArray
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPlane, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from voxview.errors import VoxViewError
from voxview.gui import theme
from voxview.gui.blend.copying import Box, columns_of, copy_box, kept_outside
from voxview.gui.blend.drawing import Drawn, drawn
from voxview.gui.blend.floor import FLOOR_RADIUS
from voxview.gui.blend.layout import CAMERA, spans
from voxview.gui.blend.slicing import Slicing
from voxview.gui.blend.subject import Make, Subject, array_of, reflect_light, set_colour
from voxview.gui.blend.subplots import A_REBUILT, B_REBUILT, BLEND, PLACES, A, B, Shape, pixels_of
from voxview.gui.session.camera import DISTANCE, FIRST, HALF_ANGLE
from voxview.gui.session.look import Look
from voxview.gui.session.views import Cameras

# Where OpenGL comes by EGL and not by GLX, VTK warns of colour sizes that it does not need.
vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_ERROR)

_STILL_AFTER_MS = 160
"""When nothing has moved for so long, the picture is drawn once more with smooth edges."""
_STILL_SAMPLES = 8
_GHOST_OPACITY = 0.22
_MEASURED_EVERY = 8
"""Waiting for the device costs a third of a picture (measured, software rendering), so not each time."""
_array = partial(array_of, {"float32": vtkFloatArray, "int32": vtkIntArray, "uint8": vtkUnsignedCharArray})
_SOFTWARE = ("llvmpipe", "softpipe", "swrast", "software", "swr")


class Scene(QtInteractor):
    """OpenGL widget with a chair in each of its places."""

    rendered = Signal(float)
    """The milliseconds that a picture took to draw, the device's part included; of every eighth one."""

    def __init__(self, parent: QWidget) -> None:
        _assert_gui_thread()
        super().__init__(
            parent, shape=(1, len(PLACES)), border=False, lighting="none", auto_update=False, multi_samples=0
        )
        # The main window takes drops: the interactor would read any file into the scene by itself.
        self.setAcceptDrops(False)
        self._drop_vtk_keys()
        self.setMinimumSize(240, 96)
        # No key is for it: Tab would stop at nothing to be seen.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Chair A, the blend and chair B")
        self._look, self._cameras = Look(), (FIRST, FIRST, FIRST)
        make = Make(_mesh, _actor, _array)
        self._subjects = [Subject(self.renderers[place], make, _disc()) for place in PLACES]
        self._slicings = [Slicing(self.renderers[place], make, vtkPlane()) for place in PLACES]
        self._ghosts: list[Any] = []
        for place in (A, A_REBUILT):
            self._subjects[place].tint(theme.AMBER)
        for place in (B, B_REBUILT):
            self._subjects[place].tint(theme.BLUE)
        self.tint_blend(theme.blend_colour(0.5))
        self._light()
        self._moving_samples = 0
        self._still = QTimer(self, singleShot=True, interval=_STILL_AFTER_MS)
        self._still.timeout.connect(self._draw_still)
        self._drawing_still = False
        self._pictures = 0
        self._changed: set[int] = set()
        self._drawn_as: object = None
        self._copied: Box | None = None  # what is copied of a picture; None: all of it
        self.setUpdateBehavior(QtInteractor.UpdateBehavior.PartialUpdate)  # Qt keeps the rest
        self.gl_renderer = ""
        """What draws, in OpenGL's own words; known after the first picture."""
        self.set_look(self._look)
        self.set_cameras(self._cameras)
        self.apply_theme()

    # ---- what is shown --------------------------------------------------------------------------

    def put(self, shapes: Mapping[int, Shape], then: Callable[[], None]) -> None:
        """Show shapes in their places with the next picture, and call `then`: what is said of them."""
        for place, shape in shapes.items():
            if place == BLEND:
                self.tint_blend(shape.colour)
            self.show_chair(place, drawn(shape, self._look.shape))
        then()

    def show_chair(self, place: int, chair: Drawn) -> None:
        """Show another shape in one of the places; an empty one leaves the place empty."""
        _assert_gui_thread()
        self._subjects[place].show(chair, _mesh(chair.vertices, chair.faces))
        self._slice(place)
        self._changed.add(place)
        self.update()

    def tint_blend(self, colour: QColor) -> None:
        """Set the blend's colour."""
        self._subjects[BLEND].tint(colour)

    def vertices(self, place: int) -> np.ndarray:
        """Return the vertices `(n, 3)` that VTK draws in one of the places."""
        return np.array(pv.wrap(self._subjects[place].mesh).points)

    # ---- how it is seen -------------------------------------------------------------------------

    def set_look(self, look: Look) -> None:
        """Take on a layout, the projection, edges, ghosts and a slice."""
        _assert_gui_thread()
        self._look = look
        columns = spans(look.layout)
        for place, subject in enumerate(self._subjects):
            left, right = columns.get(place, (0.0, 1.0))
            self.renderers[place].SetViewport(left, 0.0, right, 1.0)
            subject.show_edges(look.edges)
            self._slice(place)
        self._show_ghosts(look.ghost)
        self._drawn_as = None
        self._aim()

    def set_cameras(self, cameras: Cameras) -> None:
        """See A, the blend and B, and with them the reconstructions, from elsewhere."""
        _assert_gui_thread()
        self._cameras = cameras
        for place in PLACES:
            self._slice(place)
        self._aim()

    def apply_theme(self) -> None:
        """Take on the theme's background."""
        self._tone = theme.palette()
        self.set_background(theme.palette().scene)
        for subject in self._subjects:
            subject.apply_theme()
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
        if (pixels := self.pixels()) is None:
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
        self._drawn_as = None
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
        start = time.perf_counter()
        with kept_outside(self.context().functions(), self._copied):
            super().paintGL()
        if still:
            return
        self._pictures += 1
        if self._pictures % _MEASURED_EVERY == 4:  # never the first ones: they compile shaders
            self._vtk_canvas().WaitForCompletion()
            self.rendered.emit((time.perf_counter() - start) * 1e3)
        if self._moving_samples == 0:
            self._still.start()

    def resizeGL(self, width: int, height: int) -> None:
        """Keep whole chairs in view in narrow subplots too."""
        super().resizeGL(width, height)
        self._aim()

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

    def _light(self) -> None:
        """Add a key light from above and aside, and a soft one from the other side.

        Two, because every light costs software rendering its share of each pixel.
        """
        for position, intensity in (((-0.5, 0.9, 0.8), 0.82), ((0.9, 0.1, 0.5), 0.34)):
            light = pv.Light(position=position, light_type="camera light", intensity=intensity)
            for renderer in self.renderers:
                renderer.AddLight(light)

    def _slice(self, place: int) -> None:
        """Show the slice that the look has in a place; it is of the chair and the side that is seen."""
        if self._slicings[place].show(self._subjects[place], self._look, self._cameras[CAMERA[place]]):
            self._drawn_as = None

    def _show_ghosts(self, on: bool) -> None:
        """Draw A and B over the blend, translucent: their meshes once more."""
        if on and not self._ghosts:
            for place, colour in ((A, theme.AMBER), (B, theme.BLUE)):
                ghost = _actor(self._subjects[place].mesh)
                reflect_light(ghost)
                ghost.GetMapper().SetScalarVisibility(False)
                how = ghost.GetProperty()
                set_colour(ghost, colour)
                how.SetOpacity(_GHOST_OPACITY)
                how.BackfaceCullingOn()
                self.renderers[BLEND].AddActor(ghost)
                self._ghosts.append(ghost)
        for ghost in self._ghosts:
            ghost.SetVisibility(on)

    def _aim(self) -> None:
        """Give each place's camera to VTK.

        VTK's angle is the vertical one: it is wider where a view is narrower than high, so that whole chairs
        stay in it. With parallel lines the camera stands far off, or a near one would cut into the chair.
        """
        columns, is_parallel = spans(self._look.layout), self._look.orthographic
        for place, (left, right) in columns.items():
            camera, active = self._cameras[CAMERA[place]], self.renderers[place].GetActiveCamera()
            aspect = max(1.0, (right - left) * self.width()) / max(1, self.height())
            half = math.tan(HALF_ANGLE) / min(1.0, aspect)
            away = max(camera.distance, DISTANCE) if is_parallel else camera.distance
            position = [x + away * d for x, d in zip(camera.target, camera.direction, strict=True)]
            active.SetFocalPoint(*camera.target)
            active.SetPosition(*position)
            active.SetViewUp(*camera.up)
            active.SetViewAngle(2 * math.degrees(math.atan(half)))
            active.SetParallelScale(camera.distance * half)
            active.SetParallelProjection(is_parallel)
            self.renderers[place].camera_set = True
            self.renderers[place].ResetCameraClippingRange(-1, 1, -1, 1, -1, 1)
        self.update()

    def _leave_out_what_is_there(self) -> None:
        """Skip drawing what is not seen, and all but the blend while only that changes: their pixels stay.

        They are drawn again when anything else may have changed: camera, size, smoothness, colours.
        """
        seen = spans(self._look.layout)
        cameras = tuple(self.renderers[place].GetActiveCamera().GetMTime() for place in seen)
        window = self._vtk_canvas()
        size = (*window.GetSize(), self.devicePixelRatioF())
        drawn_as = (cameras, size, window.GetMultiSamples(), self._tone)
        only_blend = BLEND in seen and self._changed == {BLEND} and drawn_as == self._drawn_as
        for place in PLACES:
            self.renderers[place].SetDraw(place in seen and (place == BLEND or not only_blend))
        self._copied = columns_of(window, seen[BLEND]) if only_blend else None
        self._changed.clear()
        self._drawn_as = drawn_as

    def _blit(self, target_id: int, rect: QRect) -> None:
        """Copy what was drawn to Qt's framebuffer."""
        if self._copied is None:
            super()._blit(target_id, rect)
        else:
            copy_box(self.ren_win, target_id, self._copied)

    def _draw_still(self) -> None:
        if getattr(self, "_closed", False) or QApplication.mouseButtons().value:
            return
        self._drawing_still = True
        self._vtk_canvas().SetMultiSamples(_STILL_SAMPLES)
        self.update()

    def _drop_vtk_keys(self) -> None:
        """Remove VTK's own bindings of w, s, j, t, p, 3, e and q."""
        for source in (self.iren.interactor, self.iren.interactor.GetInteractorStyle()):
            for event in ("CharEvent", "KeyPressEvent", "KeyReleaseEvent"):
                source.RemoveObservers(event)


def _mesh(vertices: np.ndarray, faces: np.ndarray) -> Any:
    """Return a mesh that shares both arrays; faces `(m, 2)` are lines."""
    mesh = vtkPolyData()
    if len(faces):
        points, cells = vtkPoints(), vtkCellArray()
        points.SetData(_array(vertices))
        cells.SetData(faces.shape[1], _array(faces.ravel()))
        mesh.SetPoints(points)
        (mesh.SetPolys if faces.shape[1] > 2 else mesh.SetLines)(cells)
    return mesh


def _actor(mesh: Any) -> Any:
    """Return an actor of a mesh, whose mapper takes further arrays to the shaders, unlike PyVista's."""
    mapper, actor = vtkPolyDataMapper(), vtkActor()
    mapper.SetInputData(mesh)
    actor.SetMapper(mapper)
    actor.SetPickable(False)
    return actor


def _disc() -> pv.PolyData:
    return pv.Disc(inner=0.0, outer=FLOOR_RADIUS, normal=(0.0, 1.0, 0.0), r_res=14, c_res=44)


def _assert_gui_thread() -> None:
    app = QApplication.instance()
    if app is None or QThread.currentThread() is not app.thread():
        raise RuntimeError("the scene belongs to the GUI thread")
