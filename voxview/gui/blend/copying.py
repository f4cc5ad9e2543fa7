"""Copying what VTK has drawn to Qt's widget: where only the blend is another than before, the blend alone.

Handles VTK's objects and imports none. In software it takes a seventh of a picture to copy all three views.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtGui import QOpenGLFunctions

Box = tuple[int, int, int, int]
"""Left, bottom, width and height, in pixels of the screen."""

_COLOUR, _DRAWN_TO, _SCISSOR, _NEAREST = 0x4000, 0x8CA9, 0x0C11, 0x2600
"""OpenGL's numbers of GL_COLOR_BUFFER_BIT, GL_DRAW_FRAMEBUFFER, GL_SCISSOR_TEST and GL_NEAREST."""
_BEYOND = 2
"""Pixels that are copied at either side, however VTK has rounded: what is there is the same as before."""


def columns_of(window: Any, span: tuple[float, float]) -> Box:
    """Return the columns of a render window from where to where, which are shares of its width."""
    width, height = window.GetSize()
    left = max(0, int(span[0] * width) - _BEYOND)
    return left, 0, min(width, int(span[1] * width) + _BEYOND) - left, height


@contextmanager
def kept_outside(gl: QOpenGLFunctions, box: Box | None) -> Iterator[None]:
    """Keep what a framebuffer has outside of a box: Qt clears it before anything is drawn. None: let it."""
    if box is None:
        yield
        return
    gl.glEnable(_SCISSOR)
    gl.glScissor(*box)
    try:
        yield
    finally:
        gl.glDisable(_SCISSOR)


def copy_box(window: Any, framebuffer: int, box: Box) -> None:
    """Copy a box of a render window's picture to a framebuffer, opaque. OpenGL's context is current."""
    state = window.GetState()
    state.vtkglBindFramebuffer(_DRAWN_TO, framebuffer)
    state.vtkglScissor(*box)
    state.vtkglEnable(_SCISSOR)
    window.BlitDisplayFramebuffer(0, *box, *box, _COLOUR, _NEAREST)
    # Where the opacity is below 1, what is behind the window would shine through.
    state.vtkglColorMask(False, False, False, True)
    state.vtkglClearColor(0.0, 0.0, 0.0, 1.0)
    state.vtkglClear(_COLOUR)
    state.vtkglColorMask(True, True, True, True)
