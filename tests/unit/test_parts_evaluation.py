"""The evaluation of a parts network: labelled clouds, blends, the record, the page."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from random_points_weights import write_random_parts_weights

from voxview.errors import InputError
from voxview.evaluation.parts import evaluate
from voxview.evaluation.parts.labelled_clouds import read_labelled_clouds
from voxview.evaluation.parts.page import write_page
from voxview.evaluation.parts.record import parts_record, parts_summary
from voxview.evaluation.parts.results import NETWORK, PartsEvaluation
from voxview.evaluation.report.files import write_evaluation
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.parts import NO_PART, PART_COLOURS
from voxview.surface.parts import voxel_colours
from voxview.surface.picture import render_chair
from voxview.table import Table
from voxview.to_end import run_to_end


@pytest.fixture(scope="module")
def clouds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two clouds, one of which has no arms."""
    path = tmp_path_factory.mktemp("clouds") / "parts.npz"
    rng = np.random.default_rng(0)
    labels = np.stack([np.arange(80) % 4, np.arange(80) % 3]).astype(np.uint8)
    np.savez(path, ids=["a", "b"], points=rng.random((2, 80, 3)).astype(np.float16) - 0.5, labels=labels)
    return path


@pytest.fixture(scope="module")
def evaluation(clouds: Path) -> PartsEvaluation:
    weights = write_random_parts_weights(clouds.parent / "w.safetensors")
    truth = iter(read_labelled_clouds(clouds).labels)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(evaluate, "BLENDS", 2)
        patched.setattr(evaluate, "load_autoencoder", lambda *_: load_study())
        steps = evaluate.evaluate_parts(
            str(weights), sample_catalog(), "cpu", clouds=clouds, beside={"truth": lambda _: next(truth)}
        )
        return run_to_end(steps)


def load_study():  # type: ignore[no-untyped-def]
    from voxview.model.autoencoder import load_autoencoder

    return load_autoencoder("study", "cpu")


def test_each_method_is_measured_on_the_parts_that_a_chair_has(evaluation: PartsEvaluation) -> None:
    measured = evaluation.measured
    assert measured is not None and list(measured.iou) == [NETWORK, "truth"]
    assert measured.iou["truth"].tolist() == [1.0, 1.0] and measured.by_part["truth"] == (1.0,) * 4
    assert 0 <= measured.iou[NETWORK].min() <= measured.iou[NETWORK].max() < 1


def test_blends_are_labelled_where_they_are_occupied(evaluation: PartsEvaluation) -> None:
    assert len(evaluation.blends) == 2 and evaluation.seconds > 0
    for blend in evaluation.blends:
        assert np.array_equal(blend.labels != NO_PART, blend.field > 0.5)


def test_the_record_the_table_and_the_page_have_the_figures(
    evaluation: PartsEvaluation, tmp_path: Path
) -> None:
    files = {"json": tmp_path / "e.json", "report": tmp_path / "e.html"}
    record = write_evaluation(evaluation, "voxview evaluate", parts_record, write_page, **files)
    assert json.loads(files["json"].read_text()) == record
    assert record["clouds"]["methods"]["truth"]["iou_mean"]["value"] == 1
    head, table, *_ = parts_summary(record)
    assert "2 labelled clouds" in str(head) and isinstance(table, Table) and len(table.rows) == 2
    page = files["report"].read_text()
    assert page.count("<figure>") == 4 and "#56b4e9" in page and "truth" in page


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"labels": np.zeros((2, 79), int)}, "should be float"),
        ({"labels": np.full((2, 80), 7)}, "holds no labels 0 to 3"),
        ({"points": np.zeros((2, 80, 2))}, "should be float"),
    ],
)
def test_other_clouds_are_refused_in_one_line(
    changed: dict[str, np.ndarray], text: str, clouds: Path, tmp_path: Path
) -> None:
    with np.load(clouds) as file:
        np.savez(tmp_path / "other.npz", **{**file, **changed})
    with pytest.raises(InputError, match=text):
        read_labelled_clouds(tmp_path / "other.npz")
    (tmp_path / "text.npz").write_text("no array")
    with pytest.raises(InputError, match=r"cannot read .*text\.npz"):
        read_labelled_clouds(tmp_path / "text.npz")


def test_a_chair_is_drawn_in_the_colours_of_its_parts() -> None:
    labels = np.full((32, 32, 32), NO_PART, np.uint8)
    labels[4:28, 2:16, 4:28], labels[4:28, 16:30, 4:28] = 0, 1
    colours = voxel_colours(labels)
    assert tuple(colours[5, 5, 5]) == PART_COLOURS[0] and tuple(colours[5, 31, 5]) == PART_COLOURS[1]
    picture = render_chair(labels != NO_PART, (60, 60), color=colours, azimuth=0, elevation=0)
    above, below = picture[18, 30, :3].astype(int), picture[42, 30, :3].astype(int)
    assert above[0] > above[2] and below[2] > below[0], "orange over sky blue"
    assert not voxel_colours(np.full((32, 32, 32), NO_PART, np.uint8)).any()
