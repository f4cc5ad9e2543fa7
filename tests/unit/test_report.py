"""The report says what was measured, and needs nothing from outside."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from copy import deepcopy
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from jinja2 import UndefinedError
from rich.console import Console

from voxview.cli.tables import plain_text, show_report
from voxview.engine.machine import Machine
from voxview.errors import InputError
from voxview.evaluation import reference as evaluation_reference
from voxview.evaluation.catalog import CatalogEvaluation, evaluate_on_catalog
from voxview.evaluation.report import pictures
from voxview.evaluation.report.files import check_report_files
from voxview.evaluation.report.page import html_report
from voxview.evaluation.report.record import record
from voxview.evaluation.report.text import summary
from voxview.evaluation.results import Plan
from voxview.evaluation.shape_metrics import measure_shapes
from voxview.evaluation.two_sample import TwoSample
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.chair import Chair
from voxview.to_end import run_to_end as last

MACHINE = Machine("a CPU", 2, 2, None, None, "Linux", {"voxview": "1"}, "abc1234", "2026-01-02")


def catalog(count: int) -> Catalog:
    chairs = [
        Chair(f"<id & \"{i}'>", "c", "some", chair.read) for i, chair in enumerate(sample_catalog()[:count])
    ]
    return Catalog('some <chairs> & "more"', "some", chairs)


@pytest.fixture(scope="module")
def result() -> CatalogEvaluation:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation_reference, "GENERATED", 70)
        return last(evaluate_on_catalog("study", catalog(7), "cpu", plan=Plan(pairs=5, morphs=3)))


@pytest.fixture(scope="module")
def made(result: CatalogEvaluation) -> dict:
    return json.loads(json.dumps(record(result, MACHINE, "voxview evaluate --data 'a b'")))


@pytest.fixture(scope="module")
def text(made: dict, result: CatalogEvaluation) -> str:
    """The whole page; drawing its pictures takes seconds, so they are small, and it is made once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pictures, "_PIXELS", 24)
        return html_report(made, result.evaluation)


@pytest.fixture
def without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "png_base64", lambda grid, color: "")


class Page(HTMLParser):
    """The page's tags, their sources, labels and text, and whether each was closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.labels: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        self.labels += [value or "" for name, value in attrs if name == "alt"]
        if tag not in ("meta", "img", "br", "line"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def words(page: str) -> str:
    """The page's text with one space between words: where the template's lines end is no matter."""
    return re.sub(r"\s+", " ", Page(page).text)


def test_the_keys_that_scripts_read_are_still_there(made: dict) -> None:
    flat = (
        "weights", "architecture", "catalog", "left_out_as_trained_on", "chairs", "iou_mean", "iou_median",
        "iou_p5", "chairs_in_one_piece", "pairs", "blends_in_one_piece", "blends_standing",
        "voxel_blends_in_one_piece",
    )  # fmt: skip
    assert list(made)[: len(flat)] == list(flat)
    assert made["chairs"] == 7 and made["pairs"] == 5 and made["weights"] == "study"


def test_the_flat_figures_are_those_of_the_sections(made: dict) -> None:
    ours = made["reconstruction"]["study"]
    assert (
        made["iou_mean"]
        == ours["iou_mean"]["value"]
        == pytest.approx(np.mean(list(made["chair_ious"].values())))
    )
    half = made["in_betweens"]["study"]["0.5"]
    assert made["blends_in_one_piece"] == half["one_piece"]["value"]
    assert made["blends_standing"] == half["stands"]["value"]
    assert set(made["in_betweens"]) == {"study", "voxel blend", "distance blend", "PCA-64"}
    assert set(made["reconstruction"]) == {"study", "PCA-64", "nearest neighbour"}
    smooth = made["morphs"]["study"]
    assert smooth["largest_over_mean"]["value"] == pytest.approx(10 * smooth["largest_over_path"]["value"])
    assert [worst["iou"] for worst in made["worst"]] == sorted(made["chair_ious"].values())


def test_the_page_is_whole_and_needs_nothing_from_outside(text: str) -> None:
    page = Page(text)
    assert page.open == []
    assert page.addresses and all(address.startswith("data:image/png;base64,") for address in page.addresses)
    assert "script" not in page.tags and "link" not in page.tags and "url(" not in text
    # Seven chairs with their reconstructions, three morphs of three methods with A and B beside, and on the
    # contact sheet five pairs: A, three blends, B.
    assert page.tags.count("img") == 2 * 7 + 3 * (3 * 7 + 2) + 5 * 5


def test_names_from_outside_are_shown_as_text(text: str) -> None:
    assert "<id" not in text and "<chairs>" not in text and '& "' not in text
    page = Page(text)
    assert "chair <id & \"3'>" in page.labels
    for outside in ('some <chairs> & "more"', "<id & \"3'>", "voxview evaluate --data 'a b'"):
        assert outside in page.text


def test_the_markup_is_not_escaped(text: str) -> None:
    assert "&lt;td" not in text and "&lt;small" not in text and "&amp;lt;" not in text


def test_a_contact_sheet_shows_the_first_pairs_as_they_were_measured(result: CatalogEvaluation) -> None:
    evaluation = result.evaluation
    assert evaluation.sheet.shape == (5, 3, 32, 32, 32)
    assert [
        metrics.one_piece.tolist() for metrics in map(measure_shapes, evaluation.sheet.swapaxes(0, 1))
    ] == [evaluation.blends(evaluation.method, t).metrics.one_piece.tolist() for t in (0.25, 0.5, 0.75)]
    first = pictures.blend_sheet(evaluation)[0]
    a, b = evaluation.pairs[0]
    assert [image.label for image in first] == [
        evaluation.ids[a],
        "t = 0.25",
        "t = 0.5",
        "t = 0.75",
        evaluation.ids[b],
    ]


@pytest.mark.usefixtures("without_pictures")
def test_a_two_sample_test_is_said_where_it_was_run(result: CatalogEvaluation, text: str) -> None:
    told = deepcopy(result)
    told.evaluation.two_sample.append(TwoSample(7, (0.71, 0.73), (0.6, 0.64), learnt_on_trained=True))
    figures = record(told, MACHINE, "voxview evaluate")
    assert figures["two_sample"][0]["blends_accuracy"] == pytest.approx(0.72)
    assert "in 72 %, and decoded chairs from chairs in 62 %" in plain_text(summary(figures))
    page = html_report(figures, told.evaluation)
    assert "<td>72 %</td><td>62 %</td>" in page and "the chairs that were left out" in page
    assert "Can a fresh network tell?" not in text


def test_even_pace_is_said_on_the_terminal_and_on_the_page(made: dict, text: str) -> None:
    even = made["even_pace"]
    assert even["morphs"] == 3 and even["limit"] == 1.3
    assert 1 <= even["largest_over_mean"]["value"] <= even["largest_over_mean_worst"]
    line = next(part for part in summary(made) if isinstance(part, str) and part.startswith("at even pace"))
    assert f"{even['within_limit']} of 3 morphs have no step above 1.3 × their mean step" in line
    assert f"{even['within_limit']} of 3 morphs of these weights have no step above 1.3 times" in words(text)


@pytest.mark.usefixtures("without_pictures")
@pytest.mark.parametrize(
    "remove",
    [
        lambda record: record.pop("catalog"),
        lambda record: record["setting"].pop("duplicates"),
        lambda record: record["reconstruction"]["study"]["iou_median"].pop("high"),
        lambda record: record["in_betweens"]["voxel blend"]["0.25"].pop("novelty"),
        lambda record: record["morphs"]["study"].pop("even"),
        lambda record: record["worst"][0].pop("id"),
        lambda record: record["machine"].pop("date"),
    ],
)
def test_a_missing_value_is_an_error_and_no_empty_cell(
    made: dict, result: CatalogEvaluation, remove: Callable[[dict], object]
) -> None:
    incomplete = deepcopy(made)
    remove(incomplete)
    with pytest.raises(UndefinedError):
        html_report(incomplete, result.evaluation)


@pytest.mark.usefixtures("without_pictures")
def test_a_value_of_none_is_an_error_and_no_word(made: dict, result: CatalogEvaluation) -> None:
    with pytest.raises(ValueError, match="no value"):
        html_report({**made, "architecture": None}, result.evaluation)


@pytest.mark.usefixtures("without_pictures")
def test_only_a_remark_on_chairs_trained_on_is_a_warning(made: dict, result: CatalogEvaluation) -> None:
    assert '<p class="warning">' not in html_report(made, result.evaluation)
    setting = {**made["setting"], "trained_on_among_evaluated": 3, "remarks": ["Seen before.", "By the way."]}
    text = html_report({**made, "setting": setting}, result.evaluation)
    assert '<p class="warning">Seen before.</p>\n<p>By the way.</p>' in text


def test_every_chair_is_in_a_bar_of_each_histogram(made: dict, text: str) -> None:
    bars = re.findall(r"<title>(\d+) chairs</title>", text)
    assert sum(map(int, bars)) == 7 * len(made["reconstruction"])
    assert all(
        f"mean {figures['iou_mean']['value']:.3f}" in text for figures in made["reconstruction"].values()
    )


def test_the_page_prints_without_its_screen_margins(text: str) -> None:
    assert "@media print" in text


def test_the_page_has_every_section_and_figure(made: dict, text: str) -> None:
    shown = words(text)
    for word in (
        "Reconstructions", "In-betweens", "Smoothness", "Morphs", "The worst 7", "What the words mean",
        "Limits", "How it was measured", "abc1234", "2026-01-02", "not chosen by anyone",
        f"{made['iou_mean']:.3f}", *made["setting"]["remarks"], *made["definitions"],
        *made["definitions"].values(),
    ):  # fmt: skip
        assert word in shown, word


def test_the_terminal_has_room_for_every_line(made: dict) -> None:
    terminal = io.StringIO()
    show_report(Console(file=terminal, width=80), summary(made))
    lines = terminal.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("these weights (study)") for line in lines)


@pytest.mark.usefixtures("without_pictures")
def test_a_single_chair_makes_a_report_without_in_betweens() -> None:
    one = last(evaluate_on_catalog("study", catalog(1), "cpu", baselines=False))
    made = record(one, MACHINE, "voxview evaluate")
    assert "there is one" in html_report(made, one.evaluation) and "take two chairs" in plain_text(
        summary(made)
    )
    assert made["blends_in_one_piece"] == 0 and made["pairs"] == 0


def test_files_that_cannot_be_written_are_refused_at_once(tmp_path: Path) -> None:
    check_report_files(tmp_path / "a.json", tmp_path / "a.html")
    with pytest.raises(InputError, match="prints to PDF"):
        check_report_files(None, tmp_path / "a.pdf")
    for report in (tmp_path, tmp_path / "a.txt", tmp_path / "none/a.html"):
        with pytest.raises(InputError, match="cannot write"):
            check_report_files(None, report)
