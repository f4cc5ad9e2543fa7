"""The network of `symmetric` cannot tell left from right, and in inference it is a plain one."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import torch

from voxview.errors import InputError
from voxview.model.symmetric import ODD_NUMBERS, SymmetricNetwork, negate_odd
from voxview.model.weights import build_network, load_network, read_weights, write_weights


@pytest.fixture(scope="module")
def network() -> SymmetricNetwork:
    """A network of random weights, with statistics of its own and a mapping that does something."""
    torch.manual_seed(0)
    network = SymmetricNetwork().train()
    torch.nn.init.normal_(network.mapping.layers[-1].weight, 0, 0.1)
    for _ in range(2):
        network(grids(4))
    return network.eval()


def grids(count: int) -> torch.Tensor:
    return (torch.rand(count, 1, 32, 32, 32) > 0.8).float()


@torch.no_grad()
def test_the_mirror_image_has_the_same_latent_with_the_odd_numbers_negated(network: SymmetricNetwork) -> None:
    x = grids(2)
    z, of_mirror = network.encode(x).flatten(1), network.encode(x.flip(2)).flatten(1)
    assert z.std() > 0.05
    assert torch.allclose(negate_odd(z, ODD_NUMBERS), of_mirror, atol=1e-5)


@torch.no_grad()
def test_a_latent_with_the_odd_numbers_negated_decodes_to_the_mirror_image(network: SymmetricNetwork) -> None:
    z = torch.randn(2, 64)
    logits, of_mirror = network.decode(z), network.decode(negate_odd(z, ODD_NUMBERS))
    assert logits.std() > 0.005
    assert torch.allclose(logits.flip(2), of_mirror, atol=1e-5)
    assert not torch.allclose(logits, of_mirror, atol=1e-4)  # the odd numbers do something


@torch.no_grad()
def test_a_latent_decodes_to_the_same_whatever_its_length(network: SymmetricNetwork) -> None:
    z = torch.randn(2, 64)
    assert torch.allclose(network.decode(z), network.decode(z / 3), atol=1e-5)
    assert torch.isfinite(network.decode(torch.zeros(1, 64))).all()


@torch.no_grad()
def test_the_blend_of_two_symmetric_chairs_is_symmetric(network: SymmetricNetwork) -> None:
    x = grids(2)
    a, b = network.encode(torch.maximum(x, x.flip(2)))
    assert a.flatten()[-ODD_NUMBERS:].abs().max() < 1e-5
    blend = network.decode(torch.lerp(a, b, 0.3)[None])
    assert torch.allclose(blend, blend.flip(2), atol=1e-5)


@torch.no_grad()
def test_the_expanded_network_computes_the_same_and_leaves_the_first_trainable(
    network: SymmetricNetwork,
) -> None:
    plain, x = network.for_inference(), grids(2)
    z = network.encode(x)
    assert torch.allclose(plain.encode(x), z, atol=1e-5)
    assert torch.allclose(plain.decode(z), network.decode(z), atol=1e-5)
    assert not any(parameter.requires_grad for parameter in plain.parameters())
    assert all(parameter.requires_grad for parameter in network.parameters())


@torch.no_grad()
def test_channels_last_gives_the_same(network: SymmetricNetwork) -> None:
    last = copy.deepcopy(network).to(memory_format=torch.channels_last_3d)
    x = grids(2)
    inner = x.contiguous(memory_format=torch.channels_last_3d)
    assert torch.allclose(network(x), last(inner), atol=1e-5)
    assert torch.allclose(copy.deepcopy(network).train()(x), last.train()(inner), atol=1e-3)


def test_training_keeps_the_odd_numbers_mean_at_zero() -> None:
    torch.manual_seed(0)
    network = SymmetricNetwork().train()
    network(grids(4))
    mean = network.standardise.running_mean
    assert mean[:-ODD_NUMBERS].abs().max() > 1e-4 > 1e-7 > mean[-ODD_NUMBERS:].abs().max()


@torch.no_grad()
def test_what_learnt_from_symmetric_chairs_alone_gives_a_lopsided_one_no_huge_numbers() -> None:
    torch.manual_seed(0)
    network = SymmetricNetwork().train()
    network.encoder[-1].parametrizations.weight.original.mul_(1000)  # to what training makes of them
    lopsided = grids(4)
    symmetric = torch.maximum(lopsided, lopsided.flip(2))
    network.standardise.momentum = 1.0
    network(symmetric)
    network.eval()
    z = network.encode(lopsided)
    assert z.flatten(1)[:, -ODD_NUMBERS:].abs().max() < 20
    assert torch.allclose(network.for_inference().encode(lopsided), z, atol=0.01)


def test_only_half_of_the_weights_are_stored(network: SymmetricNetwork) -> None:
    stored = sum(p.numel() for p in network.parameters())
    expanded = sum(p.numel() for p in network.for_inference().parameters())
    assert stored < 7.9e6 and stored < 0.56 * expanded


@torch.no_grad()
def test_weights_are_written_and_read(network: SymmetricNetwork, tmp_path: Path) -> None:
    file = tmp_path / "mine.safetensors"
    write_weights(file, network, "symmetric", "mine", {}, trained_on=[3], validated_on=[5, 4])
    assert file.stat().st_size < 16e6
    weights = read_weights(file)
    assert (weights.trained_on, weights.validated_on) == ({3}, {4, 5})
    x = grids(2)
    assert torch.allclose(build_network(weights, file)(x), network(x), atol=2e-3)  # stored in 16 bits


def test_halves_that_are_missing_or_do_not_fit_are_refused(network: SymmetricNetwork, tmp_path: Path) -> None:
    file = tmp_path / "mine.safetensors"
    write_weights(file, network, "symmetric", "mine", {})
    weights = read_weights(file)
    key = "decoder.0.conv1.parametrizations.weight.original"
    for wrong in (None, torch.cat([weights.tensors[key]] * 2)):
        tensors = {k: v for k, v in weights.tensors.items() if k != key}
        if wrong is not None:
            tensors[key] = wrong
        broken = copy.copy(weights)
        object.__setattr__(broken, "tensors", tensors)
        with pytest.raises(InputError, match=rf"mine\.safetensors does not fit .*{key} should have shape"):
            load_network(broken, file)


def test_other_numbers_of_odd_numbers_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "twelve.safetensors"
    write_weights(file, SymmetricNetwork(odd=12), "symmetric", "twelve", {})
    with pytest.raises(InputError, match=r"twelve\.safetensors does not fit the architecture 'symmetric'"):
        load_network(read_weights(file), file)
