"""The report says what was measured, and needs nothing from outside."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from voxview.engine.machine import Machine
from voxview.errors import InputError
from voxview.evaluation import reference as evaluation_reference
from voxview.evaluation.catalog import CatalogEvaluation, evaluate_on_catalog
from voxview.evaluation.report.files import check_report_files
from voxview.evaluation.report.page import html_report
from voxview.evaluation.report.record import record
from voxview.evaluation.report.text import terminal_report
from voxview.evaluation.results import Plan
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.chair import Chair

MACHINE = Machine("a CPU", 2, 2, None, None, "Linux", {"voxview": "1"}, "abc1234", "2026-01-02")


def last(steps):
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def catalog(count: int) -> Catalog:
    chairs = [
        Chair(f"<id & {i}>", "c", "some", chair.read) for i, chair in enumerate(sample_catalog()[:count])
    ]
    return Catalog("some <chairs>", "some", chairs)


@pytest.fixture(scope="module")
def result() -> CatalogEvaluation:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation_reference, "GENERATED", 70)
        return last(evaluate_on_catalog("study", catalog(7), "cpu", plan=Plan(pairs=5)))


@pytest.fixture(scope="module")
def made(result: CatalogEvaluation) -> dict:
    return json.loads(json.dumps(record(result, MACHINE, "voxview evaluate --data 'a b'")))


class Page(HTMLParser):
    """The page's tags, their sources, and whether each was closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "img", "br", "rect", "line"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("rect", "line"):
            assert self.open.pop() == tag


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
    assert made["blends_standing"] == half["on_the_floor"]["value"]
    assert set(made["in_betweens"]) == {"study", "voxel blend", "distance blend", "PCA-64"}
    assert set(made["reconstruction"]) == {"study", "PCA-64", "nearest neighbour"}
    smooth = made["morphs"]["study"]
    assert smooth["largest_over_mean"]["value"] == pytest.approx(10 * smooth["largest_over_path"]["value"])
    assert [worst["iou"] for worst in made["worst"]] == sorted(made["chair_ious"].values())


def test_the_page_is_whole_and_needs_nothing_from_outside(made: dict, result: CatalogEvaluation) -> None:
    text = html_report(made, result.evaluation)
    page = Page(text)
    assert page.open == []
    assert page.addresses and all(address.startswith("data:image/png;base64,") for address in page.addresses)
    assert "script" not in page.tags and "link" not in page.tags and "url(" not in text
    # Seven chairs with their reconstructions, and three morphs of three methods with A and B beside.
    assert page.tags.count("img") == 2 * 7 + 3 * (3 * 7 + 2)


def test_names_from_outside_are_shown_as_text(made: dict, result: CatalogEvaluation) -> None:
    text = html_report(made, result.evaluation)
    assert "<id" not in text and "&lt;id &amp; 3&gt;" in text and "some &lt;chairs&gt;" in text
    assert "voxview evaluate --data &#x27;a b&#x27;" in text


def test_the_page_has_every_section_and_figure(made: dict, result: CatalogEvaluation) -> None:
    text = re.sub(r"data:image/png;base64,[^\"]*", "", html_report(made, result.evaluation))
    for word in (
        "Reconstructions", "In-betweens", "Smoothness", "Morphs", "The worst 7", "What the words mean",
        "Limits", "How it was measured", "abc1234", "2026-01-02", "not chosen by anyone",
        f"{made['iou_mean']:.3f}", *made["setting"]["remarks"][0].split("'")[:1], *made["definitions"],
    ):  # fmt: skip
        assert word in text or word.replace("<", "&lt;") in text, word


def test_the_terminal_has_room_for_every_line(made: dict) -> None:
    lines = terminal_report(made).splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("these weights (study)") for line in lines)


def test_a_single_chair_makes_a_report_without_in_betweens() -> None:
    one = last(evaluate_on_catalog("study", catalog(1), "cpu", baselines=False))
    made = record(one, MACHINE, "voxview evaluate")
    assert "there is one" in html_report(made, one.evaluation) and "take two chairs" in terminal_report(made)
    assert made["blends_in_one_piece"] == 0 and made["pairs"] == 0


def test_files_that_cannot_be_written_are_refused_at_once(tmp_path: Path) -> None:
    check_report_files(tmp_path / "a.json", tmp_path / "a.html")
    with pytest.raises(InputError, match="prints to PDF"):
        check_report_files(None, tmp_path / "a.pdf")
    for report in (tmp_path, tmp_path / "a.txt", tmp_path / "none/a.html"):
        with pytest.raises(InputError, match="cannot write"):
            check_report_files(None, report)
