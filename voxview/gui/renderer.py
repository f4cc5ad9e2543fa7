"""`python -m voxview.gui.renderer`: print what draws with OpenGL here, such as llvmpipe.

A process of its own, since Qt or the driver may end it.
"""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext

_GL_RENDERER = 0x1F01


def main() -> None:
    """Make a context, and print its renderer."""
    app, context, surface = QGuiApplication([]), QOpenGLContext(), QOffscreenSurface()
    surface.create()
    if context.create() and context.makeCurrent(surface):
        print(context.functions().glGetString(_GL_RENDERER))
    del app


if __name__ == "__main__":
    main()
