"""Thumbnails: the order in which they are drawn."""

from __future__ import annotations

import numpy as np
from looking import WAIT_MS
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from voxview.gui.context.thumbnails import Thumbnails
from voxview.shapes.chair import Chair


def test_what_came_into_view_last_is_drawn_first_and_from_the_top(qapp: QApplication, qtbot: QtBot) -> None:
    thumbnails, drawn = Thumbnails(), list[str]()
    chairs = {name: Chair(name, name, "test", lambda: np.zeros((32, 32, 32), np.bool_)) for name in "abcde"}
    thumbnails.drawn.connect(lambda chair: drawn.append(chair.id))
    for name in "abc":
        assert thumbnails.picture(chairs[name]) is None
    qtbot.waitUntil(lambda: not thumbnails._ends_turn.isActive(), timeout=WAIT_MS)
    for name in "de":
        thumbnails.picture(chairs[name])
    thumbnails.start()
    qtbot.waitUntil(lambda: len(drawn) == 5, timeout=WAIT_MS)
    thumbnails.stop()
    assert "".join(drawn) == "deabc"
