"""Opening: two sample chairs and a blend, at once, and nothing left after closing."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from looking import WAIT_MS, blend_vertices, selection_of, shown_in, shown_vertices, timings, view
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from voxview.gui import theme
from voxview.gui.window import MainWindow
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.surface.write import write_shape

BARE = """
from voxview.gui import preflight
preflight.prepare_environment()
preflight.check()
from voxview.gui import app as program
app = program.make_application()
window = program.make_window(app)
window.show()
def painted():
    import sys
    heavy = {"torch", "vtkmodules", "pyvista", "cupy", "scipy", "skimage", "PIL", "voxview.pictures"}
    heavy &= set(sys.modules)
    print("painted", *heavy)
    window.close()
    app.quit()
program.after_first_paint(window, painted)
app.exec()
"""


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    """Return a window with the default weights."""
    return open_window(weights="chairs")


def test_two_sample_chairs_and_their_blend_are_on_screen_in_their_colours(window: MainWindow) -> None:
    samples = window.context.listing.catalogs[0]
    assert selection_of(window).pair == (samples[0], samples[1])
    assert shown_in(window).blend is not None
    assert shown_in(window).blend.request.t == 0.5
    assert all(len(shown_vertices(window, place)) > 100 for place in range(3))
    assert view(window).headings.a.below == samples[0].name
    assert "IoU" in window.status.iou.text()
    assert "triangles" in window.status.size_text.text()
    assert view(window).scene is not None
    pixels = view(window).scene.pixels()
    assert pixels is not None
    thirds = np.array_split(pixels[:, :, :3].astype(float), 3, axis=1)
    for third, colour in zip(thirds, (theme.AMBER, theme.blend_colour(0.5), theme.BLUE), strict=True):
        wanted = np.array(QColor(colour).getRgb()[:3], float)
        hue = third.reshape(-1, 3) / np.maximum(third.reshape(-1, 3).sum(1, keepdims=True), 1)
        near = np.abs(hue - wanted / wanted.sum()).max(1) < 0.03
        assert near.mean() > 0.01, f"nothing in the colour {colour.name()}"


def test_closing_ends_every_thread_and_a_second_window_works(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    assert any(thread.name == "voxview-engine" for thread in threading.enumerate())
    window.close()
    assert not any(thread.name.startswith("voxview") for thread in threading.enumerate())
    assert not window.isVisible()
    assert len(blend_vertices(open_window())) > 0


def test_closing_while_starting_leaves_nothing(open_window: Callable[..., MainWindow]) -> None:
    open_window(wait=False).close()


def test_files_named_at_the_start_become_a_and_b(
    open_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    paths = tmp_path / "first.binvox", tmp_path / "second.obj"
    for path, chair in zip(paths, sample_catalog()[4:6], strict=True):
        write_shape(path, chair.read())
    window = open_window(files=paths)
    selection = selection_of(window)
    qtbot.waitUntil(
        lambda: shown_in(window).blend is not None and shown_in(window).blend.request.a.id == str(paths[0]),
        timeout=WAIT_MS,
    )
    assert selection.a is not None and selection.b is not None
    assert (selection.a.id, selection.b.id) == (str(paths[0]), str(paths[1]))
    catalog = window.context.listing.catalog
    assert catalog is not None and catalog.name == "Imported files"


def test_a_folder_named_at_the_start_is_listed_and_its_first_two_chairs_shown(
    open_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    for chair in sample_catalog()[6:9]:
        write_shape(tmp_path / f"{chair.id}.binvox", chair.read())
    window = open_window(data=tmp_path)
    qtbot.waitUntil(lambda: len(window.context.listing.catalogs) == 2, timeout=WAIT_MS)
    mine = window.context.listing.catalogs[1]
    assert selection_of(window).pair == (mine[0], mine[1])
    assert window.context.listing.catalog is mine


def test_a_broken_first_pair_leaves_the_samples_on_screen(
    open_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    for name in ("one.binvox", "two.npy"):
        (tmp_path / name).write_bytes(b"neither")
    window = open_window(data=tmp_path)
    samples = window.context.listing.catalogs[0]
    qtbot.waitUntil(lambda: "one.binvox" in window.messages.text, timeout=WAIT_MS)
    assert selection_of(window).pair == (samples[0], samples[1])


@pytest.mark.parametrize(("width", "shown"), [(800, False), (1600, True)])
def test_a_narrow_window_gives_the_timings_room_to_the_chairs(
    open_window: Callable[..., MainWindow], width: int, shown: bool
) -> None:
    window = open_window(size=(width, 600), start=False)
    assert window.width() == width
    assert timings(window).isVisible() is shown
    window.qactions["show_timings"].setChecked(True)
    assert timings(window).isVisible()


def test_the_bare_window_shows_before_anything_heavy_is_imported(qapp: QApplication) -> None:
    run = subprocess.run([sys.executable, "-c", BARE], capture_output=True, text=True, timeout=60)
    assert run.stdout.split() == ["painted"], run.stdout + run.stderr
