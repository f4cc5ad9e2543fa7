"""Networks whose weights are packed for oneDNN compute the same, values and gradients."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from voxview.model.autoencoder import load_autoencoder
from voxview.model.packed_convolution import (
    PackedConvolution,
    PackedDoubling,
    PackedOverlapping,
    can_pack,
    with_packed_weights,
)
from voxview.shapes.catalogs.samples import sample_catalog

pytestmark = pytest.mark.skipif(not can_pack(), reason="this PyTorch has no oneDNN")


def _assert_alike(conv: nn.Module, packed: nn.Module, x: torch.Tensor) -> None:
    """Check values, gradients by the input, and values without gradients."""
    by_conv, by_packed = (x.clone().requires_grad_() for _ in range(2))
    wanted, came = conv(by_conv), packed(by_packed)
    torch.testing.assert_close(came, wanted, atol=1e-5, rtol=1e-5)
    weights = torch.randn_like(wanted)
    (wanted * weights).sum().backward()
    (came * weights).sum().backward()
    torch.testing.assert_close(by_packed.grad, by_conv.grad, atol=1e-5, rtol=1e-5)
    with torch.inference_mode():
        torch.testing.assert_close(packed(x), wanted, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "side"),
    [(3, 1, 1, 5), (5, 2, 2, 8), (3, 2, 1, 8), (4, 2, 1, 8), (6, 2, 2, 8), (1, 1, 0, 4)],
)
@pytest.mark.parametrize("n", [1, 3])
def test_a_packed_convolution_is_the_convolution(
    kernel: int, stride: int, padding: int, side: int, n: int
) -> None:
    torch.manual_seed(1)
    conv = nn.Conv3d(6, 10, kernel, stride, padding).requires_grad_(False)
    _assert_alike(conv, PackedConvolution(conv), torch.randn(n, 6, side, side, side))


def test_one_convolution_serves_inputs_of_several_sizes() -> None:
    conv = nn.Conv3d(6, 10, 3, padding=1).requires_grad_(False)
    packed = PackedConvolution(conv)
    for side in (4, 8, 4):
        x = torch.randn(2, 6, side, side, side)
        torch.testing.assert_close(packed(x), conv(x), atol=1e-5, rtol=1e-5)


def test_packed_doubling_is_the_transposed_convolution() -> None:
    conv = nn.ConvTranspose3d(6, 10, 2, stride=2).requires_grad_(False)
    x = torch.randn(3, 6, 4, 4, 4)
    torch.testing.assert_close(PackedDoubling(conv)(x), conv(x), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(("inputs", "outputs", "bias"), [(6, 1, True), (4, 10, True), (3, 2, False)])
def test_packed_overlapping_is_the_transposed_convolution(inputs: int, outputs: int, bias: bool) -> None:
    torch.manual_seed(1)
    conv = nn.ConvTranspose3d(inputs, outputs, 5, 2, 2, 1, bias=bias).requires_grad_(False)
    before, packed = torch.get_rng_state(), PackedOverlapping(conv)
    assert torch.equal(torch.get_rng_state(), before), "who asked for random numbers gets others"
    for n in (1, 3):
        _assert_alike(conv, packed, torch.randn(n, inputs, 4, 5, 6))


@pytest.mark.parametrize("name", ["chairs", "study"])
def test_a_network_with_packed_weights_encodes_and_decodes_alike(name: str) -> None:
    network = load_autoencoder(name, device="cpu").network
    packed = with_packed_weights(network)
    occupancy = torch.from_numpy(np.stack([chair.read() for chair in sample_catalog()[:2]]))[:, None].float()
    with torch.no_grad():
        z = network.encode(occupancy)
        torch.testing.assert_close(packed.encode(occupancy), z, atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(packed.decode(z), network.decode(z), atol=1e-3, rtol=1e-4)
    assert {PackedConvolution, PackedDoubling if name == "chairs" else PackedOverlapping} <= {
        type(module) for module in packed.modules()
    }


def test_a_network_that_decoded_in_inference_mode_still_has_gradients() -> None:
    autoencoder = load_autoencoder("chairs", device="cpu")
    autoencoder.decode(np.zeros((1, 8, 8), np.float32))
    z = torch.randn(1, 8, 8, generator=torch.Generator().manual_seed(1)).requires_grad_()
    autoencoder.network_of_few.decode(z).sum().backward()
    expected = z.detach().clone().requires_grad_()
    autoencoder.network.decode(expected).sum().backward()
    torch.testing.assert_close(z.grad, expected.grad, atol=1e-2, rtol=1e-3)
