"""How the chairs are seen: the look and the cameras. Their only owner."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from voxview.gui.session.camera import FIRST, Camera
from voxview.gui.session.look import Look

PLACES = 3
"""Cameras: of A, of the blend, and of B. A reconstruction is seen by the camera of its chair."""

Cameras = tuple[Camera, Camera, Camera]


class Views(QObject):
    """Holds the look and one camera for each of A, the blend and B."""

    look_changed = Signal(object)
    """The `Look` from now on."""
    cameras_changed = Signal()
    """`cameras` are others."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.look = Look()
        self.cameras: Cameras = (FIRST, FIRST, FIRST)
        self._layout_before = Look().layout

    # ---- the look -------------------------------------------------------------------------------

    def change(self, **changes: object) -> None:
        """Change some fields of the look; values that make no sense count as not given."""
        self.set_look(self.look.changed(**changes))

    def set_look(self, look: Look) -> None:
        """Show the chairs so from now on."""
        before, self.look = self.look, look
        if look == before:
            return
        if look.linked and not before.linked:
            self.set_cameras((self.cameras[1],) * 3)
        if not look.trackball and before.trackball:
            a, blend, b = (camera.upright() for camera in self.cameras)
            self.set_cameras((a, blend, b))
        self.look_changed.emit(look)

    def maximise(self, layout: str) -> None:
        """Show one view alone, or go back to the views that were there before it."""
        if self.look.layout == layout:
            self.change(layout=self._layout_before if self._layout_before != layout else Look().layout)
        else:
            self._layout_before = self.look.layout
            self.change(layout=layout)

    # ---- the cameras ----------------------------------------------------------------------------

    def set_cameras(self, cameras: Cameras) -> None:
        """See A, the blend and B by these cameras."""
        if cameras != self.cameras:
            self.cameras = cameras
            self.cameras_changed.emit()

    def look_by(self, camera: Camera, place: int | None = None) -> None:
        """See by another camera: all three if they are linked or no place is given, else one."""
        if place is None or self.look.linked:
            self.set_cameras((camera, camera, camera))
        else:
            cameras = list(self.cameras)
            cameras[place] = camera
            self.set_cameras((cameras[0], cameras[1], cameras[2]))

    def reset(self) -> None:
        """Go back to the first view."""
        self.look_by(FIRST)

    @property
    def is_moved(self) -> bool:
        """Whether a camera is elsewhere than at first."""
        return not all(camera.is_like(FIRST) for camera in self.cameras)
