"""A and B beside what their 64 numbers hold of them, and blends without crumbs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from looking import WAIT_MS, blend_vertices, shown_vertices, wait_for_position
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from voxview.gui.window import MainWindow
from voxview.shapes.crumbs import without_crumbs
from voxview.shapes.samples import sample_catalog


def test_the_iou_of_each_chair_is_always_in_its_heading(window: MainWindow, qtbot: QtBot) -> None:
    headings = window.trio.headings
    a = window.session.blending.a
    assert a is not None
    assert headings.a.accessibleName().startswith("A · IoU 0.") and headings.a.below == a.name
    before = headings.b.accessibleName()
    window.session.choose(b=window.browser.model.chair(6))
    assert "IoU" not in headings.b.accessibleName(), "nothing is known of the new chair yet"
    qtbot.waitUntil(lambda: "IoU" in headings.b.accessibleName(), timeout=WAIT_MS)
    assert headings.b.accessibleName() != before


def test_a_key_shows_the_reconstructions_and_the_chairs_again(window: MainWindow, qtbot: QtBot) -> None:
    chairs = [shown_vertices(window, place) for place in (0, 2)]
    QTest.keyClick(window, Qt.Key.Key_E)
    assert window.actions_by_name["show_rebuilt"].isChecked()
    assert window.trio.headings.a.accessibleName().startswith("A rebuilt · IoU 0.")
    for t, place in ((0.0, 0), (1.0, 2)):
        window.commands.move_by_hand(t)
        wait_for_position(qtbot, window, t)
        # The ends of the way are the reconstructions, so the blend looks like its neighbour now.
        assert np.allclose(shown_vertices(window, place), blend_vertices(window), atol=1e-4)
    QTest.keyClick(window, Qt.Key.Key_E)
    assert all(np.array_equal(shown_vertices(window, place), chairs[place // 2]) for place in (0, 2))
    assert window.trio.headings.a.accessibleName().startswith("A · IoU 0.")


def test_reconstructions_stay_on_for_the_next_pair_and_with_other_weights(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.actions_by_name["show_rebuilt"].setChecked(True)
    window.session.choose(a=window.browser.model.chair(5))
    qtbot.waitUntil(lambda: "A rebuilt" in window.trio.headings.a.accessibleName(), timeout=WAIT_MS)
    default = window.trio.headings.a.accessibleName(), shown_vertices(window, 0)
    window.session.use_weights("study")
    qtbot.waitUntil(lambda: window.trio.headings.a.accessibleName() != default[0], timeout=WAIT_MS)
    assert not np.array_equal(shown_vertices(window, 0), default[1])


def test_a_held_key_does_not_flicker(window: MainWindow) -> None:
    for name in ("show_rebuilt", "remove_crumbs", "loop"):
        assert not window.actions_by_name[name].autoRepeat()
    assert window.actions_by_name["forth"].autoRepeat()


def _with_crumbs(window: MainWindow, qtbot: QtBot) -> float:
    """Take a pair whose blends have crumbs, and go to a position where there are some."""
    window.session.choose(a=sample_catalog()[14], b=sample_catalog()[15])
    for step in range(20, 80, 5):
        window.commands.move_by_hand(step / 100)
        wait_for_position(qtbot, window, step / 100)
        assert window.session.result is not None
        grid = window.session.result.grid
        if not np.array_equal(without_crumbs(grid), grid):
            return step / 100
    raise AssertionError("this pair should leave crumbs: take another for this test")


def test_crumbs_go_from_what_is_shown_and_exported_and_the_heading_says_so(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    t = _with_crumbs(window, qtbot)
    assert window.session.result is not None
    plain = window.session.result.grid
    window.actions_by_name["remove_crumbs"].setChecked(True)
    qtbot.waitUntil(lambda: bool(window.session.result and window.session.result.crumbs), timeout=WAIT_MS)
    result = window.session.result
    assert result is not None and np.array_equal(result.grid, without_crumbs(plain))
    assert np.array_equal(blend_vertices(window), result.surface.vertices)
    crumbs = (plain & ~result.grid).sum()
    assert window.trio.headings.blend.below.startswith(f"t = {t:.2f} · {crumbs} crumb voxel")
    assert f"({crumbs} of crumbs removed)" in window.status.size_text.text()
    window.files.export_to(tmp_path / "blend.npy")
    qtbot.waitUntil(lambda: (tmp_path / "blend.npy").is_file(), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "blend.npy" in window.messages.text, timeout=WAIT_MS)
    assert np.array_equal(np.load(tmp_path / "blend.npy").astype(bool), result.grid)
    window.actions_by_name["remove_crumbs"].setChecked(False)
    qtbot.waitUntil(lambda: window.session.result is not result, timeout=WAIT_MS)
    assert window.session.result is not None and np.array_equal(window.session.result.grid, plain)


def test_removing_crumbs_is_off_at_first_and_remembered(open_window: Callable[..., MainWindow]) -> None:
    first = open_window(wait=False)
    assert not first.actions_by_name["remove_crumbs"].isChecked()
    first.actions_by_name["remove_crumbs"].setChecked(True)
    first.close()
    second = open_window(wait=False)
    assert second.actions_by_name["remove_crumbs"].isChecked()
    assert second.session.blending.remove_crumbs
