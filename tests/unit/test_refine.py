"""Refined encodings reconstruct a chair better than unrefined ones, and never worse."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from voxview.errors import InputError
from voxview.model.autoencoder import Autoencoder, load_autoencoder
from voxview.model.metrics import intersection_over_union
from voxview.model.weights import build_network, find_weights, read_weights, write_weights
from voxview.shapes.catalogs.samples import sample_catalog


@pytest.fixture(scope="module")
def grids() -> np.ndarray:
    return np.stack([chair.read() for chair in list(sample_catalog())[::40]])


@pytest.fixture(scope="module")
def default() -> Autoencoder:
    return load_autoencoder(device="cpu")


def ious(autoencoder: Autoencoder, grids: np.ndarray, steps: int | None) -> np.ndarray:
    return intersection_over_union(grids, autoencoder.decode(autoencoder.encode(grids, steps)) > 0.5)


def test_refined_encodings_reconstruct_the_chairs_better(default: Autoencoder, grids: np.ndarray) -> None:
    quick, usual = ious(default, grids, 0), ious(default, grids, None)
    assert default.refines
    assert usual.mean() > quick.mean() + 0.003
    assert (usual > quick - 0.01).all()


def test_a_chair_is_refined_independently_of_the_batch(default: Autoencoder, grids: np.ndarray) -> None:
    alone = default.encode(grids[:1], 3)
    np.testing.assert_allclose(default.encode(grids[:3], 3)[:1], alone, atol=2e-3)


def test_weights_without_a_curvature_are_not_refined(grids: np.ndarray) -> None:
    study = load_autoencoder("study", device="cpu")
    assert not study.refines
    np.testing.assert_array_equal(study.encode(grids), study.encode(grids, 0))


@pytest.mark.parametrize(
    "wrong", [torch.eye(3), torch.full((64, 64), float("nan")), -torch.eye(64), torch.eye(64).int()]
)
def test_an_invalid_curvature_is_refused(tmp_path: Path, wrong: torch.Tensor) -> None:
    from safetensors.torch import load_file, save_file

    weights = read_weights(find_weights("study"))
    file = tmp_path / "w.safetensors"
    network = build_network(weights, file)
    write_weights(file, network, "study", "w", {}, (), torch.eye(64))
    assert load_autoencoder(file, device="cpu").refines
    tensors = load_file(file) | {"curvature": wrong}
    save_file(tensors, file, metadata={"format": "voxview-weights-1", "architecture": "study"})
    with pytest.raises(InputError, match="curvature"):
        read_weights(file)
