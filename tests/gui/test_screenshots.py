"""The window looks as it did: its main states, light and dark, in three sizes, against small kept pictures.

Where a change of the look is meant, see whether it is good, and keep it:

VOXVIEW_KEEP_SCREENSHOTS=1 pytest -n0 tests/gui/test_screenshots.py

On screens of 1.5× and 2× `test_whole_layout.py` compares with the same pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from every_dialog import every_dialog
from looking import WAIT_MS, transport, view
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QProgressBar, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from screenshots import (
    FAMILY,
    MOST,
    PATCH,
    Blocks,
    blocks_of,
    differences,
    largest_patch,
    patches,
    share_of_others,
)
from whole_layout import PICTURED, page_pictures, say_everything, settle, show_page

from voxview.gui.appearance.feature import AppearanceFeature
from voxview.gui.train.feature import TrainFeature
from voxview.gui.window import MainWindow

SIZES = [(800, 600), (1024, 700), (1600, 1000)]


def set_look(window: MainWindow, name: str, size: tuple[int, int]) -> str:
    """Take on a theme and a size; return what the file of its pictures is called."""
    window.feature(AppearanceFeature).set_theme(name)
    window.resize(*size)
    settle()
    return f"{size[0]}x{size[1]}-{name}"


def test_every_page_looks_as_it_did(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(size=SIZES[0], start=False)
    say_everything(window)
    if (family := QFontInfo(window.font()).family()) != FAMILY:
        pytest.skip(f"the kept pictures have letters of {FAMILY}, and this machine {family}")
    page_pictures(window, PICTURED)
    found: dict[str, float] = {}
    for name in ("light", "dark"):
        for size in SIZES:
            pages = PICTURED if size == SIZES[0] else (None, "latent")
            found |= differences(set_look(window, name, size), page_pictures(window, pages))
    assert found == {}, "share of the blocks that are others"

    # What is broken is found: a state that is kept, and what may happen to it.
    set_look(window, "light", SIZES[0])
    show_page(window, "mix")
    whole = blocks_of(window)

    def share(break_it: Callable[[], object]) -> float:
        break_it()
        settle()
        return share_of_others(blocks_of(window), whole)

    assert share(lambda: None) == 0
    black = QWidget(window, styleSheet="background: black")
    black.setGeometry(20, 100, 160, 120)
    assert share(black.show) > 2 * MOST
    assert share(black.hide) == 0
    assert share(transport(window).hide) > 2 * MOST
    assert share(transport(window).show) == 0
    assert share(window.statusBar().hide) > MOST
    assert share(window.statusBar().show) == 0
    assert share(lambda: show_page(window, "map")) > 2 * MOST
    assert share(window.side.panel.tabs.hide) > 2 * MOST
    assert share(lambda: show_page(window, None)) > 2 * MOST
    assert share(lambda: window.feature(AppearanceFeature).set_theme("dark")) > 0.5


def test_every_dialog_and_the_page_of_networks_look_as_they_did(
    open_window: Callable[..., MainWindow], tmp_path: Path
) -> None:
    window = open_window(size=SIZES[1], start=False)
    if (family := QFontInfo(window.font()).family()) != FAMILY:
        pytest.skip(f"the kept pictures have letters of {FAMILY}, and this machine {family}")
    set_look(window, "dark", SIZES[1])
    window.qactions["train"].trigger()
    training = window.feature(TrainFeature).dialog
    assert training is not None
    dialogs = {type(one).__name__: one for one in (training, *every_dialog(window, tmp_path))}
    seen = {name: _whole(dialog) for name, dialog in dialogs.items()}
    show_page(window, "network")
    seen["network"] = blocks_of(window.side.panel)
    assert patches("dialogs-dark", seen) == {}, "blocks beside each other that are others"

    # What is broken is found: a button that is missing, and the other theme.
    for name, dialog in dialogs.items():
        for button in dialog.findChildren(QPushButton):
            if button.isVisible() and button.isEnabled():
                button.hide()
                assert largest_patch(_whole(dialog), seen[name]) > PATCH, f"{name} without {button.text()}"
                button.show()
        assert largest_patch(_whole(dialog), seen[name]) <= PATCH, name
    set_look(window, "light", SIZES[1])
    assert [name for name, one in dialogs.items() if share_of_others(_whole(one), seen[name]) < 0.5] == []
    for dialog in dialogs.values():
        dialog.close()


def _whole(dialog: QDialog) -> Blocks:
    """Return what a dialog looks like, with everybody's paths and names, and without what moves by itself."""
    dialog.show()
    for bar in dialog.findChildren(QProgressBar):
        bar.hide()
    for field in dialog.findChildren(QLineEdit):
        if "/" in field.text() or field.text().startswith("run-"):
            field.setText("/home/me" if "/" in field.text() else "run-1")
    for text in dialog.findChildren(QLabel):
        if text.text().startswith("/"):
            text.setText("/home/me")
    settle()
    return blocks_of(dialog)


def test_the_3d_view_looks_as_it_did(solid: MainWindow, qtbot: QtBot) -> None:
    def seen(**look: object) -> Blocks:
        solid.context.session.views.change(**look)
        with qtbot.waitSignal(view(solid).drawn, timeout=WAIT_MS):
            view(solid).scene.update()
        return blocks_of(view(solid))

    found: dict[str, float] = {}
    for name, size in (("light", SIZES[0]), ("dark", SIZES[2])):
        file = set_look(solid, name, size)
        pictures = {
            "three": seen(shape="surface", layout="three"),
            "voxels": seen(shape="voxels", layout="large"),
        }
        found |= differences(f"{file}-view", pictures)
    assert found == {}, "share of the blocks that are others"
    whole = seen(layout="three")
    assert share_of_others(seen(layout="large"), whole) > 2 * MOST
    assert share_of_others(whole[..., ::-1], whole) > 2 * MOST, "red for blue"
    assert share_of_others(np.zeros_like(whole), whole) > 0.9
