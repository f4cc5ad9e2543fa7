"""The kernel for weighted sums agrees with NumPy bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from voxview.errors import InputError
from voxview.latent.combine import MAX_MIX_LATENTS, combine
from voxview.latent.cuda import combine_on_device

pytestmark = pytest.mark.gpu


def same_bits(got: NDArray[np.float32], expected: NDArray[np.float32]) -> bool:
    return got.shape == expected.shape and np.array_equal(got.view(np.uint32), expected.view(np.uint32))


def some(n: int, k: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return latents and weights over the whole range of floats, zeros and subnormals among them."""
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((n, 8, 8)) * 10.0 ** rng.integers(-44, 38, (n, 8, 8))
    w = rng.standard_normal((k, n)) * 10.0 ** rng.integers(-44, 3, (k, n))
    w[rng.random((k, n)) < 0.3] = 0.0
    w[rng.random((k, n)) < 0.1] = -0.0
    return z.astype(np.float32), w.astype(np.float32)


@pytest.mark.parametrize("backend", ["cuda-global", "cuda-shared"])
@pytest.mark.parametrize("n", range(1, MAX_MIX_LATENTS + 1))
def test_mixes_are_numpys_to_the_last_bit(n: int, backend: str) -> None:
    for seed, k in enumerate((1, 2, 101, 5000)):
        z, w = some(n, k, seed)
        assert same_bits(combine(z, w, backend=backend), combine(z, w))


def test_a_single_one_copies_its_latent() -> None:
    z = np.random.default_rng(3).integers(0, 2**32, (8, 8, 8), np.uint32).view(np.float32)
    z[~np.isfinite(z)] = -0.0
    assert same_bits(combine(z, np.eye(8, dtype=np.float32), backend="cuda-shared"), z)


def test_torch_tensors_on_torchs_stream_stay_on_the_device() -> None:
    import torch

    z, w = some(4, 7, 9)
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        out = torch.full((7, 8, 8), float("nan"), device="cuda")
        combine_on_device(
            torch.from_numpy(z).cuda(), torch.from_numpy(w).cuda(), out, stream=stream.cuda_stream
        )
        stream.synchronize()
    assert same_bits(out.cpu().numpy(), combine(z, w))


def test_too_many_latents_are_refused() -> None:
    import torch

    z, w = torch.zeros((10, 8, 8), device="cuda"), torch.zeros((1, 10), device="cuda")
    with pytest.raises(InputError, match="1 to 9"):
        combine_on_device(z, w, torch.zeros((1, 8, 8), device="cuda"), stream=None)
