"""From the first paint to the 3D view: the window stays the same one and is never black, and A, B and the
blend are seen as pictures as soon as each is known."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from looking import WAIT_MS, selection_of, shown_in, view, wait_for_position
from PIL import Image
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from voxview.engine.request import Position
from voxview.gui import theme
from voxview.gui.blend.feature import BlendFeature
from voxview.gui.blend.scene import Scene
from voxview.gui.blend.subplots import BLEND, A, B, Shape, pixels_of
from voxview.gui.session.camera import FIRST
from voxview.gui.window import MainWindow
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.chair import Chair
from voxview.surface.extract import extract_surface
from voxview.surface.picture import render_chair

WATCH = """
import json, sys, time
import numpy as np
from PIL import ImageGrab

display, deadline, looks, first, until = sys.argv[1], time.monotonic() + 150, [], None, None
while time.monotonic() < (until or deadline):
    # Every fourth pixel each way; to look costs whom it looks at a part of the processor.
    pixels = np.asarray(ImageGrab.grab(xdisplay=display))[::4, ::4, :3].astype(np.int16)
    red, green, blue = (pixels[..., channel] for channel in range(3))
    bright = float((pixels.min(2) > 190).mean())
    orange = (red > 150) & (blue < 110) & (red > green + 25)
    blend = float(((abs(red - 138) < 45) & (green > red + 8) & (green > blue + 12)).mean())
    looks.append((bright, float(orange.mean()), blend))
    if blend > 0.002 and first is None:
        first = orange, pixels
    # The 3D view shades A a little differently, so it is there when A changes.
    if first is not None and until is None and np.median(np.abs(pixels - first[1]).max(2)[first[0]]) > 5:
        until = time.monotonic() + 1
    time.sleep(0.1)
print(json.dumps({"looks": looks, "changed": until is not None}))
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


def expected_picture(window: MainWindow, voxels: np.ndarray, colour: QColor) -> np.ndarray:
    """The picture of some voxels in a colour, as the view draws it."""
    there = view(window).pictures.pixels(A)
    side = there.shape[0] if there is not None else 16
    return render_chair(
        voxels.astype(np.float32),
        (side, side),
        color=(colour.red(), colour.green(), colour.blue()),
        azimuth=FIRST.azimuth,
        elevation=FIRST.elevation,
        scale=side / FIRST.height,
    )


def has_picture(window: MainWindow, place: int, voxels: np.ndarray, colour: QColor) -> bool:
    """Whether the picture in a place is of some voxels in a colour."""
    there = view(window).pictures.pixels(place)
    return there is not None and np.array_equal(there, expected_picture(window, voxels, colour))


def wait_until_drawn(qtbot: QtBot, window: MainWindow, act: Callable[[], object]) -> None:
    """Do something, and wait until all that it changes is on screen."""
    with qtbot.waitSignal(view(window).drawn, timeout=WAIT_MS):
        act()


def test_the_window_stays_the_same_one_when_the_3d_view_comes(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window(start=False)
    changes, before = Changes(window), window.winId()
    view(window).build_scene(Scene)
    with qtbot.waitSignal(view(window).drawn, timeout=WAIT_MS):
        view(window).scene.update()
    assert window.winId() == before
    assert changes.seen == []


def test_a_and_b_are_seen_before_there_is_an_engine_and_named_with_their_pictures(
    unstarted: MainWindow, qtbot: QtBot
) -> None:
    a, b = sample_catalog()[4:6]
    selection_of(unstarted).choose(a=a, b=b)
    wait_until_drawn(qtbot, unstarted, lambda: shown_in(unstarted).take_read((a, a.read()), (b, b.read())))
    assert has_picture(unstarted, A, a.read(), theme.AMBER)
    assert has_picture(unstarted, B, b.read(), theme.BLUE)
    assert view(unstarted).pictures.pixels(BLEND) is None
    assert (view(unstarted).headings.a.below, view(unstarted).headings.b.below) == (a.name, b.name)
    pixels = np.asarray(view(unstarted).pictures.grab().toImage().pixelColor(2, 2).getRgb()[:3])
    assert tuple(pixels) == QColor(theme.palette().scene).getRgb()[:3]


def test_a_heading_changes_with_its_picture_and_not_before(unstarted: MainWindow, qtbot: QtBot) -> None:
    chairs = sample_catalog()
    said_at: list[tuple[bool, str]] = []

    def read(chair: Chair) -> tuple[Chair, np.ndarray]:
        return chair, chair.read()

    wait_until_drawn(qtbot, unstarted, lambda: view(unstarted).show_read(read(chairs[0]), read(chairs[1])))
    view(unstarted).show_read(read(chairs[2]), read(chairs[3]))
    while view(unstarted).headings.a.below != chairs[2].name:
        said_at.append((has_picture(unstarted, A, chairs[0].read(), theme.AMBER), chairs[0].name))
        qtbot.wait(1)
    assert said_at and all(shown for shown, _ in said_at)
    assert has_picture(unstarted, A, chairs[2].read(), theme.AMBER)
    assert has_picture(unstarted, B, chairs[3].read(), theme.BLUE)


def test_what_is_put_together_is_seen_together(unstarted: MainWindow, qtbot: QtBot) -> None:
    pictures, grids = view(unstarted).pictures, [chair.read() for chair in sample_catalog()[:3]]
    seen: list[list[bool]] = []
    for place, grid in zip((A, BLEND, B), grids, strict=True):
        pictures.put(
            {place: Shape(grid, None, theme.AMBER)},
            lambda: seen.append([pictures.pixels(place) is not None for place in (A, BLEND, B)]),
        )
    qtbot.waitUntil(lambda: len(seen) == 3, timeout=WAIT_MS)
    assert seen == [[True] * 3] * 3


def test_of_many_shapes_in_a_row_the_last_one_stays(unstarted: MainWindow, qtbot: QtBot) -> None:
    grids = [chair.read() for chair in sample_catalog()[:12]]
    said: list[int] = []
    for number, grid in enumerate(grids):
        shape = Shape(grid, None, theme.AMBER)
        view(unstarted).pictures.put({A: shape}, lambda number=number: said.append(number))
        qtbot.wait(2)
    qtbot.waitUntil(lambda: len(said) == len(grids), timeout=WAIT_MS)
    assert said == sorted(said)
    assert has_picture(unstarted, A, grids[-1], theme.AMBER)


def test_the_3d_view_comes_with_all_three_in_it_and_what_was_to_be_said(
    unstarted: MainWindow, qtbot: QtBot
) -> None:
    chairs = sample_catalog()
    a, b = ((chair, chair.read()) for chair in chairs[:2])
    view(unstarted).show_read(a, b)
    view(unstarted).build_scene(Scene)  # before the pictures are drawn
    scene = view(unstarted).scene
    assert scene is not None
    for place, (_, grid) in ((A, a), (B, b)):
        assert np.array_equal(scene.vertices(place), extract_surface(grid).vertices)
    assert view(unstarted).headings.b.below == chairs[1].name
    with qtbot.waitSignal(view(unstarted).drawn, timeout=WAIT_MS):
        scene.update()


def test_a_chair_is_as_large_in_its_picture_as_in_the_3d_view(unstarted: MainWindow, qtbot: QtBot) -> None:
    chairs = [(chair, chair.read()) for chair in sample_catalog()[:2]]
    wait_until_drawn(qtbot, unstarted, lambda: view(unstarted).show_read(chairs[0], chairs[1]))
    flat_pixels = pixels_of(view(unstarted).pictures.grab().toImage())
    view(unstarted).build_scene(Scene)
    assert view(unstarted).scene is not None
    with qtbot.waitSignal(view(unstarted).drawn, timeout=WAIT_MS):
        view(unstarted).scene.update()
    solid_pixels = view(unstarted).scene.pixels()
    assert solid_pixels is not None and solid_pixels.shape == flat_pixels.shape
    boxes = [_orange_box(pixels) for pixels in (flat_pixels, solid_pixels)]
    assert np.abs(np.subtract(*boxes)).max() <= 0.06 * (boxes[0][2] - boxes[0][0] + 60), boxes


def _orange_box(pixels: np.ndarray) -> tuple[int, int, int, int]:
    """The box (left, top, right, bottom) around what is in A's colour."""
    red, green, blue = (pixels[..., channel].astype(int) for channel in range(3))
    rows, columns = np.nonzero((red > blue + 40) & (red > green + 15))
    return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())


def test_without_opengl_the_pictures_stay_and_everything_works(flat: MainWindow, qtbot: QtBot) -> None:
    assert view(flat).scene is None
    assert flat.isVisible() and flat.messages.text == ""
    selection_of(flat).move(Position(0.25))
    wait_for_position(qtbot, flat, 0.25)
    result = shown_in(flat).blend
    assert result is not None
    qtbot.waitUntil(lambda: has_picture(flat, BLEND, result.field, theme.blend_colour(0.25)), timeout=WAIT_MS)
    assert view(flat).headings.blend.below == "t = 0.25"
    chairs = sample_catalog()[6:8]
    selection_of(flat).choose(a=chairs[0], b=chairs[1])
    qtbot.waitUntil(lambda: has_picture(flat, A, chairs[0].read(), theme.AMBER), timeout=WAIT_MS)
    assert has_picture(flat, B, chairs[1].read(), theme.BLUE)
    assert view(flat).headings.a.below == chairs[0].name


def test_without_opengl_reconstructions_are_seen_too(flat: MainWindow, qtbot: QtBot) -> None:
    wait_until_drawn(qtbot, flat, flat.qactions["show_rebuilt"].trigger)
    pair = shown_in(flat).pair
    assert pair is not None
    assert has_picture(flat, A, pair[0].reconstruction, theme.AMBER)
    assert "A rebuilt" in view(flat).headings.a.title


def test_a_screenshot_of_the_pictures_is_what_is_seen(flat: MainWindow, tmp_path: Path) -> None:
    seen = pixels_of(view(flat).pictures.grab().toImage())
    flat.feature(BlendFeature).screenshot_to(tmp_path / "seen.png")
    assert np.array_equal(np.asarray(Image.open(tmp_path / "seen.png")), seen)


def test_before_any_picture_a_screenshot_says_to_wait(unstarted: MainWindow, tmp_path: Path) -> None:
    unstarted.feature(BlendFeature).screenshot_to(tmp_path / "seen.png")
    assert "no picture yet" in unstarted.messages.text
    assert not (tmp_path / "seen.png").exists()


def test_pictures_grow_with_the_window(flat: MainWindow, qtbot: QtBot) -> None:
    before = view(flat).pictures.pixels(A)
    flat.resize(1400, 860)
    after = None

    def is_larger() -> bool:
        nonlocal after
        after = view(flat).pictures.pixels(A)
        return after is not None and before is not None and after.shape[0] > before.shape[0]

    qtbot.waitUntil(is_larger, timeout=WAIT_MS)


def test_where_vtk_cannot_be_imported_the_pictures_stay_and_say_so(
    open_window: Callable[..., MainWindow], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("voxview.gui.blend.scene")
    monkeypatch.setitem(sys.modules, "voxview.gui.blend.scene", None)
    window = open_window(wait=False)
    qtbot.waitUntil(lambda: "No 3D view" in view(window).pictures.text, timeout=WAIT_MS)
    assert view(window).scene is None
    assert all(view(window).pictures.pixels(place) is not None for place in (A, BLEND, B))


def test_what_is_said_while_there_is_no_picture_goes_with_the_first(
    unstarted: MainWindow, qtbot: QtBot
) -> None:
    pictures, grid = view(unstarted).pictures, sample_catalog()[0].read()
    assert pictures.text == "Starting…"
    unstarted.context.session.error.emit("the engine has failed")
    assert pictures.text == "No blend yet"
    wait_until_drawn(qtbot, unstarted, lambda: pictures.put({A: Shape(grid, None, theme.AMBER)}, list))
    assert pictures.text == ""


def test_another_pair_that_is_chosen_while_the_first_is_read_is_what_is_seen(
    open_window: Callable[..., MainWindow], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voxview.gui.startup.Startup._start_engine", lambda _: None)
    window, chairs = open_window(wait=False), sample_catalog()[8:10]
    selection_of(window).choose(a=chairs[0], b=chairs[1])
    qtbot.waitUntil(lambda: has_picture(window, A, chairs[0].read(), theme.AMBER), timeout=WAIT_MS)
    assert has_picture(window, B, chairs[1].read(), theme.BLUE)
    assert view(window).headings.b.below == chairs[1].name


ORDER = """
import sys
from voxview.gui import preflight
preflight.prepare_environment()
from voxview.gui import app as program, startup
from voxview.gui.blend.feature import BlendFeature
# Only what is seen may start the engine here: on a busy machine these clocks end before the first picture.
program._PAINTED_AT_LAST_MS = startup._DRAWN_AT_LAST_MS = 1_000_000
make_window = program.make_window
def watched_window(app):
    window = make_window(app)
    view, shown = window.feature(BlendFeature).view, window.context.session.shown
    def drawn():
        seen = "3D" if view.scene is not None else "blend" if shown.result is not None else "pair"
        print(seen, *[name for name in ("torch", "vtkmodules", "pyvista") if name in sys.modules], flush=True)
    view.drawn.connect(drawn)
    return window
program.make_window = watched_window
program.run([], None)
"""


@contextmanager
def virtual_screen(*options: str) -> Iterator[str]:
    """Start an X server of its own with these options, and yield its display's name.

    Without -noreset it would begin anew whenever whoever watches it is its only client and leaves, and
    refuse the program meanwhile.
    """
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-noreset", "-displayfd", str(write), "-screen", "0", "1400x900x24", *options],
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


Look = tuple[float, float, float]
"""Shares of the screen: what is bright, what is of A's orange, what is of the blend's green."""


def start_as_a_new_user(display: str, folder: Path, program: Sequence[str]) -> subprocess.Popen[str]:
    """Start the program with what it prints and complains of in pipes."""
    environment = {k: v for k, v in os.environ.items() if k != "QT_QPA_PLATFORM"}
    environment |= {"DISPLAY": display, "XDG_CONFIG_HOME": str(folder), "XDG_CACHE_HOME": str(folder)}
    # Matplotlib lists the system's fonts once a user; where that takes long it says so on stderr.
    importlib.import_module("matplotlib.font_manager")
    environment["MPLCONFIGDIR"] = matplotlib.get_cachedir()
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, *program], env=environment, text=True, **pipes)


def look_at_a_start(display: str, folder: Path) -> list[Look]:
    """Start the program as a new user; return every look until the 3D view is there."""
    started = start_as_a_new_user(display, folder, ("-m", "voxview"))
    try:
        watched = subprocess.run(
            [sys.executable, "-c", WATCH, display], capture_output=True, text=True, check=True
        )
    finally:
        started.terminate()
    _, complaints = started.communicate(timeout=30)
    answer = json.loads(watched.stdout)
    assert answer["changed"], f"no 3D view came: status {started.returncode}, {complaints}"
    looks: list[Look] = answer["looks"]
    return looks


def read_until_3d(display: str, folder: Path) -> tuple[list[str], str]:
    """Start the program, which prints what is seen; return the lines until the 3D view is, and what came on
    stderr until a second later.
    """
    started = start_as_a_new_user(display, folder, ("-c", ORDER))
    try:
        assert started.stdout is not None
        lines = []
        for line in started.stdout:
            lines.append(line)
            if line.startswith("3D"):
                break
        time.sleep(1)
    finally:
        started.terminate()
    return lines, started.communicate(timeout=30)[1]


@pytest.mark.slow
def test_under_a_window_manager_nothing_is_black_or_gone_until_the_3d_view_is_there(tmp_path: Path) -> None:
    if shutil.which("openbox") is None:
        pytest.skip("openbox is not installed: without a window manager nothing is unmapped")
    with virtual_screen() as display:
        manager = subprocess.Popen(
            ["openbox"], env=os.environ | {"DISPLAY": display}, stderr=subprocess.DEVNULL
        )
        try:
            looks = look_at_a_start(display, tmp_path)
        finally:
            manager.terminate()
            manager.wait(10)
    for part, least in ((0, 0.25), (1, 0.002), (2, 0.002)):
        begun = next(number for number, look in enumerate(looks) if look[part] > least)
        assert len(looks) - begun > 5, "not looked at often enough"
        assert min(look[part] for look in looks[begun:]) > 0.8 * least, [round(x[part], 4) for x in looks]


@pytest.mark.slow
def test_a_and_b_are_seen_before_torch_the_blend_before_vtk_and_without_glx_nothing_is_complained_of(
    tmp_path: Path,
) -> None:
    with virtual_screen("-extension", "GLX") as display:
        printed, complaints = read_until_3d(display, tmp_path)
    assert complaints == ""
    first = {seen: modules for seen, *modules in map(str.split, reversed(printed))}
    assert first == {"pair": [], "blend": ["torch"], "3D": ["torch", "vtkmodules", "pyvista"]}


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
