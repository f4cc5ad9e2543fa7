"""The page of all pairs: a heat map of scores, and a cell is a place to go to.

These tests give the scores, and need no engine; `test_computing_all_pairs.py` computes them.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from looking import WAIT_MS, browser, is_running, made_up_scores, open_all_pairs, selection_of
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from voxview.engine.request import Position
from voxview.engine.scores.pair_scores import SCORES
from voxview.gui import theme
from voxview.gui.all_pairs.controller import AllPairsController
from voxview.gui.all_pairs.feature import AllPairsFeature
from voxview.gui.all_pairs.heat_colours import colours, span
from voxview.gui.all_pairs.heat_map import Cell
from voxview.gui.all_pairs.score_table import write_scores
from voxview.gui.window import MainWindow
from voxview.shapes.catalogs.samples import sample_catalog


@pytest.fixture
def window(unstarted: MainWindow) -> MainWindow:
    """Return a window without an engine."""
    return unstarted


def _centre(page: AllPairsController, cell: Cell) -> QPoint:
    return page.panel.map.cell_rect(cell).center().toPoint()


def _pair(window: MainWindow) -> tuple[object, object]:
    return selection_of(window).pair


def test_an_empty_page_says_what_it_is_and_how_long_it_will_take(window: MainWindow) -> None:
    page = open_all_pairs(window, chairs=50, steps=11)
    assert page.panel.empty.isVisible() and "Compute" in page.panel.empty.text()
    assert not page.panel.map.isVisible()
    assert "11,075 blends" in page.panel.estimate.text() and "min on the CPU" in page.panel.estimate.text()


def test_tf32_is_offered_where_a_gpu_scores_and_the_scores_say_so(window: MainWindow) -> None:
    page = open_all_pairs(window)
    offered, selection = page.panel.tf32, selection_of(window)
    assert not offered.isVisible()
    selection.compute_on(device="cuda", backend="cuda-shared")
    assert offered.isVisible() and not offered.isChecked()
    offered.setChecked(True)
    selection.compute_on(device="cuda", backend="numpy")  # which the CPU scores
    assert not offered.isVisible() and not offered.isChecked()
    for tf32 in (False, True):
        page.show_scores(replace(made_up_scores(), device="cuda", tf32=tf32))
        assert page.panel.found.text().endswith("s on the GPU in TF32." if tf32 else "s on the GPU.")


def test_the_time_that_is_promised_is_of_the_precision_that_is_chosen(window: MainWindow) -> None:
    page = open_all_pairs(window, chairs=200, steps=21)
    selection, said = selection_of(window), page.panel.estimate.text
    on_the_cpu = said()
    selection.compute_on(device="cuda", backend="cuda-shared")
    assert said().endswith("about 38 s on the GPU.")
    page.panel.tf32.setChecked(True)
    assert said().endswith("about 15 s on the GPU.")
    # A run that was made here knows better: of the same precision as it is, of the other one in proportion.
    page = open_all_pairs(window, chairs=50, steps=5)
    for tf32, seconds in ((False, 50.0), (True, 20.0)):
        page.show_scores(replace(made_up_scores(50, 5), device="cuda", tf32=tf32, seconds=seconds))
        for chosen, promised in ((False, "about 50 s"), (True, "about 20 s")):
            page.panel.tf32.setChecked(chosen)
            assert said().endswith(f"{promised} on the GPU."), (tf32, said())
    selection.compute_on(device="cuda", backend="numpy")
    open_all_pairs(window, chairs=200, steps=21)
    assert said() == on_the_cpu, "NumPy's blends are scored by the CPU"


def test_surprise_me_goes_to_a_good_cell_where_there_are_scores(window: MainWindow, qtbot: QtBot) -> None:
    page = open_all_pairs(window)
    assert page.panel.surprise.isEnabled()
    page.show_scores(made_up_scores(good=(1, 3)))
    qtbot.keyClick(window, Qt.Key.Key_U)
    chairs = sample_catalog()
    assert _pair(window) == (chairs[1], chairs[3]) and selection_of(window).position.t == 0.5
    assert window.feature(AllPairsFeature).search is None, "nothing has to be looked for"


def test_where_all_t_are_shown_a_click_goes_to_the_best(window: MainWindow, qtbot: QtBot) -> None:
    page = open_all_pairs(window)
    page.show_scores(made_up_scores())
    qtbot.mouseClick(page.panel.map, Qt.MouseButton.LeftButton, pos=_centre(page, (1, 3)))
    assert selection_of(window).position.t == 0.5


def test_where_no_blend_is_good_surprise_me_says_so_and_stays(window: MainWindow) -> None:
    page = open_all_pairs(window)
    page.show_scores(made_up_scores(good=None))
    before = _pair(window)
    window.qactions["surprise"].trigger()
    assert _pair(window) == before
    assert "in one piece and stands" in window.messages.text


def test_arrow_keys_move_the_cell_and_enter_goes_there(window: MainWindow) -> None:
    page = open_all_pairs(window)
    page.show_scores(made_up_scores())
    page.panel.map.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right):
        QTest.keyClick(page.panel.map, key)
    assert page.panel.map.at == (2, 3)  # from (0, 1), the pair that is shown, and no further than the edge
    assert "Not computed" not in page.panel.line.scores.text()
    assert sample_catalog()[2].name in page.panel.map.accessibleDescription()
    QTest.keyClick(page.panel.map, Qt.Key.Key_Return)
    assert _pair(window) == (sample_catalog()[2], sample_catalog()[3])


def test_another_pair_is_described_in_place_of_the_cell_that_was_pointed_at(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = open_all_pairs(window)
    page.show_scores(made_up_scores(n=len(sample_catalog()), good=(1, 3)))
    for name in ("surprise", "swap", "random_pair"):
        qtbot.mouseClick(page.panel.map, Qt.MouseButton.LeftButton, pos=_centre(page, (2, 0)))
        assert page.panel.map.at == (2, 0)
        window.qactions[name].trigger()
        assert page.panel.map.at is None, name
        for chair in _pair(window):
            assert chair.name in page.panel.line.text()  # type: ignore[attr-defined]


def test_a_chair_with_itself_can_be_pointed_at_but_not_chosen(window: MainWindow, qtbot: QtBot) -> None:
    page = open_all_pairs(window)
    page.show_scores(made_up_scores())
    before = _pair(window)
    qtbot.mouseClick(page.panel.map, Qt.MouseButton.LeftButton, pos=_centre(page, (2, 2)))
    QTest.keyClick(page.panel.map, Qt.Key.Key_Return)
    assert _pair(window) == before
    assert page.panel.map.at == (2, 2) and "its own reconstruction" in page.panel.line.text()


def test_a_map_with_gaps_says_what_is_known(window: MainWindow) -> None:
    scores = made_up_scores(n=4, k=5, good=(1, 3))
    for i, j, steps in ((0, 1, [1]), (0, 2, [1, 2, 3])):
        for values in (scores.whole, scores.standing, scores.symmetry, scores.novelty):
            values[i, j, steps] = values[j, i, [4 - step for step in steps]] = np.nan
    page = open_all_pairs(window)
    page.show_scores(scores)
    line = page.panel.line
    # Of (0, 1), which is shown.
    assert line.what.text() == "t = 0.5, best and newest of 2 so far"
    selection_of(window).choose(a=sample_catalog()[0], b=sample_catalog()[2])
    assert "t =" not in line.what.text() and line.scores.text() == "Not computed"
    selection_of(window).choose(a=sample_catalog()[1], b=sample_catalog()[3])
    assert line.what.text() == "t = 0.5, best and newest"
    assert "1 of 14 in-betweens" in page.panel.found.text() and "; 4 not computed" in page.panel.found.text()


def test_pointing_at_a_cell_tells_names_t_and_every_score(window: MainWindow, qtbot: QtBot) -> None:
    page = open_all_pairs(window)
    page.show_scores(made_up_scores())
    page.panel.step.setValue(3)
    QTest.mouseMove(page.panel.map, _centre(page, (3, 1)))
    qtbot.waitUntil(lambda: page.panel.map.at == (3, 1))
    line = page.panel.line
    assert sample_catalog()[3].name in line.text() and sample_catalog()[1].name in line.text()
    assert "t = 0.5" in line.what.text()
    assert (
        "in one piece, stands, symmetry 0.95, novelty 0.20 among 4 chairs: good, 0.20" in line.scores.text()
    )


def test_a_and_b_are_marked_where_they_are_in_the_set_and_it_is_said_where_not(
    window: MainWindow,
) -> None:
    page, chairs = open_all_pairs(window), sample_catalog()
    page.show_scores(made_up_scores())
    panel = page.panel

    def letters() -> set[str]:
        picture = panel.map.grab().toImage()
        colours = {"A": theme.AMBER.rgb(), "B": theme.BLUE.rgb()}
        margin = [picture.pixel(8, y) for y in range(picture.height())]
        margin += [picture.pixel(x, 8) for x in range(picture.width())]
        return {letter for letter, colour in colours.items() if colour in margin}

    assert panel.map.marked == (0, 1) and not panel.unmarked.isVisible()
    assert letters() == {"A", "B"}
    selection_of(window).choose(a=chairs[30])
    assert panel.map.marked == (None, 1) and panel.map.pair is None
    assert panel.unmarked.isVisible() and panel.unmarked.text().startswith("A is not in this set")
    assert letters() == {"B"}
    selection_of(window).choose(b=chairs[31])
    assert panel.unmarked.text().startswith("A and B are not in this set") and letters() == set()
    QTest.keyClick(panel.map, Qt.Key.Key_Down)
    assert panel.map.at == (1, 0)
    assert letters() == set(), "the cell that is pointed at is called A's and B's"


def test_a_cell_that_is_pointed_at_has_the_numbers_of_its_chairs_and_the_pairs_own_the_letters(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = open_all_pairs(window)
    page.show_scores(made_up_scores())
    names = page.panel.line.names
    assert [name.toolTip().split("  ")[0] for name in names] == ["A", "B"]
    QTest.mouseMove(page.panel.map, _centre(page, (3, 2)))
    qtbot.waitUntil(lambda: page.panel.map.at == (3, 2))
    assert [name.toolTip().split("  ")[0] for name in names] == ["4", "3"]


def test_the_outline_goes_with_the_pair_and_the_map_with_the_slider(window: MainWindow) -> None:
    page = open_all_pairs(window)
    page.show_scores(made_up_scores())
    chairs = sample_catalog()
    assert page.panel.map.pair == (0, 1)
    selection_of(window).choose(a=chairs[2])
    assert page.panel.map.pair == (2, 1)
    selection_of(window).choose(a=chairs[30])
    assert page.panel.map.pair is None
    selection_of(window).move(Position(0.9))
    assert page.panel.shown_step is None, "all t are shown, whatever the slider does"
    page.panel.step.setValue(1)
    selection_of(window).choose(a=chairs[2])
    selection_of(window).move(Position(0.74))
    assert page.panel.shown_step == 3


def test_scores_outlive_other_pages_and_other_catalogs(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    page = open_all_pairs(window)
    page.show_scores(made_up_scores())
    window.qactions["show_timings"].trigger()
    browser(window).search.setText("nothing is called so")
    window.qactions["show_all_pairs"].trigger()
    assert window.feature(AllPairsFeature).controller is page and page.panel.scores is not None
    qtbot.mouseClick(page.panel.map, Qt.MouseButton.LeftButton, pos=_centre(page, (0, 3)))
    assert _pair(window) == (sample_catalog()[0], sample_catalog()[3])


def test_saved_scores_hold_each_pair_and_t_once(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    page = open_all_pairs(window)
    page.show_scores(made_up_scores(n=4, k=5))
    page.save_to(tmp_path / "scores.csv")
    qtbot.waitUntil(lambda: (tmp_path / "scores.csv").exists(), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "scores.csv" in window.messages.text, timeout=WAIT_MS)
    with (tmp_path / "scores.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6 * 5
    good = [row for row in rows if float(row["good"]) > 0]
    assert [(row["a"], row["b"], row["t"]) for row in good] == [
        (sample_catalog()[1].id, sample_catalog()[3].id, "0.5")
    ]


def test_a_blend_that_was_not_computed_is_saved_with_empty_scores(tmp_path: Path) -> None:
    scores = made_up_scores(n=2, k=3, good=None)
    for values in (scores.whole, scores.standing, scores.symmetry, scores.novelty):
        values[0, 1, 1] = np.nan
    write_scores(tmp_path / "scores.csv", scores, "study")
    with (tmp_path / "scores.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["t"] for row in rows] == ["0", "0.5", "1"]
    assert [[row[name] for name in SCORES] == [""] * 5 for row in rows] == [False, True, False]


def test_scores_that_cannot_be_saved_are_reported_in_one_line(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    page = open_all_pairs(window)
    page.show_scores(made_up_scores())
    page.save_to(tmp_path / "missing" / "scores.csv")
    qtbot.waitUntil(lambda: "create it first" in window.messages.text, timeout=WAIT_MS)


def test_the_set_is_the_first_listed_some_by_chance_or_what_is_selected(window: MainWindow) -> None:
    panel = open_all_pairs(window, chairs=5).panel
    choice = panel.choice
    model, chairs = browser(window).model, browser(window).view
    browser(window).search.setText("stool")
    listed = [model.chair(row) for row in range(model.rowCount())]
    assert choice.chairs() == listed[:5]
    choice.source.setCurrentIndex(1)
    chosen = choice.chairs()
    assert len(set(chosen)) == 5 and set(chosen) <= set(listed)
    choice.source.setCurrentIndex(2)
    assert not choice.count.isEnabled()
    chairs.setCurrentIndex(model.index(1))
    QTest.keyClick(chairs, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(chairs, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert choice.chairs() == listed[1:4]
    assert "3 chairs make" in panel.estimate.text()


def test_one_selected_chair_is_refused_with_a_reason(window: MainWindow) -> None:
    page = open_all_pairs(window)
    page.panel.choice.source.setCurrentIndex(2)
    page.panel.button.click()
    assert not is_running(page) and "two chairs at least" in window.messages.text


def test_where_the_list_is_hidden_its_key_is_named(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(size=(800, 600), start=False)
    page = open_all_pairs(window)
    page.panel.choice.source.setCurrentIndex(2)
    assert "Ctrl+B shows it" in page.panel.estimate.text()
    window.qactions["show_chairs"].trigger()
    assert "Ctrl+B" not in page.panel.estimate.text()


def test_a_search_that_finds_too_few_is_what_is_reported(window: MainWindow) -> None:
    page = open_all_pairs(window)
    browser(window).search.setText("nothing is called so")
    assert "clear the search" in page.panel.estimate.text() and "Select" not in page.panel.estimate.text()


def test_every_score_is_shown_and_explained(window: MainWindow) -> None:
    panel = open_all_pairs(window).panel
    panel.show_scores(made_up_scores())
    for score, explained in SCORES.items():
        panel.score.setCurrentIndex(panel.score.findData(score))
        assert explained in panel.meaning.text() and panel.shown_score == score
        assert ("99%" in panel.meaning.text()) == (score in ("whole", "good")), "one piece has a threshold"


def test_colours_run_from_dark_to_light_and_unknown_has_none() -> None:
    values = np.array([[0.0, 0.5, 1.0, np.nan]], np.float32)
    image = colours(values, 0, 1)
    shades = [QColor.fromRgba(image.pixel(x, 0)) for x in range(3)]
    lightness = [0.2126 * c.redF() + 0.7152 * c.greenF() + 0.0722 * c.blueF() for c in shades]
    assert lightness == sorted(lightness) and lightness[2] > lightness[0] + 0.5
    assert image.pixelColor(3, 0).alpha() == 0
    assert span(values) == (0.0, 1.0)
    assert span(np.full((2, 2), np.nan, np.float32)) == (0.0, 1.0)


@pytest.mark.parametrize("size", [(640, 480), (800, 600), (1600, 1000)])
def test_nothing_of_the_page_is_clipped(
    open_window: Callable[..., MainWindow], qtbot: QtBot, size: tuple[int, int]
) -> None:
    window = open_window(size=size, start=False)
    page = open_all_pairs(window)
    page.show_scores(made_up_scores())
    panel = page.panel
    body = panel.widget()
    qtbot.waitUntil(lambda: body.width() <= panel.viewport().width())
    for part in (panel.choice, panel.step_text, panel.map, panel.legend, panel.line, panel.save_button):
        assert part.isVisible() and part.mapTo(body, part.rect().topRight()).x() < panel.viewport().width(), (
            part
        )
    last = panel.map.cell_rect((3, 3))
    assert last.right() <= panel.map.width() and last.bottom() <= panel.map.height()
