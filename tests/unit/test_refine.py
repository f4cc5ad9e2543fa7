"""Refined encodings reconstruct a chair better than unrefined ones, and never worse."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from voxview.errors import InputError
from voxview.model import refine as refinement
from voxview.model.autoencoder import Autoencoder, load_autoencoder
from voxview.model.metrics import intersection_over_union
from voxview.model.network import Network
from voxview.model.refine import STEPS, Descent, Metric, more_steps, refine_in_steps
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


def occupancy_of(grids: np.ndarray) -> Tensor:
    return torch.from_numpy(grids)[:, None].float()


def test_no_step_makes_the_objective_of_any_chair_worse(default: Autoencoder, grids: np.ndarray) -> None:
    occupancy, metric = occupancy_of(grids[::2]), default.metric
    assert metric is not None
    with torch.no_grad():
        descent = Descent(default.network_of_few, default.network_of_few.encode(occupancy), occupancy, metric)
        begun = least = descent._values(descent.best)[0]
        for _ in range(4):
            descent.step()
            now = descent._values(descent.best)[0]
            assert (now <= least * (1 + 1e-5)).all()
            least = now
        descent.end()
        assert (descent._values(descent.best)[0] <= least * (1 + 1e-5)).all()
    assert least.mean() < 0.9 * begun.mean()


def test_refining_twice_gives_the_same_bits(default: Autoencoder, grids: np.ndarray) -> None:
    np.testing.assert_array_equal(default.encode(grids[:2]), default.encode(grids[:2]))


class Counted(Network):
    """A network that counts the chairs it decodes."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network, self.decoded = network, 0

    def encode(self, occupancy: Tensor) -> Tensor:
        return self.network.encode(occupancy)

    def decode(self, z: Tensor) -> Tensor:
        self.decoded += len(z)
        return self.network.decode(z)


def test_only_chairs_that_are_far_off_take_more_steps(default: Autoencoder, grids: np.ndarray) -> None:
    walls = np.zeros_like(grids[:1])
    walls[0, 4:28, 4:28, 15] = walls[0, 15, 2:30, 2:30] = True  # no chair at all
    both, metric = occupancy_of(np.concatenate([grids[:1], walls])), default.metric
    assert metric is not None
    network = Counted(default.network_of_few)
    with torch.no_grad():
        z = network.encode(both)
        work = refine_in_steps(network, z, both, metric)
        pauses = sum(1 for _ in work)
    assert network.decoded == 2 * (STEPS + 1) + more_steps(STEPS)
    assert pauses == STEPS + more_steps(STEPS) + 1


def test_an_estimate_takes_up_what_a_step_has_shown() -> None:
    torch.manual_seed(3)
    root = torch.randn(64, 64)
    metric = Metric.of(root @ root.T)
    hessian = root @ root.T + 5 * torch.eye(64)
    moved = torch.randn(3, 64)
    change = moved @ hessian
    change[1] = -change[1]  # not convex there: nothing to be learnt
    before = metric.inverse.expand(3, -1, -1)
    after = refinement._with_secant(before, moved, change, metric)
    mapped = (after @ change[:, :, None])[:, :, 0]
    torch.testing.assert_close(mapped[[0, 2]], moved[[0, 2]], atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(after[1], before[1])
    torch.testing.assert_close(after, after.mT)
    assert (torch.linalg.eigvalsh(after) > 0).all()


def test_a_gradient_that_is_no_number_spoils_no_estimate() -> None:
    metric = Metric.of(torch.eye(64))
    before = metric.inverse.expand(2, -1, -1)
    change = torch.ones(2, 64)
    change[0] = torch.nan
    after = refinement._with_secant(before, torch.ones(2, 64), change, metric)
    assert torch.isfinite(after).all() and torch.equal(after[0], before[0])


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


def test_the_first_refinement_of_a_program_does_not_import_sympy() -> None:
    code = (
        "import sys, numpy as np, voxview.model.autoencoder as m;"
        "m.load_autoencoder('chairs', 'cpu').encode(np.ones((1, 32, 32, 32), bool), 1);"
        "sys.exit('sympy' in sys.modules)"  # a start has half a second to two for it
    )
    subprocess.run([sys.executable, "-c", code], check=True)
