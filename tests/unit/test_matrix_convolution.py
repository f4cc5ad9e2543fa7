"""Networks whose convolutions are matrix products compute the same, values and gradients."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from voxview.model.autoencoder import load_autoencoder
from voxview.model.matrix_convolution import (
    MatrixConvolution,
    MatrixDoubling,
    with_matrix_doublings,
    with_matrix_products,
)
from voxview.shapes.catalogs.samples import sample_catalog


@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "side"),
    [(3, 1, 1, 5), (5, 2, 2, 8), (3, 2, 1, 8), (4, 2, 1, 8), (6, 2, 2, 8), (1, 1, 0, 4)],
)
@pytest.mark.parametrize("n", [1, 3])
def test_a_convolution_as_a_product_is_the_convolution(
    kernel: int, stride: int, padding: int, side: int, n: int
) -> None:
    torch.manual_seed(1)
    conv = nn.Conv3d(6, 10, kernel, stride, padding).requires_grad_(False)
    by_conv = torch.randn(n, 6, side, side, side, requires_grad=True)
    by_product = by_conv.detach().clone().requires_grad_()
    wanted, came = conv(by_conv), MatrixConvolution(conv)(by_product)
    torch.testing.assert_close(came, wanted, atol=1e-5, rtol=1e-5)
    weights = torch.randn_like(wanted)
    (wanted * weights).sum().backward()
    (came * weights).sum().backward()
    torch.testing.assert_close(by_product.grad, by_conv.grad, atol=1e-5, rtol=1e-5)


def test_doubling_as_a_product_is_the_transposed_convolution() -> None:
    conv = nn.ConvTranspose3d(6, 10, 2, stride=2).requires_grad_(False)
    x = torch.randn(3, 6, 4, 4, 4)
    torch.testing.assert_close(MatrixDoubling(conv)(x), conv(x), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", ["chairs", "study"])
def test_a_network_of_products_encodes_and_decodes_alike_and_leaves_the_other_as_it_was(name: str) -> None:
    network = load_autoencoder(name, device="cpu").network
    before = [type(module) for module in network.modules()]
    twin = with_matrix_products(network)
    occupancy = torch.from_numpy(np.stack([chair.read() for chair in sample_catalog()[:2]]))[:, None].float()
    with torch.no_grad():
        z = network.encode(occupancy)
        torch.testing.assert_close(twin.encode(occupancy), z, atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(twin.decode(z), network.decode(z), atol=1e-3, rtol=1e-4)
    assert [type(module) for module in network.modules()] == before
    assert MatrixConvolution in {type(module) for module in twin.modules()}


def test_parameters_that_are_not_rearranged_are_shared() -> None:
    network = load_autoencoder("chairs", device="cpu").network
    twin = with_matrix_products(network)
    kept = dict(network.named_parameters())
    assert all(parameter is kept[name] for name, parameter in twin.named_parameters())


def test_other_convolutions_stay() -> None:
    from voxview.model.network import Network

    class Odd(Network):
        def __init__(self) -> None:
            super().__init__()
            self.grouped = nn.Conv3d(4, 4, 3, padding=1, groups=2)
            self.dilated = nn.Conv3d(4, 4, 3, padding=2, dilation=2)
            self.uneven = nn.Conv3d(4, 4, (3, 3, 1))
            self.wide = nn.ConvTranspose3d(4, 4, 3, stride=2)

        def encode(self, occupancy: torch.Tensor) -> torch.Tensor:
            return occupancy

        def decode(self, z: torch.Tensor) -> torch.Tensor:
            return z

    assert not any(
        isinstance(module, MatrixConvolution | MatrixDoubling)
        for module in with_matrix_products(Odd()).modules()
    )


def test_doublings_alone_are_replaced_for_batches_and_decode_alike() -> None:
    network = load_autoencoder("chairs", device="cpu").network
    twin = with_matrix_doublings(network)
    kinds = [type(module) for module in twin.modules()]
    assert MatrixDoubling in kinds and nn.ConvTranspose3d not in kinds and MatrixConvolution not in kinds
    z = torch.randn(3, 8, 8, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(twin.decode(z), network.decode(z), atol=1e-4, rtol=1e-4)
