"""The kernel finds the targets of the connectivity loss that tensor operations find."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.gpu

torch = pytest.importorskip("torch")

from voxview.model.autoencoder import load_autoencoder  # noqa: E402
from voxview.shapes.catalogs.samples import sample_catalog  # noqa: E402
from voxview.training.connectivity import connectivity_targets, find_targets  # noqa: E402
from voxview.training.connectivity_cuda import has_kernel  # noqa: E402


def same_targets(p: torch.Tensor) -> tuple[int, int]:
    """Require the same targets of both; return of how many fields there are some to add, and to remove."""
    assert has_kernel()
    path, removed = connectivity_targets(p)
    wanted_path, wanted_removed = find_targets(p)
    assert path.dtype == removed.dtype == torch.bool and path.shape == removed.shape == p.shape
    assert torch.equal(path, wanted_path) and torch.equal(removed, wanted_removed)
    return int(path.flatten(1).any(1).sum()), int(removed.flatten(1).any(1).sum())


def test_blends_of_chairs_have_the_same_targets() -> None:
    autoencoder = load_autoencoder("study", "cuda")
    z = autoencoder.encode_tensor(torch.from_numpy(np.stack([c.read() for c in sample_catalog()])).cuda())
    p = autoencoder.decode_tensor((z + z.roll(1, 0)) / 2)[:, None]
    to_add, _ = same_targets(p)
    assert to_add > 20
    for layout in (torch.contiguous_format, torch.channels_last_3d):
        same_targets(p.contiguous(memory_format=layout))


@pytest.mark.parametrize("density", [0.0, 0.0005, 0.003, 0.01, 0.05, 0.3, 1.0])
@pytest.mark.parametrize("trace", [0.0, 0.1, 0.5])
def test_voxels_around_a_block_have_the_same_targets(density: float, trace: float) -> None:
    rng = np.random.default_rng(int(1e4 * density) + int(10 * trace))
    p = 0.9 * (rng.random((24, 1, 32, 32, 32)) < density)
    p = np.where(p > 0, p, 0.2 * (rng.random(p.shape) < trace))
    p[:, :, 8:24, 12:15, 6:20] = 0.8  # the largest component, whatever the rest is
    same_targets(torch.from_numpy(p.astype(np.float32)).cuda())


def test_specks_without_a_path_are_to_be_removed() -> None:
    p = torch.full((3, 1, 32, 32, 32), 0.001, device="cuda")
    p[:, :, 8:24, 14:17, 8:24] = 0.9
    p[0, :, 10, 0:9, 10] = p[1, :, 10, 0:11, 10] = 0.9
    p[1, :, 10, 11:14, 10] = 0.2
    assert same_targets(p) == (1, 1)


def test_no_fields_have_no_targets() -> None:
    assert connectivity_targets(torch.zeros(0, 1, 32, 32, 32, device="cuda"))[0].shape == (0, 1, 32, 32, 32)


def test_empty_and_full_fields_have_no_targets() -> None:
    p = torch.stack([torch.zeros(1, 32, 32, 32), torch.ones(1, 32, 32, 32)]).cuda()
    assert same_targets(p) == (0, 0)
