"""A real window with a real engine for each test, and nothing of it left afterwards."""

from __future__ import annotations

import functools
import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from voxview.gui import preflight

preflight.prepare_environment()

from looking import WAIT_MS, selection_of, shown_in, view  # noqa: E402
from PySide6.QtCore import QEvent, Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402
from pytestqt.qtbot import QtBot  # noqa: E402
from remembered import remember, scored_once  # noqa: E402

from voxview.gui import app as program  # noqa: E402
from voxview.gui import theme  # noqa: E402
from voxview.gui.blend import first_pictures, opengl  # noqa: E402
from voxview.gui.context import thumbnails  # noqa: E402
from voxview.gui.context.settings import Settings  # noqa: E402
from voxview.gui.window import MainWindow  # noqa: E402
from voxview.shapes.catalogs.open import open_catalog  # noqa: E402

if TYPE_CHECKING:
    from voxview.engine.engine import Engine
    from voxview.engine.step import Step


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """Return the program's own application, so that format and style are the real ones."""
    return program.make_application()


_remembering: dict[tuple[object, str], object] = {}
"""What takes the place of functions of a module while a test of the window runs."""


@pytest.fixture(autouse=True)
def remembers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remember results in tests of the window alone: unit tests in this process compute all by themselves."""
    for (module, name), function in _remembering.items():
        monkeypatch.setattr(module, name, function)


@pytest.fixture(scope="session")
def new_engine() -> Iterator[Callable[..., Engine]]:
    """Return what makes a new engine with the weights of a name.

    Weights are read once for all tests, as nobody writes to them, and what a network gave for a chair or a
    latent is remembered (`remembered.py`). With `anew=True` an engine's networks compute all by themselves.
    """
    from voxview.engine import engine
    from voxview.engine.pipelines import pipeline
    from voxview.gui.blend import scene  # noqa: F401 - imported here, not at the first window

    report = engine.find_devices()
    # What is imported stays for good: a collection that goes through all of it takes 0.25 s after each test.
    gc.collect()
    gc.freeze()
    load = engine.load_autoencoder
    load_once = functools.cache(load)
    load_remembering = functools.cache(lambda *words, **options: remember(load(*words, **options)))

    def make(weights: str, anew: bool = False) -> Engine:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(engine, "load_autoencoder", load_once if anew else load_remembering)
            return engine.Engine(weights, report=report)

    _remembering[engine, "load_autoencoder"] = load_remembering
    _remembering[pipeline, "scores_of"] = scored_once(pipeline.scores_of)
    yield make
    _remembering.clear()


imported_before = 0


def go_through_what_was_imported_once() -> None:
    """Freeze what a collection finds in use, where much was imported since the last time.

    Before a window opens: what the last one left is gone by then.
    """
    global imported_before
    if len(sys.modules) > imported_before + 40:
        gc.collect()
        gc.freeze()
        imported_before = len(sys.modules)


draw_thumbnail, draw_thumbnail_once = thumbnails._draw, functools.cache(thumbnails._draw)
draw_first_picture = first_pictures._drawn
first_pictures_drawn: dict[tuple[object, ...], first_pictures._Picture] = {}


def draw_first_picture_once(picture: first_pictures._Picture) -> first_pictures._Picture:
    """Return what was drawn of the same voxels, or draw it: most windows begin with the same pair."""
    shape = picture.shape
    voxels = shape.voxels
    parts = None if shape.parts is None else (shape.parts.labels.tobytes(), shape.parts.hidden)
    key = (
        voxels.dtype.str,
        voxels.tobytes(),
        shape.colour.rgba(),
        shape.resolution,
        picture.side,
        picture.camera,
        parts,
    )
    if key not in first_pictures_drawn:
        if len(first_pictures_drawn) > 50:
            first_pictures_drawn.clear()
        first_pictures_drawn[key] = draw_first_picture(picture)
    return replace(picture, image=first_pictures_drawn[key].image)


@pytest.fixture(autouse=True)
def less_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw a sample chair's thumbnail and each first picture once for all windows, no picture of a pause
    again with smooth edges, and learn attributes from a fifth of the chairs.

    For a test at a time: others run in the same process.
    """
    from voxview.engine import engine
    from voxview.gui.blend import scene

    monkeypatch.setattr(first_pictures, "_drawn", draw_first_picture_once)
    monkeypatch.setattr(scene, "_STILL_AFTER_MS", 60_000)

    monkeypatch.setattr(
        thumbnails,
        "_draw",
        lambda chair, side: (draw_thumbnail_once if chair.source == "samples" else draw_thumbnail)(
            chair, side
        ),
    )
    few = functools.partial(engine.learn_directions, chairs=64)
    monkeypatch.setattr(engine, "learn_directions", few)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a folder of its own for what the program keeps of catalogs."""
    monkeypatch.setattr("voxview.engine.catalog.cache.cache_folder", lambda: tmp_path / "cache")


@pytest.fixture
def open_window(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, new_engine: Callable[[str], Engine]
) -> Iterator[Callable[..., MainWindow]]:
    """Yield what opens windows with fresh settings; close them, and look for what is left.

    The study's weights decode a path in a seventh of the time of the default ones: tests for which it matters
    which weights are in use name theirs. With `start=False` the window stays as it is before it has an engine
    and a 3D view: the sample chairs are listed, and the first two are selected. With `flat=True` pictures
    stay where the 3D view would be, as without OpenGL: in software it composes the whole window whenever
    anything in it changes, which is two thirds of what it takes to open one.
    """
    windows: list[MainWindow] = []
    go_through_what_was_imported_once()

    def open_one(
        files: tuple[Path, ...] = (),
        data: Path | None = None,
        wait: bool = True,
        size: tuple[int, int] = (1280, 800),
        weights: str = "study",
        build_engine: Callable[[], Engine] | None = None,
        start: bool = True,
        flat: bool = False,
    ) -> MainWindow:
        theme.apply_theme("light")
        with pytest.MonkeyPatch.context() as patch:
            if flat:
                patch.setattr(opengl, "works", lambda: False)
            window = MainWindow(Settings(tmp_path / "voxview.ini"))
        windows.append(window)
        window.resize(*size)
        window.show()
        qtbot.waitExposed(window)
        QTest.keyRelease(window, Qt.Key.Key_Control)  # Qt keeps the modifiers of the last test's last event
        if start:
            window.startup.start(list(files), data, build_engine or partial(new_engine, weights))
        else:
            _list_samples(window)
        if start and wait:
            qtbot.waitUntil(lambda: shown_in(window).blend is not None, timeout=WAIT_MS)
            if flat:
                qtbot.waitUntil(lambda: "No 3D view" in view(window).pictures.text, timeout=WAIT_MS)
            else:
                qtbot.waitUntil(lambda: view(window).scene is not None, timeout=WAIT_MS)
                with qtbot.waitSignal(view(window).drawn, timeout=WAIT_MS):
                    view(window).scene.update()
        if wait:
            window.activateWindow()
            qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)  # shortcuts belong to the active window
        return window

    yield open_one
    # A collection while Qt deletes a window crashes PySide6 6.12 now and then (2 of 400 windows; of as many
    # without it, none).
    gc.disable()
    for window in windows:
        window.close()
        assert view(window).scene is None
        window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.processEvents()
    windows.clear()
    gc.enable()
    gc.collect()
    for thread in threading.enumerate():
        if thread.name.startswith("voxview"):
            thread.join(WAIT_MS / 1e3)  # closing does not wait for a step on a machine that does other work
    left = [thread.name for thread in threading.enumerate() if thread.name.startswith("voxview")]
    assert left == [], f"threads outlive their window: {left}"
    shown = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    assert shown == [], f"windows are left: {shown}"


@pytest.fixture
def lingering_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the scores of all pairs stay where those of the first pair are known: however busy the machine is,
    not all are there before they are cancelled.
    """
    from voxview.engine import all_pairs

    score = all_pairs.score_all_pairs

    def linger(*words: Any, **options: Any) -> Iterator[Step]:
        for step in score(*words, **options):
            yield step
            while step.value is not None and not np.isnan(step.value.whole[0, 1]).any():
                time.sleep(0.002)
                yield step

    monkeypatch.setattr(all_pairs, "_SHOWN_EVERY", 0.0)
    monkeypatch.setattr(all_pairs, "score_all_pairs", linger)


def _list_samples(window: MainWindow) -> None:
    samples = open_catalog(None)
    window.context.listing.add_catalog(samples)
    selection_of(window).choose(a=samples[0], b=samples[1])


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    """Return a window with two sample chairs and their blend on screen."""
    return open_window()


@pytest.fixture
def solid(open_window: Callable[..., MainWindow]) -> MainWindow:
    """Return a window with a 3D view, in a file whose `window` has none."""
    return open_window()


@pytest.fixture
def flat(open_window: Callable[..., MainWindow]) -> MainWindow:
    """Return a window with two sample chairs and their blend in pictures: to open it takes a third of the
    time. Headings change with the pictures, which are drawn on a thread of their own.
    """
    return open_window(flat=True)


@pytest.fixture
def unstarted(open_window: Callable[..., MainWindow]) -> MainWindow:
    """Return a window before it has an engine and a 3D view: to open it takes a sixth of the time."""
    return open_window(start=False)
