"""Fine surfaces as a look: what is drawn and exported follows the menu, and no figure does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from looking import (
    WAIT_MS,
    blend_vertices,
    browser,
    selection_of,
    shown_in,
    shown_vertices,
    transport,
    view,
    wait_for_position,
)
from pytestqt.qtbot import QtBot

from voxview.engine.latent_request import LatentRequest
from voxview.engine.mix import MixRequest
from voxview.engine.request import Position
from voxview.gui import theme
from voxview.gui.appearance.feature import AppearanceFeature
from voxview.gui.blend.feature import BlendFeature
from voxview.gui.blend.subplots import A, B, Shape
from voxview.gui.files.export_dialog import ExportDialog
from voxview.gui.files.feature import FilesFeature
from voxview.gui.window import MainWindow
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.surface.extract import extract_surface


def choose(window: MainWindow, resolution: int) -> None:
    """Choose a surface in the menu."""
    actions = window.feature(AppearanceFeature).surface_menu.actions()
    (wanted,) = (action for action in actions if f"({resolution}³)" in action.text())
    wanted.trigger()


def wait_for_surface(qtbot: QtBot, window: MainWindow, resolution: int) -> None:
    """Wait until all three are drawn with a surface of this resolution."""
    shown = shown_in(window)

    def is_shown() -> bool:
        if shown.result is None or shown.pair is None:
            return False
        surfaces = (shown.result.surface, *(chair.surface for chair in shown.pair))
        return {surface.resolution for surface in surfaces} == {resolution}

    qtbot.waitUntil(is_shown, timeout=WAIT_MS)


def test_a_fine_surface_is_drawn_in_all_three_places_and_no_figure_changes(
    window: MainWindow, qtbot: QtBot
) -> None:
    wait_for_surface(qtbot, window, 32)
    before = [len(shown_vertices(window, place)) for place in range(3)]
    headings = view(window).headings
    said = [headings.a.accessibleName(), headings.blend.below, headings.b.accessibleName()]
    choose(window, 64)
    wait_for_surface(qtbot, window, 64)
    fine = [len(shown_vertices(window, place)) for place in range(3)]
    assert all(3 * few < many < 6 * few for few, many in zip(before, fine, strict=True))
    assert [headings.a.accessibleName(), headings.blend.below, headings.b.accessibleName()] == said
    assert shown_in(window).blend is not None
    assert f"{len(shown_in(window).blend.surface.faces):,} triangles" in window.status.size_text.text()
    choose(window, 32)
    wait_for_surface(qtbot, window, 32)
    assert [len(shown_vertices(window, place)) for place in range(3)] == before


def test_reconstructions_and_the_next_pair_are_fine_too(window: MainWindow, qtbot: QtBot) -> None:
    choose(window, 64)
    wait_for_surface(qtbot, window, 64)
    window.qactions["show_rebuilt"].setChecked(True)
    pair = shown_in(window).pair
    assert pair is not None and pair[0].rebuilt.resolution == 64
    assert np.array_equal(shown_vertices(window, A), pair[0].rebuilt.vertices)
    selection_of(window).choose(b=browser(window).model.chair(7))
    qtbot.waitUntil(lambda: shown_in(window).pair not in (None, pair), timeout=WAIT_MS)
    assert shown_in(window).pair[1].rebuilt.resolution == 64  # type: ignore[index]


def test_the_finest_surface_comes_when_the_slider_has_come_to_rest(window: MainWindow, qtbot: QtBot) -> None:
    choose(window, 96)
    wait_for_surface(qtbot, window, 96)
    drawn: list[tuple[float, int]] = []
    shown_in(window).changed.connect(
        lambda result: drawn.append((result.request.t, result.surface.resolution))
    )
    for step in (20, 40, 60):
        transport(window).slider.setValue(step)
        wait_for_position(qtbot, window, step / 100)
    qtbot.waitUntil(lambda: drawn[-1:] == [(0.6, 96)], timeout=WAIT_MS)
    assert 64 in {resolution for _, resolution in drawn}, "it is in motion at first"
    assert len(blend_vertices(window)) == len(shown_in(window).result.surface.vertices)  # type: ignore[union-attr]


def test_a_mix_and_a_place_follow_the_look(window: MainWindow, qtbot: QtBot) -> None:
    selection, shown, chairs = selection_of(window), shown_in(window), sample_catalog()
    selection.show_mix(MixRequest((chairs[2], chairs[3]), (0.5, 0.5)))
    qtbot.waitUntil(lambda: shown.mix is not None, timeout=WAIT_MS)
    choose(window, 96)
    wait_for_surface(qtbot, window, 96)
    assert shown.mix is not None
    latent = np.zeros((8, 8), np.float32)
    selection.point_at(LatentRequest(latent, "somewhere"))
    qtbot.waitUntil(lambda: isinstance(shown.result.request, LatentRequest), timeout=WAIT_MS)  # type: ignore[union-attr]
    wait_for_surface(qtbot, window, 96)
    choose(window, 64)
    wait_for_surface(qtbot, window, 64)
    assert isinstance(shown.result.request, LatentRequest)  # type: ignore[union-attr]


def test_an_export_follows_the_look_and_says_so_and_voxels_stay(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    choose(window, 96)
    wait_for_surface(qtbot, window, 96)
    window.feature(BlendFeature).move_by_hand(Position(0.37))
    wait_for_position(
        qtbot, window, 0.37
    )  # the surface of the slider in motion is on screen still, or the finest
    result = shown_in(window).blend
    assert result is not None
    for suffix in (".obj", ".npy"):
        path = tmp_path / f"blend{suffix}"
        window.feature(FilesFeature).export_to(path)
        qtbot.waitUntil(lambda path=path: str(path) in window.messages.text, timeout=WAIT_MS)
        assert ("with a finest (96³) surface" in window.messages.text) == (suffix == ".obj")
    text = (tmp_path / "blend.obj").read_text()
    assert "to 96^3 samples" in text
    assert text.count("\nv ") == len(extract_surface(result.field, resolution=96).vertices)
    assert np.array_equal(np.load(tmp_path / "blend.npy").astype(bool), result.grid)


def test_a_morph_follows_the_look_and_its_dialog_says_so(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    choose(window, 64)
    wait_for_surface(qtbot, window, 64)
    window.qactions["export_morph"].trigger()
    (dialog,) = window.findChildren(ExportDialog)
    assert dialog.resolution.currentText() == "Fine (64³)"
    assert dialog.choice().options.surface_resolution == 64
    dialog.reject()
    window.feature(FilesFeature).export_morph_to(tmp_path / "morph", 2, ("obj",))
    qtbot.waitUntil(lambda: "the morph from" in window.messages.text.lower(), timeout=WAIT_MS)
    assert all("to 64^3 samples" in path.read_text() for path in (tmp_path / "morph").glob("*.obj"))


def test_the_look_is_remembered_and_voxel_resolution_is_the_default(
    open_window: Callable[..., MainWindow],
) -> None:
    first = open_window(start=False, wait=False)
    assert selection_of(first).surface_resolution == 32
    assert [action.isChecked() for action in first.feature(AppearanceFeature).surface_menu.actions()] == [
        True,
        False,
        False,
    ]
    choose(first, 96)
    first.close()
    second = open_window(start=False, wait=False)
    assert selection_of(second).surface_resolution == 96
    assert second.feature(AppearanceFeature).surface_menu.actions()[2].isChecked()


def test_a_remembered_look_that_there_is_not_counts_as_none(
    open_window: Callable[..., MainWindow], tmp_path: Path
) -> None:
    (tmp_path / "voxview.ini").write_text("[General]\nsurface_resolution=48\n")
    assert selection_of(open_window(start=False, wait=False)).surface_resolution == 32


def test_the_menu_names_it_interpolation(unstarted: MainWindow) -> None:
    _, fine, finest = unstarted.feature(AppearanceFeature).surface_menu.actions()
    assert fine.toolTip() == finest.toolTip() == "Smoother, by interpolation between voxels: no more detail"


def test_the_first_pictures_show_the_fine_surface_too(unstarted: MainWindow, qtbot: QtBot) -> None:
    pictures, grid = view(unstarted).pictures, sample_catalog()[5].read()
    seen = []
    for place, resolution in ((A, 32), (B, 64), (A, 64)):
        surface = extract_surface(grid, resolution=resolution)
        said: list[int] = []
        pictures.put({place: Shape(grid, surface, theme.AMBER)}, lambda said=said: said.append(1))
        qtbot.waitUntil(lambda said=said: bool(said), timeout=WAIT_MS)
        seen.append(pictures.pixels(place))
    plain, fine, again = seen
    assert np.array_equal(fine, again) and not np.array_equal(fine, plain)
