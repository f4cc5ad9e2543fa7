"""A strided convolution of one channel is the same computed as one of blocks of 2×2×2 voxels."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from voxview.model.block_convolution import convolve_blocks


@pytest.mark.parametrize(("kernel", "padding"), [(6, 2), (4, 1), (2, 0)])
def test_convolving_blocks_gives_the_same_and_the_same_gradients(kernel: int, padding: int) -> None:
    torch.manual_seed(1)
    inputs = [torch.rand(2, 1, 8, 12, 16), torch.randn(5, 1, kernel, kernel, kernel), torch.randn(5)]
    in_blocks = [tensor.double().requires_grad_() for tensor in inputs]
    plainly = [tensor.double().requires_grad_() for tensor in inputs]
    result = convolve_blocks(*in_blocks, padding)
    expected = F.conv3d(*plainly, stride=2, padding=padding)
    torch.testing.assert_close(result, expected)
    pull = torch.randn_like(expected)
    result.backward(pull)
    expected.backward(pull)
    for ours, theirs in zip(in_blocks, plainly, strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad)
