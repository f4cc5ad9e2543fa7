"""From the first paint to the first blend: the window stays on screen, the same one, and is never black."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from looking import WAIT_MS, view
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from voxview.gui.window import MainWindow

WATCH = """
import json, sys, time
import numpy as np
from PIL import ImageGrab

display, deadline, looks = sys.argv[1], time.monotonic() + 120, []
while time.monotonic() < deadline:
    pixels = np.asarray(ImageGrab.grab(xdisplay=display).resize((350, 225)), np.int16)[..., :3]
    red, green, blue = (pixels[..., channel] for channel in range(3))
    bright = float((pixels.min(2) > 190).mean())
    blend = float(((abs(red - 138) < 45) & (green > red + 8) & (green > blue + 12)).mean())
    looks.append((bright, blend))
    if blend > 0.002:
        break
    time.sleep(0.02)
print(json.dumps(looks))
"""


class Changes(QObject):
    """Remembers what happens to a window's place on the screen."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.seen: list[QEvent.Type] = []
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.WinIdChange, QEvent.Type.Hide, QEvent.Type.PlatformSurface):
            self.seen.append(event.type())
        return False


def test_the_window_stays_the_same_one_when_the_3d_view_comes(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    from voxview.gui.blend.scene import Scene

    window = open_window(start=False)
    changes, before = Changes(window), window.winId()
    view(window).build_scene(Scene)
    with qtbot.waitSignal(view(window).drawn, timeout=WAIT_MS):
        view(window).scene.update()
    assert window.winId() == before
    assert changes.seen == []


def test_without_opengl_the_window_stands_and_says_so(
    open_window: Callable[..., MainWindow], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voxview.gui.blend.opengl.works", lambda: False)
    window = open_window(wait=False)
    qtbot.waitUntil(lambda: "OpenGL" in window.messages.text, timeout=WAIT_MS)
    assert view(window).scene is None
    assert "No 3D view" in [label.text() for label in view(window).findChildren(QLabel)]
    assert window.isVisible()


@contextmanager
def virtual_screen(*options: str) -> Iterator[str]:
    """Start an X server of its own with these options, and yield its display's name."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x900x24", *options],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as answer:
            yield f":{answer.readline().strip()}"
    finally:
        server.terminate()
        server.wait(10)


def look_at_a_start(display: str, folder: Path) -> tuple[list[tuple[float, float]], str]:
    """Start the program as a new user; return (bright, blend's green) of every look until the first blend,
    as shares of the screen, and what came on stderr.
    """
    environment = {k: v for k, v in os.environ.items() if k != "QT_QPA_PLATFORM"}
    environment |= {"DISPLAY": display, "XDG_CONFIG_HOME": str(folder), "XDG_CACHE_HOME": str(folder)}
    program = subprocess.Popen(
        [sys.executable, "-m", "voxview"], env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        watched = subprocess.run(
            [sys.executable, "-c", WATCH, display], capture_output=True, text=True, check=True
        )
    finally:
        program.terminate()
    looks: list[tuple[float, float]] = json.loads(watched.stdout)
    assert looks[-1][1] > 0.002, "no blend came"
    return looks, program.communicate(timeout=30)[1]


def test_under_a_window_manager_nothing_is_black_between_first_paint_and_first_blend(tmp_path: Path) -> None:
    if shutil.which("openbox") is None:
        pytest.skip("openbox is not installed: without a window manager nothing is unmapped")
    with virtual_screen() as display:
        manager = subprocess.Popen(
            ["openbox"], env=os.environ | {"DISPLAY": display}, stderr=subprocess.DEVNULL
        )
        try:
            looks, _ = look_at_a_start(display, tmp_path)
        finally:
            manager.terminate()
            manager.wait(10)
    painted = next(number for number, (bright, _) in enumerate(looks) if bright > 0.25)
    assert len(looks) - painted > 5, "not looked at often enough"
    assert min(bright for bright, _ in looks[painted:]) > 0.25, [round(bright, 2) for bright, _ in looks]


def test_an_x_server_without_glx_shows_a_blend_and_nothing_is_complained_of(tmp_path: Path) -> None:
    with virtual_screen("-extension", "GLX") as display:
        _, complaints = look_at_a_start(display, tmp_path)
    assert complaints == ""


def test_without_any_opengl_no_window_is_left_black(tmp_path: Path) -> None:
    """Qt would paint a window with an OpenGL widget in it not at all."""
    code = (
        "from voxview.gui import app as program; app = program.make_application(); "
        "window = program.make_window(app); window.show(); app.processEvents(); "
        "print(window.windowHandle().surfaceType().name); window.close()"
    )
    environment = os.environ | {"QT_XCB_GL_INTEGRATION": "none", "XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.stdout.split() == ["RasterSurface"], done.stderr
