"""Points become chairs and chairs have parts, as scripts call it and as the engine does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from random_points_weights import write_random_parts_weights, write_random_points_weights

import voxview
from voxview.engine.parts import PartsReader
from voxview.engine.points import PointsReader, chair_of_points, is_from_points
from voxview.engine.points_request import points_request
from voxview.errors import InputError, VoxViewError
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.parts import NO_PART
from voxview.shapes.points.crop import Box
from voxview.to_end import run_to_end

SAMPLE = sample_catalog()[0]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Points weights for the study's autoencoder, which is small."""
    return write_random_points_weights(tmp_path_factory.mktemp("weights") / "w.safetensors", like=0)


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_random_parts_weights(tmp_path_factory.mktemp("weights") / "p.safetensors")


@pytest.fixture(scope="module")
def points() -> np.ndarray:
    rng, voxels = np.random.default_rng(0), np.argwhere(SAMPLE.read())
    return (voxels[rng.choice(len(voxels), 900)] + rng.random((900, 3))) / 32 - 0.5


# ---- the engine -------------------------------------------------------------------------------------


def test_a_chair_holds_what_its_latent_is_decoded_to(weights: Path, points: np.ndarray) -> None:
    result = PointsReader("cpu", weights).read(run_to_end(points_request(5 * points + [1, 0, 9])))
    autoencoder = voxview.load_autoencoder("study", device="cpu")
    assert np.array_equal(autoencoder.decode(result.latent[None])[0], result.field)
    assert np.array_equal(result.grid, result.field > 0.5) and result.encoder == "pointnet++"
    assert np.abs(result.in_frame(5 * points + [1, 0, 9])).max() < 1
    chair = chair_of_points("my-scan.ply", result)
    assert chair.id == "my-scan.ply" and chair.name == "My scan" and is_from_points(chair)
    assert np.array_equal(chair.read(), result.grid) and not is_from_points(SAMPLE)
    assert chair.details["stands"] == result.stands == f"y up, turned by {round(result.found.turn) % 360}°"
    in_file, in_frame = 5 * (points[0] - points[1]), np.subtract(*result.in_frame(5 * points[:2]))
    assert chair.details["unit"] == pytest.approx(np.linalg.norm(in_file) / np.linalg.norm(in_frame))


def test_a_cropped_cloud_is_another_chair_of_the_same_file(weights: Path, points: np.ndarray) -> None:
    box = Box((-1, -1, -1), (1, 1, 1))
    far = np.concatenate([points, points[:100] + 9])
    result = PointsReader("cpu", weights).read(run_to_end(points_request(far, box=box)))
    assert result.box == box and np.abs(result.cloud.points).max() < 1
    assert chair_of_points("room.ply", result).id == "room.ply (x -1 to 1, y -1 to 1, z -1 to 1)"


def test_a_gpu_that_fails_is_left_to_the_cpu(
    weights: Path, points: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, read = PointsReader("cuda", weights), PointsReader._read

    def failing(self: PointsReader, given: object, device: str) -> object:
        if device == "cuda":
            raise torch.AcceleratorError("CUDA error: an illegal memory access was encountered")
        return read(self, given, device)

    monkeypatch.setattr(PointsReader, "_read", failing)
    assert reader.read(run_to_end(points_request(points))).grid.any()
    assert reader.notice is not None and "so the CPU read the points" in reader.notice


def test_weights_of_an_autoencoder_that_is_not_here_are_refused(points: np.ndarray, tmp_path: Path) -> None:
    strange = write_random_points_weights(tmp_path / "s.safetensors", fingerprint="00" * 16)
    with pytest.raises(InputError, match="trained for an autoencoder 'study' that is not installed"):
        PointsReader("cpu", strange).read(run_to_end(points_request(points)))


def test_without_weights_one_line_says_how_to_get_some(
    points: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voxview.model.shipped_encoders.is_installed", lambda name: False)
    with pytest.raises(VoxViewError, match="no points weights are installed: train some with"):
        voxview.encode_points(points)
    with pytest.raises(VoxViewError, match="no parts weights are installed: train some with"):
        PartsReader().read(SAMPLE.read())


# ---- the stable surface -----------------------------------------------------------------------------


def test_the_order_the_unit_and_the_origin_of_points_change_nothing(
    weights: Path, points: np.ndarray
) -> None:
    one = voxview.encode_points(points, weights=weights, device="cpu")
    order = np.random.default_rng(1).permutation(len(points))
    other = voxview.encode_points((100 * points + [7, 8, 9])[order], weights=weights, device="cpu")
    assert one.shape == (8, 8) and one.dtype == np.float32
    np.testing.assert_allclose(one, other, atol=1e-3 * np.abs(one).max())


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"xyz": np.zeros((60, 2))}, r"float \(n, 3\), but float64 \(60, 2\) came"),
        ({"xyz": [[0, 1, 2]] * 60}, r"float \(n, 3\), but a list came"),
        ({"xyz": np.random.default_rng(0).random((20, 3))}, "50 or more"),
        ({"up": "w"}, "no axis that can be up"),
        ({"turn": "left"}, "a turn of 'left' is not possible"),
        ({"turn": np.nan}, "a turn of nan is not possible"),
    ],
)
def test_what_is_no_cloud_is_refused(
    given: dict[str, object], text: str, weights: Path, points: np.ndarray
) -> None:
    with pytest.raises(ValueError, match=text):
        voxview.encode_points(**{"xyz": points, "weights": weights, "device": "cpu", **given})  # type: ignore[arg-type]


def test_labels_go_with_points_in_any_order_and_with_voxels(parts: Path, points: np.ndarray) -> None:
    labels = voxview.label_parts(points.astype(np.float32), weights=parts, device="cpu")
    assert labels.shape == (900,) and labels.dtype == np.uint8 and labels.max() < 4
    order = np.random.default_rng(1).permutation(900)
    again = voxview.label_parts(points[order].astype(np.float32), weights=parts, device="cpu")
    assert np.array_equal(again, labels[order])
    grid = SAMPLE.read().copy()
    grid[:9, 20:] = False
    of_voxels = voxview.label_parts(grid, weights=parts, device="cpu")
    assert of_voxels.dtype == np.uint8 and np.array_equal(of_voxels == NO_PART, ~grid)
    mirrored = voxview.label_parts(grid[::-1].copy(), weights=parts, device="cpu")
    assert np.array_equal(mirrored, of_voxels[::-1])
    many = np.concatenate([points, points + 1e-3, points - 1e-3])
    assert voxview.label_parts(many, weights=parts, device="cpu").shape == (2700,)


def test_nothing_has_no_parts(parts: Path) -> None:
    empty = np.zeros((32, 32, 32), bool)
    assert bool((voxview.label_parts(empty, weights=parts, device="cpu") == NO_PART).all())
    assert voxview.label_parts(np.empty((0, 3)), weights=parts, device="cpu").shape == (0,)
    assert voxview.label_parts(np.zeros((1, 3)), weights=parts, device="cpu").shape == (1,)


@pytest.mark.parametrize(
    "wrong", [np.zeros((32, 32, 32)), np.zeros((5, 4)), np.full((5, 3), np.nan), [[0, 1, 2]], None]
)
def test_what_has_no_parts_is_refused(wrong: object, parts: Path) -> None:
    with pytest.raises(ValueError, match=r"\(n, 3\)|\(32, 32, 32\)|finite"):
        voxview.label_parts(wrong, weights=parts, device="cpu")  # type: ignore[arg-type]
