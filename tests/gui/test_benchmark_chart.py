"""The benchmark's chart at the sizes that its panel has: axes are seen beside a legend of all subjects."""

from __future__ import annotations

import warnings

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from pytestqt.qtbot import QtBot

from voxview.experiment.chart.figure import draw_chart
from voxview.experiment.files import recorded_benchmarks
from voxview.experiment.results import Axis
from voxview.gui.benchmark.chart import BenchmarkChart

RUNS = {"recorded": (False, True), "two": (True, True)}


AXES: tuple[Axis, Axis] = ("inputs", "blends")
WIDTHS = (288, 396, 440, 619, 700)
# Each width with each of the runs, and each axis with both; all of each with all would take twice as long.
CASES = [(w, AXES[(i + j) % 2], r) for i, w in enumerate(WIDTHS) for j, r in enumerate(RUNS)]


@pytest.mark.parametrize(("width", "axis", "runs_of"), CASES)
def test_whole_runs_leave_the_axes_room_and_their_legend_is_whole(
    qtbot: QtBot, width: int, axis: Axis, runs_of: str
) -> None:
    here, recorded = RUNS[runs_of]
    chart = BenchmarkChart()
    qtbot.addWidget(chart)
    run = next(iter(recorded_benchmarks()))
    size = (width, chart.heightForWidth(width))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        runs = run if here else None, run if recorded else None
        figure = draw_chart(runs[0], axis=axis, size=size, recorded=runs[1])
        FigureCanvasAgg(figure).draw()
    pixels = figure.axes[0].get_window_extent()
    assert pixels.height > 100 and pixels.width > 150, size
    legend = figure.legends[0].get_window_extent()
    assert legend.y0 >= 0, "the legend's last line is within the chart"
    assert legend.x0 >= 0 and legend.x1 <= width, "and so are its columns"
