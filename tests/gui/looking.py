"""What the tests look at in a window, and how long they wait for it."""

from __future__ import annotations

import os

import numpy as np
from pytestqt.qtbot import QtBot

from voxview.gui.window import MainWindow

WAIT_MS = 30_000


def blend_vertices(window: MainWindow) -> np.ndarray:
    """What is in the blend's place, as VTK has it."""
    from voxview.gui import scene

    assert window.trio.scene is not None
    return np.array(window.trio.scene._meshes[scene.BLEND].points)


def shown_vertices(window: MainWindow, place: int) -> np.ndarray:
    """What is in one of the three places, as VTK has it."""
    assert window.trio.scene is not None
    return np.array(window.trio.scene._meshes[place].points)


def wait_for_position(qtbot: QtBot, window: MainWindow, t: float) -> None:
    """Until the blend at t of the wanted pair is what is shown."""
    blending = window.session.blending

    def shown() -> bool:
        result = window.session.result
        return (
            result is not None
            and result.request.t == t
            and (result.request.a, result.request.b) == (blending.a, blending.b)
        )

    qtbot.waitUntil(shown, timeout=WAIT_MS)


def soak_size(full: int, short: int) -> int:
    """How often a soak test repeats: `VOXVIEW_SOAK=1` runs it in full."""
    return full if os.environ.get("VOXVIEW_SOAK") else short
