"""The 3D view by itself: what is drawn anew, and what is drawn where there is nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import numpy as np
import pytest
from looking import WAIT_MS
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from voxview.gui import theme
from voxview.gui.blend.drawing import Drawn, drawn
from voxview.gui.blend.scene import Scene
from voxview.gui.blend.subplots import BLEND, A, B, Shape
from voxview.gui.blend.view import ChairsView
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.surface.extract import extract_surface


@pytest.fixture
def scene(qtbot: QtBot, qapp: QApplication) -> Iterator[Scene]:
    """Return a scene that is on screen and empty."""
    theme.apply_theme("light")
    view = ChairsView()
    view.build_scene(Scene)
    view.resize(660, 320)
    view.show()
    qtbot.waitExposed(view)
    assert view.scene is not None
    yield view.scene
    gc.disable()  # as where a window is closed
    view.close_scene()
    view.close()
    view.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.enable()


def seen(grid: np.ndarray) -> Drawn:
    """Return what is drawn of a grid."""
    return drawn(Shape(grid, extract_surface(grid), theme.AMBER))


def _pixels(scene: Scene) -> np.ndarray:
    pixels = scene.pixels()
    assert pixels is not None
    return pixels[:, :, :3].astype(int)


def test_a_place_without_a_chair_has_no_shadow(scene: Scene) -> None:
    blank = QColor(theme.palette().scene).getRgb()[:3]
    scene.show_chair(A, seen(sample_catalog()[0].read()))
    first, *others = np.array_split(_pixels(scene), 3, axis=1)
    assert (first != blank).any()
    assert all((other[:, 4:] == blank).all() for other in others)  # the chair at the left may be wide


def test_while_only_the_blend_moves_a_and_b_are_not_drawn_again_and_stay(scene: Scene, qtbot: QtBot) -> None:
    chairs = [seen(chair.read()) for chair in sample_catalog()[:4]]
    for place, chair in ((A, chairs[0]), (BLEND, chairs[1]), (B, chairs[2])):
        scene.show_chair(place, chair)
    before = _pixels(scene)

    def is_spared() -> bool:
        """Show two blends one after the other; the smooth picture of a pause may come between them."""
        for chair in (chairs[1], chairs[3]):
            with qtbot.waitSignal(scene.frameSwapped, timeout=WAIT_MS):
                scene.show_chair(BLEND, chair)
        return not scene.renderers[A].GetDraw() and not scene.renderers[B].GetDraw()

    assert any(is_spared() for _ in range(20)), "A was drawn again though nothing of it had changed"
    assert scene.renderers[BLEND].GetDraw()
    after = _pixels(scene)
    third = before.shape[1] // 3
    different = np.abs(after - before).max(2) > 40
    assert different[:, :third].mean() < 0.001 and different[:, -third:].mean() < 0.001
    assert different[:, third:-third].mean() > 0.005
