"""A real window with a real engine for each test, and nothing of it left afterwards."""

from __future__ import annotations

import functools
import gc
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from voxview.gui import preflight

preflight.prepare_environment()

from looking import WAIT_MS, shown_in, view  # noqa: E402
from PySide6.QtCore import QEvent  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402
from pytestqt.qtbot import QtBot  # noqa: E402

from voxview.gui import app as program  # noqa: E402
from voxview.gui import theme  # noqa: E402
from voxview.gui.context.settings import Settings  # noqa: E402
from voxview.gui.window import MainWindow  # noqa: E402

if TYPE_CHECKING:
    from voxview.engine.engine import Engine


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """Return the program's own application, so that format and style are the real ones."""
    return program.make_application()


@pytest.fixture(scope="session")
def new_engine() -> Iterator[Callable[[], Engine]]:
    """Return what makes a new engine with the default weights.

    Weights are read once for all tests, as nobody writes to them; whatever an engine computes is its own.
    """
    from voxview.engine import engine

    report = engine.find_devices()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "load_autoencoder", functools.cache(engine.load_autoencoder))
        yield lambda: engine.Engine(report=report)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a folder of its own for what the program keeps of catalogs."""
    monkeypatch.setattr("voxview.engine.catalog.cache.cache_folder", lambda: tmp_path / "cache")


@pytest.fixture
def open_window(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, new_engine: Callable[[], Engine]
) -> Iterator[Callable[..., MainWindow]]:
    """Yield what opens windows with fresh settings; close them, and look for what is left."""
    windows: list[MainWindow] = []

    def open_one(
        files: tuple[Path, ...] = (),
        data: Path | None = None,
        wait: bool = True,
        size: tuple[int, int] = (1280, 800),
        build_engine: Callable[[], Engine] = new_engine,
    ) -> MainWindow:
        theme.apply_theme("light")
        window = MainWindow(Settings(tmp_path / "voxview.ini"))
        windows.append(window)
        window.resize(*size)
        window.show()
        qtbot.waitExposed(window)
        window.startup.start(list(files), data, build_engine)
        if wait:
            qtbot.waitUntil(lambda: shown_in(window).blend is not None, timeout=WAIT_MS)
            with qtbot.waitSignal(view(window).drawn, timeout=WAIT_MS):
                view(window).scene.update()
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
    left = [thread.name for thread in threading.enumerate() if thread.name.startswith("voxview")]
    assert left == [], f"threads outlive their window: {left}"
    shown = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    assert shown == [], f"windows are left: {shown}"


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    """Return a window with two sample chairs and their blend on screen."""
    return open_window()
