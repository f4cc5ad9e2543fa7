"""The tour: eight steps on the pair on screen, each with its page and the study's figures."""

from __future__ import annotations

import pytest
from looking import WAIT_MS, selection_of, shown_in, wait_for_position
from pytestqt.qtbot import QtBot

from voxview.engine.request import Position
from voxview.experiment.files import recorded_benchmarks
from voxview.gui.help.tour import TourDialog
from voxview.gui.help.tour_steps import STEPS
from voxview.gui.window import MainWindow


@pytest.fixture
def tour(flat: MainWindow, qtbot: QtBot) -> TourDialog:
    """Return the tour in a window with a blend, with the recorded run's figures."""
    flat.qactions["tour"].trigger()
    (dialog,) = flat.findChildren(TourDialog)
    dialog.go_to(4)
    qtbot.waitUntil(lambda: "Recorded on" in dialog.here.text(), timeout=WAIT_MS)
    dialog.go_to(0)
    return dialog


def test_eight_steps_open_the_pages_that_show_them(flat: MainWindow, tour: TourDialog) -> None:
    assert len(STEPS) == 8 and not tour.isModal() and not tour.back.isEnabled()
    opened = []
    for place, step in enumerate(STEPS):
        assert tour.heading.text() == f"{place + 1} of 8 · {step.title}"
        assert tour.study.text().endswith(step.study) and "No pair is on screen" not in tour.here.text()
        if f"show_{step.page}" in flat.qactions:
            assert flat.side.page == step.page
            opened.append(step.page)
        tour.next.click()
    assert {"latent", "timings", "all_pairs"} <= set(opened)
    assert not tour.isVisible(), "the last step ends it"
    flat.qactions["tour"].trigger()
    flat.qactions["tour"].trigger()
    assert len([one for one in flat.findChildren(TourDialog) if one.isVisible()]) == 1


def test_the_figures_are_of_the_pair_on_screen_and_go_with_it(
    flat: MainWindow, tour: TourDialog, qtbot: QtBot
) -> None:
    pair = shown_in(flat).pair
    assert pair is not None
    for one in pair:
        assert one.chair.name in tour.here.text() and f"{int(one.grid.sum()):,} voxels" in tour.here.text()
    tour.go_to(3)
    selection_of(flat).move(Position(0.25))
    wait_for_position(qtbot, flat, 0.25)
    blended = 0.75 * pair[0].latent[0, 0] + 0.25 * pair[1].latent[0, 0]
    said = f"{blended:.3g}".replace("-", "−")
    qtbot.waitUntil(lambda: tour.here.text().endswith(f"= {said}."), timeout=WAIT_MS)


def test_recorded_figures_have_their_machine_and_date_and_the_study_s_stand_beside_them(
    flat: MainWindow, tour: TourDialog
) -> None:
    (run,) = recorded_benchmarks()
    shared = run.find("blends", 1, "cuda-shared", "interpolate")
    assert shared is not None
    tour.go_to(4)
    assert f"{run.machine.gpu}, {run.machine.date}" in tour.here.text()
    assert f"shared memory {shared.median * 1e3:.3g} µs" in tour.here.text()
    assert "0.17 s" in tour.study.text() and "0.24 s" in tour.study.text()
    tour.go_to(7)
    assert "50 chairs 0.09 s, CPU 0.9 s" in tour.study.text()
    assert "not measured" not in "".join(step.here(flat.context.session, run) for step in STEPS)
