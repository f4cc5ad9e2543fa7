"""AlexNet as its paper counts it, on the meta device, and what its layers compute."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from voxview.model.alexnet import AlexNet, LocalResponseNorm


def on_meta(**options: int) -> AlexNet:
    with torch.device("meta"):
        return AlexNet(**options)


@pytest.mark.parametrize(
    ("groups", "parameters", "multiply_adds"),
    [(2, 60_965_224, 724_406_816), (1, 62_378_344, 1_135_256_096)],
)
def test_the_published_network_has_its_parameters_and_multiply_adds(
    groups: int, parameters: int, multiply_adds: int
) -> None:
    network = on_meta(groups=groups)
    assert sum(p.numel() for p in network.parameters()) == parameters
    with FlopCounterMode(display=False) as counter:
        network(torch.empty(1, 3, 227, 227, device="meta"))
    assert counter.get_total_flops() == 2 * multiply_adds


def test_with_groups_most_parameters_are_fully_connected() -> None:
    counts = {"conv": 0, "fc": 0}
    for name, parameter in on_meta().named_parameters():
        counts["conv" if name.startswith("conv") else "fc"] += parameter.numel()
    assert counts == {"conv": 2_334_080, "fc": 58_631_144}


def test_shapes_are_those_of_the_paper() -> None:
    network, picture = on_meta(outputs=64, hidden=128), torch.empty(2, 3, 227, 227, device="meta")
    assert network.features(picture).shape == (2, 256, 6, 6)
    assert network.hidden_features(picture).shape == (2, 128)
    assert network(picture).shape == (2, 64)


def test_the_normalisation_is_torchs_with_alpha_times_its_size() -> None:
    x = 30 * torch.randn(2, 9, 4, 4, dtype=torch.float64)
    theirs = nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)(x)
    torch.testing.assert_close(LocalResponseNorm()(x), theirs)
    last = x.to(memory_format=torch.channels_last)
    assert LocalResponseNorm()(last).is_contiguous(memory_format=torch.channels_last)


def test_half_of_the_channels_know_nothing_of_the_other_half_where_there_are_groups() -> None:
    torch.manual_seed(0)
    network = AlexNet(outputs=1, hidden=2).eval()
    x = torch.randn(1, 96, 5, 5)
    changed = x.clone()
    changed[:, 48:] += 1
    assert torch.equal(network.conv2(x)[:, :128], network.conv2(changed)[:, :128])
    assert not torch.equal(network.conv2(x)[:, 128:], network.conv2(changed)[:, 128:])


def test_the_papers_initial_values_are_an_option() -> None:
    torch.manual_seed(0)
    network = AlexNet(outputs=3, hidden=64).initialise_as_published()
    ones = {name for name, p in network.named_parameters() if p.ndim == 1 and bool((p == 1).all())}
    assert ones == {"conv2.bias", "conv4.bias", "conv5.bias", "fc6.bias", "fc7.bias"}
    assert float(network.conv3.weight.std().detach()) == pytest.approx(0.01, rel=0.02)
    assert bool((network.fc8.bias == 0).all())


def test_dropout_is_between_the_fully_connected_layers_and_in_training_alone() -> None:
    torch.manual_seed(0)
    network, x = AlexNet(outputs=2, hidden=32), torch.rand(1, 3, 227, 227)
    assert not torch.equal(network(x), network(x))
    network.eval()
    assert torch.equal(network(x), network(x))
