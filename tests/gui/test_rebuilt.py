"""A and B beside what their 64 numbers hold of them, and blends without their small components."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from looking import (
    WAIT_MS,
    blend_vertices,
    browser,
    selection_of,
    shown_in,
    shown_vertices,
    view,
    wait_for_position,
)
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from voxview.engine.request import Position
from voxview.gui.blend.feature import BlendFeature
from voxview.gui.files.feature import FilesFeature
from voxview.gui.window import MainWindow
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.components import without_small_components


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    """Return a window with the default weights, whose encodings are refined."""
    return open_window(weights="chairs")


def test_the_iou_of_each_chair_is_always_in_its_heading(window: MainWindow, qtbot: QtBot) -> None:
    headings = view(window).headings
    a = selection_of(window).a
    assert a is not None
    assert headings.a.accessibleName().startswith("A · IoU 0.") and headings.a.below == a.name
    before = headings.b.accessibleName()
    selection_of(window).choose(b=browser(window).model.chair(6))
    assert headings.b.accessibleName() == before, "the chair on screen is still the one before"
    qtbot.waitUntil(lambda: headings.b.below == browser(window).model.chair(6).name, timeout=WAIT_MS)
    assert headings.b.accessibleName().startswith("B · IoU 0.")


def test_a_key_shows_the_reconstructions_and_the_chairs_again(window: MainWindow, qtbot: QtBot) -> None:
    chairs = [shown_vertices(window, place) for place in (0, 2)]
    QTest.keyClick(window, Qt.Key.Key_E)
    assert window.qactions["show_rebuilt"].isChecked()
    assert view(window).headings.a.accessibleName().startswith("A rebuilt · IoU 0.")
    for t, place in ((0.0, 0), (1.0, 2)):
        window.feature(BlendFeature).move_by_hand(Position(t))
        wait_for_position(qtbot, window, t)
        # The ends of the way are the reconstructions, so the blend looks like its neighbour now.
        assert np.allclose(shown_vertices(window, place), blend_vertices(window), atol=1e-4)
    QTest.keyClick(window, Qt.Key.Key_E)
    assert all(np.array_equal(shown_vertices(window, place), chairs[place // 2]) for place in (0, 2))
    assert view(window).headings.a.accessibleName().startswith("A · IoU 0.")


def test_reconstructions_stay_on_for_the_next_pair_and_with_other_weights(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.qactions["show_rebuilt"].setChecked(True)
    selection_of(window).choose(a=browser(window).model.chair(5))
    qtbot.waitUntil(lambda: "A rebuilt" in view(window).headings.a.accessibleName(), timeout=WAIT_MS)
    default = view(window).headings.a.accessibleName(), shown_vertices(window, 0)
    window.context.session.tasks.change_weights("study")
    shown = shown_in(window)
    with qtbot.waitSignal(window.context.session.engine.weights_changed, timeout=WAIT_MS):
        pass
    assert "IoU" not in view(window).headings.a.accessibleName(), "that was of the weights before"
    qtbot.waitUntil(lambda: shown.pair is not None, timeout=WAIT_MS)
    assert view(window).headings.a.accessibleName() != default[0]
    assert not np.array_equal(shown_vertices(window, 0), default[1])


def test_a_held_key_does_not_flicker(unstarted: MainWindow) -> None:
    window = unstarted
    for name in ("show_rebuilt", "remove_small_components", "loop"):
        assert not window.qactions[name].autoRepeat()
    assert window.qactions["forth"].autoRepeat()


def _with_loose_pieces(window: MainWindow, qtbot: QtBot) -> float:
    """Take a pair whose blends have loose pieces, and go to a position where there are some."""
    a, b = sample_catalog()[6:8]
    selection_of(window).choose(a=a, b=b)

    def is_refined() -> bool:  # before it is, a blend changes once more; scores are of refined latents
        scores = shown_in(window).scores
        return scores is not None and scores.request.a == a

    qtbot.waitUntil(is_refined, timeout=WAIT_MS)
    for step in range(20, 80, 5):
        window.feature(BlendFeature).move_by_hand(Position.at_step(step))
        wait_for_position(qtbot, window, step / 100)
        assert shown_in(window).blend is not None
        grid = shown_in(window).blend.grid
        if not np.array_equal(without_small_components(grid), grid):
            return step / 100
    raise AssertionError("this pair should leave loose pieces: take another for this test")


def test_loose_pieces_go_from_what_is_shown_and_exported_and_the_heading_says_so(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    t = _with_loose_pieces(window, qtbot)
    assert shown_in(window).blend is not None
    plain = shown_in(window).blend.grid
    window.qactions["remove_small_components"].setChecked(True)

    def removed() -> bool:
        result = shown_in(window).blend
        return result is not None and result.request.remove_small_components

    qtbot.waitUntil(removed, timeout=WAIT_MS)
    result = shown_in(window).blend
    assert result is not None and np.array_equal(result.grid, without_small_components(plain))
    assert np.array_equal(blend_vertices(window), result.surface.vertices)
    loose = (plain & ~result.grid).sum()
    assert view(window).headings.blend.below.startswith(f"t = {t:.2f} · {loose} voxel")
    assert view(window).headings.blend.below.endswith("in small pieces removed")
    assert f"({loose} in small pieces removed)" in window.status.size_text.text()
    window.feature(FilesFeature).export_to(tmp_path / "blend.npy")
    qtbot.waitUntil(lambda: (tmp_path / "blend.npy").is_file(), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "blend.npy" in window.messages.text, timeout=WAIT_MS)
    assert np.array_equal(np.load(tmp_path / "blend.npy").astype(bool), result.grid)
    window.qactions["remove_small_components"].setChecked(False)
    qtbot.waitUntil(lambda: shown_in(window).blend is not result, timeout=WAIT_MS)
    assert shown_in(window).blend is not None and np.array_equal(shown_in(window).blend.grid, plain)


def test_removing_loose_pieces_is_off_at_first_and_remembered(open_window: Callable[..., MainWindow]) -> None:
    first = open_window(start=False, wait=False)
    assert not first.qactions["remove_small_components"].isChecked()
    first.qactions["remove_small_components"].setChecked(True)
    first.close()
    second = open_window(start=False, wait=False)
    assert second.qactions["remove_small_components"].isChecked()
    assert second.context.session.selection.remove_small_components
