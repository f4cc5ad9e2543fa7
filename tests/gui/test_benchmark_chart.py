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


@pytest.mark.parametrize("axis", ["inputs", "blends"])
@pytest.mark.parametrize("width", [288, 396, 440, 619, 700])
def test_two_whole_runs_leave_the_axes_room(qtbot: QtBot, width: int, axis: Axis) -> None:
    chart = BenchmarkChart()
    qtbot.addWidget(chart)
    run = next(iter(recorded_benchmarks()))
    size = (width, chart.heightForWidth(width))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = draw_chart(run, axis=axis, size=size, recorded=run)
        FigureCanvasAgg(figure).draw()
    pixels = figure.axes[0].get_window_extent()
    assert pixels.height > 100 and pixels.width > 150, size
    assert figure.legends[0].get_window_extent().y0 >= 0, "the legend's last line is within the chart"
