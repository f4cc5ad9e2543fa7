"""Whether OpenGL can be used here. Free of VTK."""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QOpenGLContext


@cache
def works() -> bool:
    """Return whether Qt can make an OpenGL context: where it cannot, a window with OpenGL stays black."""
    return QOpenGLContext().create()
