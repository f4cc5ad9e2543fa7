"""The evaluation of a picture encoder: which chairs, which baselines, photographs, the page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from random_picture_weights import write_random_picture_weights

from voxview.errors import InputError
from voxview.evaluation import reference
from voxview.evaluation.contact_sheet import every_kth
from voxview.evaluation.pictures.evaluate import evaluate_pictures
from voxview.evaluation.pictures.level import best_level
from voxview.evaluation.pictures.page import write_page
from voxview.evaluation.pictures.photos import read_photos
from voxview.evaluation.pictures.record import picture_record, picture_summary
from voxview.evaluation.pictures.results import (
    INCOMPLETE,
    LEVELLED,
    MEAN,
    NEAREST,
    PLAIN,
    PREDICTED,
    RANDOM,
    REFINED,
    PictureEvaluation,
)
from voxview.evaluation.report.files import write_evaluation
from voxview.model.picture_weights import read_picture_weights, write_picture_weights
from voxview.pictures.view import View
from voxview.shapes.bits import fingerprint
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.table import Table
from voxview.to_end import run_to_end


@dataclass(frozen=True)
class Shadows:
    pixels: np.ndarray
    views: tuple[View, ...]


def shadows(grids: np.ndarray) -> Shadows:
    """Stands in for the renderer: each chair's shadow from its front, seven pixels a voxel, padded."""
    front = grids.any(axis=3).transpose(0, 2, 1)[:, ::-1, ::-1]
    pixels = np.full((len(grids), 227, 227, 3), 255, np.uint8)
    pixels[:, 1:225, 1:225] -= 200 * front.repeat(7, 1).repeat(7, 2)[..., None].astype(np.uint8)
    return Shadows(pixels, (View(0.0, 0.0),) * len(grids))


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    grids = np.stack([chair.read() for chair in sample_catalog()[:2]])
    np.save(folder / "photo-grids.npy", grids)
    lines = ["file\tmodel\tgrid\tname\tseen"]
    for i in range(4):
        Image.fromarray(np.full((40, 30 + i, 3), 60 * i, np.uint8)).save(folder / f"{i}.jpg")
        lines.append(f"{i}.jpg\t{i % 2}\t{i % 2}\tchair {i % 2}\t{int(i < 3)}")
    (folder / "photos.tsv").write_text("\n".join(lines) + "\n")
    return folder


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random picture weights that know the first sample chair, and were validated on the second."""
    path = write_random_picture_weights(tmp_path_factory.mktemp("weights") / "random.safetensors")
    read = read_picture_weights(path)
    known = [fingerprint(chair.read()) for chair in sample_catalog()[:2]]
    write_picture_weights(
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
def evaluation(weights: Path, photos: Path) -> PictureEvaluation:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reference, "GENERATED", 20)
        steps = evaluate_pictures(
            str(weights), sample_catalog(), {"shadows": lambda _: shadows}, "cpu", photos=photos, most=7
        )
        return run_to_end(steps)


def test_chairs_that_the_encoder_knows_are_left_out(evaluation: PictureEvaluation) -> None:
    assert evaluation.left_out == 2
    known = {chair.id for chair in sample_catalog()[:2]}
    titles = evaluation.sets[0].pictures.titles
    assert known.isdisjoint(titles) and 4 <= len(titles) <= 7
    assert any("--pictures" in remark for remark in evaluation.remarks)


def test_each_set_is_measured_by_all_methods(evaluation: PictureEvaluation) -> None:
    rendered, photographs = evaluation.sets[0], evaluation.sets[2]
    assert [measured.pictures.name for measured in evaluation.sets] == [
        "shadows",
        "shadows, background removed",
        "photographs",
    ]
    for measured in evaluation.sets:
        assert list(measured.iou) == [PREDICTED, INCOMPLETE, PLAIN, LEVELLED, NEAREST, MEAN, RANDOM]
        n = len(measured.pictures.titles)
        assert all(iou.shape == (n,) and iou.max() <= 1 for iou in measured.iou.values())
    assert rendered.azimuth_errors is not None and photographs.azimuth_errors is None
    assert bool((rendered.azimuth_errors <= 180).all())


def test_what_comes_out_without_its_background_is_refined_against_the_silhouette(tmp_path: Path) -> None:
    weights = write_random_picture_weights(tmp_path / "random.safetensors", "chairs")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reference, "GENERATED", 20)
        steps = evaluate_pictures(
            str(weights),
            Catalog("Six", "six", sample_catalog()[:6]),
            {"shadows": lambda _: shadows},
            "cpu",
            most=2,
        )
        whole, removed = run_to_end(steps).sets
    assert REFINED not in whole.iou and list(removed.iou)[:4] == [PREDICTED, INCOMPLETE, PLAIN, REFINED]
    assert (removed.iou[REFINED] != removed.iou[PREDICTED]).any()


def test_the_best_level_is_the_one_with_the_largest_mean_iou() -> None:
    grids = np.stack([chair.read() for chair in sample_catalog()[:3]])
    fields = np.where(grids, 0.4, 0.25).astype(np.float32)
    assert 0.25 <= best_level(fields, grids) < 0.4


def test_without_a_gpu_the_training_chairs_are_not_refined_and_a_remark_says_so(
    evaluation: PictureEvaluation,
) -> None:
    assert any("unrefined, for want of a GPU" in remark for remark in evaluation.remarks)
    assert any("best level of the validation split" in remark for remark in evaluation.remarks)


def test_photographs_that_hardly_show_their_chair_are_left_out(photos: Path) -> None:
    (read,) = read_photos(photos)
    assert read.pixels.shape == (3, 227, 227, 3)
    assert read.groups == ("chair 0 (0)", "chair 1 (1)", "chair 0 (0)")
    assert np.array_equal(read.grids[1], sample_catalog()[1].read())


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("photos.tsv", None, "cannot read .*photos.tsv"),
        ("photos.tsv", "file\tmodel\nx\ty\n", "lists no photograph|lacks columns"),
        ("photos.tsv", "file\tmodel\tgrid\tname\tseen\n0.jpg\t1\t9\tc\t1\n", "names grid 9, but there are 2"),
        ("photos.tsv", "file\tmodel\tgrid\tname\tseen\nno.jpg\t1\t0\tc\t1\n", "no.jpg"),
        ("photo-grids.npy", "no array", "cannot read .*photo-grids.npy"),
    ],
)
def test_folders_of_photographs_that_cannot_be_read_are_refused_in_one_line(
    name: str, content: str | None, text: str, photos: Path, tmp_path: Path
) -> None:
    for file in photos.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    if content is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=text) as refused:
        read_photos(tmp_path)
    assert "\n" not in str(refused.value)


def test_the_files_hold_every_figure_and_forty_pictures_that_nobody_chose(
    evaluation: PictureEvaluation, tmp_path: Path
) -> None:
    page, figures = tmp_path / "page.html", tmp_path / "figures.json"
    record = write_evaluation(
        evaluation, "voxview evaluate", picture_record, write_page, json=figures, report=page
    )
    assert json.loads(figures.read_text()) == json.loads(json.dumps(record))
    photographs = record["sets"]["photographs"]
    assert set(photographs["models"]) == {"chair 0 (0)", "chair 1 (1)"} and photographs["azimuth"] is None
    text = page.read_text()
    tiles = sum(len(measured.pictures.titles) for measured in evaluation.sets)
    assert text.count("<figure>") == tiles and text.count("data:image/png") == 3 * tiles
    assert "0.567" in text and "none chosen" in text
    tables = [part for part in picture_summary(record) if isinstance(part, Table)]
    assert [table.columns[0].heading for table in tables] == [
        f"shadows: {len(evaluation.sets[0].pictures.titles)}",
        f"shadows, background removed: {len(evaluation.sets[1].pictures.titles)}",
        "photographs: 3",
    ]


def test_every_kth_picture_is_on_the_sheet() -> None:
    assert every_kth(578, 20) == list(range(0, 560, 28))
    assert every_kth(3, 20) == [0, 1, 2]


def test_an_encoder_that_was_trained_on_all_chairs_is_refused(weights: Path, tmp_path: Path) -> None:
    read, path = read_picture_weights(weights), tmp_path / "all.safetensors"
    write_picture_weights(
        path,
        read.network,
        "all",
        autoencoder=read.autoencoder,
        autoencoder_fingerprint=read.autoencoder_fingerprint,
        odd=0,
        trained_on=[fingerprint(chair.read()) for chair in sample_catalog()],
    )
    with pytest.raises(InputError, match="trained on every chair"):
        run_to_end(evaluate_pictures(str(path), sample_catalog(), {}, "cpu"))
