"""The places of the view, and what can be put into them. Free of VTK."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from PySide6.QtGui import QColor, QImage

from voxview.conventions import RESOLUTION
from voxview.gui.session.look import Look
from voxview.gui.session.shown_parts import Parts
from voxview.gui.session.views import Cameras

if TYPE_CHECKING:  # the bare window must not wait for NumPy
    import numpy as np

    from voxview.shapes.frame import Field, Grid
    from voxview.surface.surface import Surface

A, BLEND, B = 0, 1, 2
A_REBUILT, B_REBUILT = 3, 4
"""The reconstructions of A and B, in a layout that shows them beside the chairs."""
PLACES = (A, BLEND, B, A_REBUILT, B_REBUILT)


class Shape(NamedTuple):
    """A shape as the view gets it: as voxels for the software renderer, as a surface for OpenGL."""

    voxels: Grid | Field
    surface: Surface | None
    """None where it has not been extracted yet."""
    colour: QColor
    """Of all of it, where its parts are not shown."""
    parts: Parts | None = None

    @property
    def resolution(self) -> int:
        """The surface's resolution."""
        return RESOLUTION if self.surface is None else self.surface.resolution


class Layer(Protocol):
    """One of the two ways in which the view shows shapes: by software, or by OpenGL."""

    def put(self, shapes: Mapping[int, Shape], then: Callable[[], None]) -> None:
        """Show shapes in their places, all in one step, and call `then` with it: what is said of them."""

    def save_picture(self, path: Path) -> None:
        """Write what is seen to a `.png` file; `VoxViewError` if that fails."""

    def picture(self) -> QImage:
        """Return what is seen; a null image before there is a picture."""

    def apply_theme(self) -> None:
        """Take on the theme's colours."""

    def set_look(self, look: Look) -> None:
        """Show what there is in another way; shapes whose drawing changes are put again by the caller."""

    def set_cameras(self, cameras: Cameras) -> None:
        """Show A, the blend and B, and with them the reconstructions, from elsewhere."""


def pixels_of(image: QImage) -> np.ndarray:
    """Return an image as `uint8 (height, width, 4)`: red, green, blue, opacity."""
    import numpy as np

    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4).copy()
