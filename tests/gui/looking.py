"""Parts of a window that the tests look at, and how long they wait for them."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from pytestqt.qtbot import QtBot

from voxview.engine.scores.pair_scores import PairScores
from voxview.engine.step import Step
from voxview.gui.blend.feature import BlendFeature
from voxview.gui.blend.subplots import BLEND
from voxview.gui.blend.transport import Transport
from voxview.gui.blend.view import ChairsView
from voxview.gui.browser.feature import BrowserFeature
from voxview.gui.browser.panel import Browser
from voxview.gui.session.selection import Selection
from voxview.gui.session.shown import Shown
from voxview.gui.timings.feature import TimingsFeature
from voxview.gui.timings.panel import TimingPanel
from voxview.gui.window import MainWindow
from voxview.shapes.catalogs.samples import sample_catalog

if TYPE_CHECKING:
    from voxview.engine.engine import Engine
    from voxview.gui.all_pairs.controller import AllPairsController
    from voxview.gui.benchmark.controller import BenchmarkController
    from voxview.gui.latent.controller import LatentController
    from voxview.gui.map.controller import MapController
    from voxview.gui.mix.controller import MixController

T = TypeVar("T")

WAIT_MS = 60_000


def selection_of(window: MainWindow) -> Selection:
    """Return what is selected: pair, position, mix."""
    return window.context.session.selection


def shown_in(window: MainWindow) -> Shown:
    """Return what is shown: blend, mix, scores."""
    return window.context.session.shown


def browser(window: MainWindow) -> Browser:
    """Return the list of chairs."""
    return window.feature(BrowserFeature).panel


def view(window: MainWindow) -> ChairsView:
    """Return the 3D view with its headings."""
    return window.feature(BlendFeature).view


def transport(window: MainWindow) -> Transport:
    """Return the slider and what stands beside it."""
    return window.feature(BlendFeature).transport


def timings(window: MainWindow) -> TimingPanel:
    """Return the page of timings."""
    return window.feature(TimingsFeature).panel


def open_all_pairs(window: MainWindow, chairs: int = 4, steps: int = 3) -> AllPairsController:
    """Open the page of all pairs with a small set chosen, and return its controller."""
    window.qactions["show_all_pairs"].trigger()
    page = all_pairs_page(window)
    page.panel.choice.count.setValue(chairs)
    page.panel.choice.steps.setValue(steps)
    return page


def all_pairs_page(window: MainWindow) -> AllPairsController:
    """Return what stands behind the page of all pairs, which was opened."""
    from voxview.gui.all_pairs.controller import AllPairsController
    from voxview.gui.all_pairs.feature import AllPairsFeature

    page = window.feature(AllPairsFeature).controller
    assert isinstance(page, AllPairsController)
    return page


def latent_page(window: MainWindow) -> LatentController:
    """Open the page of the 64 numbers, and return what stands behind it."""
    from voxview.gui.latent.controller import LatentController
    from voxview.gui.latent.feature import LatentFeature

    window.side.show("latent")
    page = window.feature(LatentFeature).controller
    assert isinstance(page, LatentController)
    return page


def map_page(window: MainWindow) -> MapController:
    """Return what stands behind the page of the map, which was opened."""
    from voxview.gui.map.controller import MapController
    from voxview.gui.map.feature import MapFeature

    page = window.feature(MapFeature).controller
    assert isinstance(page, MapController)
    return page


def mix_page(window: MainWindow) -> MixController:
    """Return what stands behind the page of mixes, which was opened."""
    from voxview.gui.mix.controller import MixController
    from voxview.gui.mix.feature import MixFeature

    page = window.feature(MixFeature).controller
    assert isinstance(page, MixController)
    return page


def is_running(page: AllPairsController | BenchmarkController) -> bool:
    """Return whether the page computes: its button cancels meanwhile."""
    return page.panel.button.text() == "Cancel"


@contextmanager
def engine_kept_busy(window: MainWindow) -> Iterator[None]:
    """Keep the engine's thread at another task: what is queued meanwhile waits, on however slow a machine."""
    go_on = threading.Event()

    def work(_: Engine) -> Generator[Step, None, None]:
        yield Step(0, 1)
        assert go_on.wait(WAIT_MS / 1e3), "the test never let the engine go on"

    window.context.session.tasks.run("Keeping the engine busy", work, lambda _: None)
    try:
        yield
    finally:
        go_on.set()


def blend_vertices(window: MainWindow) -> np.ndarray:
    """Return the vertices in the blend's place, `(n, 3)`, as VTK has them."""
    assert view(window).scene is not None
    return view(window).scene.vertices(BLEND)


def shown_vertices(window: MainWindow, place: int) -> np.ndarray:
    """Return the vertices in one of the three places, `(n, 3)`, as VTK has them."""
    assert view(window).scene is not None
    return view(window).scene.vertices(place)


def wait_for_position(qtbot: QtBot, window: MainWindow, t: float) -> None:
    """Wait until the blend at t of the wanted pair is what is shown."""
    selection = selection_of(window)

    def is_shown() -> bool:
        result = shown_in(window).blend
        return (
            result is not None
            and result.request.t == t
            and (result.request.a, result.request.b) == selection.pair
        )

    qtbot.waitUntil(is_shown, timeout=WAIT_MS)


def wait_for_answers(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until nothing that was requested so far waits: the engine begins no task before that."""

    def nothing(_: object) -> Iterator[tuple[int, int]]:
        yield 0, 1

    with qtbot.waitSignal(window.context.session.tasks.ended, timeout=WAIT_MS):
        window.context.session.tasks.run("Nothing", nothing, lambda _: None)  # type: ignore[arg-type]


def made_up_scores(n: int = 4, k: int = 5, good: tuple[int, int] | None = (1, 3)) -> PairScores:
    """Return scores of the first n sample chairs: one good cell, at the step in the middle of k."""
    whole, novelty = np.full((n, n, k), 0.5, np.float32), np.full((n, n, k), 0.2, np.float32)
    standing = np.ones((n, n, k), np.float32)
    if good is not None:
        whole[good[0], good[1], k // 2] = whole[good[1], good[0], k // 2] = 1
    chairs = tuple(sample_catalog()[:n])
    t, pieces, loose = np.linspace(0, 1, k, dtype=np.float32), np.where(whole < 1, 2, 1), 100 * (whole < 1)
    counts = pieces.astype(np.float32), loose.astype(np.float32), np.ones((n, n, k), np.float32)
    symmetry = np.full((n, n, k), 0.95, np.float32), np.ones(n, np.float32)
    return PairScores(chairs, t, whole, standing, novelty, *counts, *symmetry, "cpu", 1.0)


def change_weights(qtbot: QtBot, window: MainWindow, choice: str) -> None:
    """Load other weights, and wait until they are in use."""
    session = window.context.session
    with qtbot.waitSignal(session.engine.weights_changed, timeout=WAIT_MS):
        session.tasks.change_weights(choice)


def soak_choice(full: T, short: T) -> T:
    """Return the first of two settings of a soak test with `VOXVIEW_SOAK=1`, which runs it in full."""
    return full if os.environ.get("VOXVIEW_SOAK") else short
