"""A term of the field that stands in the window is explained where it stands."""

from __future__ import annotations

import re

from looking import selection_of, view
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QTableWidget, QWidget
from whole_layout import PAGES, kinds_of, say_everything, show_page

from voxview.engine.scores.pair_scores import SCORES
from voxview.engine.timings import Summary
from voxview.gui.timings.feature import TimingsFeature
from voxview.gui.timings.table import ROWS
from voxview.gui.window import MainWindow
from voxview.shapes.catalogs.samples import sample_catalog

TERMS = re.compile(
    r"\b(IoU|p95|percentile|PCA|Neighbours|novelty|voxels|triangles|decoded ahead|blending|networks|steps|"
    r"backend|latent|CUDA|torch|encode|decode|interpolate|upload|download|render|"
    r"in one piece|new|faster|ms)\b",
    re.IGNORECASE,
)
_SENTENCE = 60
"""Longer texts explain themselves: they are sentences."""


def _terms_without_a_tip(window: MainWindow) -> list[str]:
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible():
            continue
        if isinstance(widget, QLabel | QAbstractButton):
            text = re.sub(r"<[^>]*>", " ", widget.text())
        elif isinstance(widget, QComboBox):
            text = widget.currentText()
        else:
            continue
        if len(text) < _SENTENCE and TERMS.search(text) and not widget.toolTip():
            found.append(f"{type(widget).__name__} “{text}”")
    for table in window.findChildren(QTableWidget):
        for column in range(table.columnCount() if table.isVisible() else 0):
            heading = table.horizontalHeaderItem(column)
            if heading is not None and not heading.toolTip():
                found.append(f"heading “{heading.text()}”")
    return found


def test_every_short_text_with_a_term_has_a_tip(unstarted: MainWindow) -> None:
    say_everything(unstarted)
    for page in PAGES:
        show_page(unstarted, page)
        for kind in kinds_of(unstarted, page):
            assert _terms_without_a_tip(unstarted) == [], f"{page} {kind}"


def test_the_figures_of_a_stage_say_what_median_and_p95_are(unstarted: MainWindow) -> None:
    table = unstarted.feature(TimingsFeature).panel.table

    class Measured:
        """Figures as if every stage had been measured."""

        def stage(self, *_: object) -> Summary:
            return Summary(31.2, 35.0, 200)

        def last(self, *_: object) -> float:
            return 30.0

        total, last_total = stage, last

    table.show_figures(Measured(), True, "")  # type: ignore[arg-type]
    for row in ROWS:
        tip = table.cells[row, "cpu"].toolTip()
        assert "half of 200 runs took less" in tip and "19 of 20" in tip


def test_the_tip_of_a_heading_says_what_its_iou_is(window: MainWindow) -> None:
    assert selection_of(window).a == sample_catalog()[0]
    for heading in (view(window).headings.a, view(window).headings.b):
        assert "IoU" in heading.toolTip() and "reconstruction" in heading.toolTip()


def test_every_score_has_a_meaning() -> None:
    assert all(len(SCORES[score]) > 20 for score in ("good", "whole", "standing", "symmetry", "novelty"))
