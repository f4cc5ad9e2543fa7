"""Medians and percentiles over a window of timings."""

from __future__ import annotations

from voxview.engine.timings import Stage, TimingHistory, summarise


def test_median_and_95th_percentile_of_a_hundred() -> None:
    summary = summarise(float(ms) for ms in range(1, 101))
    assert summary is not None
    assert (summary.median, summary.p95, summary.count) == (50.5, 95.0, 100)


def test_one_sample_is_its_own_median_and_percentile() -> None:
    summary = summarise([3.0])
    assert summary is not None and (summary.median, summary.p95) == (3.0, 3.0)


def test_a_stage_that_never_ran_has_no_figure() -> None:
    history = TimingHistory()
    history.add({Stage.DECODE: 2.0})
    assert history.summary(Stage.UPLOAD) is None and history.recent(Stage.DECODE) == [2.0]


def test_the_window_forgets_the_oldest() -> None:
    history = TimingHistory(window=3)
    for ms in (100.0, 1.0, 2.0, 3.0):
        history.add({Stage.SURFACE: ms})
    assert history.recent(Stage.SURFACE) == [1.0, 2.0, 3.0]
    history.clear()
    assert history.recent(Stage.SURFACE) == []
