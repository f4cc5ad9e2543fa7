"""What a convolution would give, the worked example of the sources, and the usual mistakes."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from voxview.errors import InputError
from voxview.model.layers.arithmetic import Convolution
from voxview.model.layers.what_if import what_if


def test_the_worked_example() -> None:
    outcome = what_if(Convolution(size=55, channels=3, filters=32, kernel=5, padding=2))
    assert outcome.output_size == 55
    assert (outcome.numbers_per_filter, outcome.parameters) == (76, 2_432)
    assert outcome.multiply_adds == 55 * 55 * 32 * 75 == 7_260_000
    texts = [working.text for working in outcome.workings]
    assert "F·F·C + 1 = 5·5·3 + 1 = 76" in texts
    assert "output positions × filters × F·F·C = 55·55 × 32 × 5·5·3 = 7,260,000" in texts


def test_a_picture_of_224_without_padding_gives_54() -> None:
    outcome = what_if(Convolution(224, 3, 96, 11, 4))
    assert outcome.output_size == 54
    said = " ".join(outcome.remarks)
    assert "(224 − 11 + 0)/4 + 1 is 54.25" in said and "⌊213/4⌋ + 1 = 54" in said
    assert "55 along each axis would take an input of 227 with this padding, or a padding of 2" in said
    assert "the last 1 of the input along each axis is read by no filter" in said
    assert what_if(Convolution(227, 3, 96, 11, 4)).output_size == 55
    assert what_if(Convolution(224, 3, 96, 11, 4, 2)).output_size == 55


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (Convolution(8, 1, 1, 2, 3), "1 of every 3 input positions along each axis are never read"),
        (Convolution(8, 1, 1, 3, 1, 3), "reads nothing but zeros"),
        (Convolution(8, 1, 1, 4), "no padding keeps the size with an even filter"),
        (Convolution(27, 96, 256, 5, 1, 2, 2), "with 2 groups a filter sees 48 of 96 channels"),
        (Convolution(55, 3, 32, 5), "it has 5·5·3 = 75 weights, not 5·5 = 25"),
        (Convolution(55, 3, 32, 5), "a bias is one number a filter, not one an output number: 32"),
    ],
)
def test_a_usual_mistake_is_explained(layer: Convolution, said: str) -> None:
    assert any(said in remark for remark in what_if(layer).remarks)


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (Convolution(8, 1, 1, 3, 0), "the stride is 1 or more, but 0 came"),
        (Convolution(8, 1, 1, 13, 1, 2), "the filter is 13 long and the padded input 12"),
        (Convolution(8, 3, 4, 3, groups=2), "2 groups cannot share 3 channels"),
        (Convolution(8, 2, 3, 3, groups=2), "2 groups cannot share 3 filters"),
        (Convolution(8, 1, 1, 3, padding=-1), "padding is 0 or more"),
        (Convolution(8, 1, 1, 3, dimensions=4), "1, 2 or 3 dimensions"),
        (Convolution(1, 1, 1, 1, padding=3, transposed=True), "the output would be -5 long"),
    ],
)
def test_what_cannot_be_is_one_line(layer: Convolution, said: str) -> None:
    with pytest.raises(InputError, match=said) as raised:
        what_if(layer)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("dimensions", [1, 2, 3])
@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "groups", "bias"),
    [(9, 3, 1, 0, 1, True), (8, 5, 2, 2, 2, False), (7, 2, 3, 0, 1, True), (6, 4, 2, 1, 2, True)],
)
def test_pytorch_gives_the_same(
    size: int,
    kernel: int,
    stride: int,
    padding: int,
    groups: int,
    bias: bool,
    dimensions: int,
    transposed: bool,
) -> None:
    kinds = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
    kind = (kinds if transposed else (nn.Conv1d, nn.Conv2d, nn.Conv3d))[dimensions - 1]
    module = kind(4, 6, kernel, stride, padding, groups=groups, bias=bias, device="meta")
    outcome = what_if(Convolution(size, 4, 6, kernel, stride, padding, groups, dimensions, bias, transposed))
    with torch.no_grad():
        output = module(torch.empty(1, 4, *[size] * dimensions, device="meta"))
    assert tuple(output.shape[2:]) == (outcome.output_size,) * dimensions
    assert outcome.parameters == sum(p.numel() for p in module.parameters())
