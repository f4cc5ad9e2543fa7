"""The 3D view on a scaled screen, empty and in several sizes: run as a program, it counts black pixels."""

from __future__ import annotations

import json

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from voxview.gui import app as program
from voxview.gui import theme
from voxview.gui.blend.scene import Scene
from voxview.gui.blend.subplots import pixels_of
from voxview.gui.widgets.whole_pixels import WholePixels


def _black_pixels(scene: Scene) -> int:
    pixels = pixels_of(scene.grabFramebuffer())[..., :3].astype(int)
    return int((pixels.max(axis=2) + pixels.min(axis=2) < 2 * 24).sum())  # of the lightness


def _counts(aligned: bool) -> list[int]:
    """Return the black pixels in three sizes, of which the second and third are odd."""
    window, room = QWidget(), WholePixels()
    column = QVBoxLayout(window)
    column.setSpacing(0)
    scene = Scene(room if aligned else window)
    if aligned:
        room.layers.addWidget(scene)
    column.addWidget(room if aligned else scene)
    counts = []
    for left, top, width, height in ((0, 0, 300, 120), (0, 1, 301, 122), (1, 0, 304, 125)):
        column.setContentsMargins(left, top, 0, 0)
        window.resize(width, height)
        window.show()
        QTest.qWaitForWindowExposed(window)
        QApplication.processEvents()
        counts.append(_black_pixels(scene))
    window.hide()
    scene.close()
    return counts


if __name__ == "__main__":
    app = program.make_application()
    theme.apply_theme("light")
    print(json.dumps({"aligned": _counts(True), "as it comes": _counts(False)}))
