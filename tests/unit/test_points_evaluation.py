"""The evaluation of points encoders: which chairs, which methods, the record, the page."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from random_points_weights import write_random_points_weights

from voxview.errors import InputError
from voxview.evaluation.points.evaluate import as_voxels, evaluate_points
from voxview.evaluation.points.page import write_page
from voxview.evaluation.points.record import points_record, points_summary
from voxview.evaluation.points.results import VOXELS, PointsEvaluation
from voxview.evaluation.report.files import write_evaluation
from voxview.model.points_weights import read_points_weights, write_points_weights
from voxview.shapes.bits import fingerprint
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.table import Table
from voxview.to_end import run_to_end
from voxview.training.points.held_out import SCANS, held_out_scanners


def centres(grids: np.ndarray) -> np.ndarray:
    """Stand in for virtual scans: the centres of some voxels; of the second chair too few."""
    rng, clouds = np.random.default_rng(0), []
    for i, grid in enumerate(grids):
        voxels = np.argwhere(grid)
        clouds.append((voxels[rng.choice(len(voxels), 200)] + 0.5) / 32 - 0.5)
        if i == 1:
            clouds[-1][20:] = clouds[-1][0]
    return np.stack(clouds).astype(np.float32)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random points weights that know the first sample chair, and were validated on the second."""
    path = write_random_points_weights(tmp_path_factory.mktemp("weights") / "random.safetensors", like=3)
    read = read_points_weights(path)
    known = [fingerprint(chair.read()) for chair in sample_catalog()[:2]]
    write_points_weights(
        path,
        read.network,
        "random",
        autoencoder=read.autoencoder,
        autoencoder_fingerprint=read.autoencoder_fingerprint,
        odd=0,
        trained_on=known[:1],
        validated_on=known[1:],
    )
    return path


@pytest.fixture(scope="module")
def evaluation(weights: Path) -> PointsEvaluation:
    steps = evaluate_points(
        str(weights),
        sample_catalog(),
        {"centres": lambda _: centres, "again": lambda _: centres},
        "cpu",
        most=3,
    )
    return run_to_end(steps)


def test_chairs_that_the_encoder_knows_are_left_out(evaluation: PointsEvaluation) -> None:
    assert evaluation.left_out == 2
    known = {chair.id for chair in sample_catalog()[:2]}
    assert known.isdisjoint(evaluation.scans[0].titles) and len(evaluation.scans[0].titles) == 3
    assert any("--pictures" in remark for remark in evaluation.remarks)


def test_each_kind_of_scans_is_measured_by_all_methods(evaluation: PointsEvaluation) -> None:
    for measured in evaluation.scans:
        assert list(measured.iou) == ["pointnet++", "pointnet++, unrefined", VOXELS]
        assert all(iou.shape == (3,) and 0 <= iou.min() <= iou.max() <= 1 for iou in measured.iou.values())
        assert np.isnan(measured.distances[1]) and measured.iou["pointnet++"][1] == 0, "too few points"
        assert measured.iou[VOXELS][0] > 0


def test_points_as_voxels_fill_the_cube() -> None:
    cloud = np.array([[[0, 0, 0], [4, 2, 0], [2, 1, 0.1]]], np.float32)
    (grid,) = as_voxels(cloud)
    assert grid.sum() == 3 and grid[0, 8, 15] and grid[31, 24, 15]


def test_the_record_the_table_and_the_page_have_the_figures(
    evaluation: PointsEvaluation, tmp_path: Path
) -> None:
    files = {"json": tmp_path / "e.json", "report": tmp_path / "e.html"}
    record = write_evaluation(evaluation, "voxview evaluate", points_record, write_page, **files)
    assert json.loads(files["json"].read_text()) == record
    assert record["scans"]["centres"]["refused"] == 1 and record["weights"] == {"random": "pointnet++"}
    _, table, remarks = points_summary(record)
    assert isinstance(table, Table) and len(table.rows) == 6 and "Up axis" in str(remarks)
    page = files["report"].read_text()
    assert page.count("<figure>") == 6 and "Refused: 1" in page and VOXELS in page


def test_nothing_to_measure_is_said_in_one_line(weights: Path) -> None:
    with pytest.raises(InputError, match="--pictures is 0 or more"):
        next(evaluate_points(str(weights), sample_catalog(), {}, "cpu", most=-1))


@pytest.mark.parametrize("name", SCANS)
def test_held_out_scans_have_the_points_that_their_names_say(name: str) -> None:
    grids = np.stack([chair.read() for chair in sample_catalog()[:2]])
    first, again = (held_out_scanners()[name]("cpu")(grids) for _ in range(2))
    assert np.array_equal(first, again) and first.shape == (2, SCANS[name].points, 3)
    assert np.abs(first[..., 1]).max() < 0.56
