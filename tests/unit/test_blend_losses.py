"""The losses on blends and morphs: what they let pass, and where their gradients lead."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from voxview.shapes.catalogs.samples import sample_catalog
from voxview.training.config import TrainConfig
from voxview.training.connectivity import connectivity_targets
from voxview.training.critic import Adversary, LatentCritic
from voxview.training.losses import asymmetry_loss, morphs_between, unevenness_loss

T = torch.full((2, 1, 1), 0.5)


@pytest.fixture(scope="module")
def symmetric() -> torch.Tensor:
    grids = torch.from_numpy(np.stack([chair.read() for chair in sample_catalog()[:2]]))[:, None]
    return (grids & grids.flip(2)).float()


def test_a_blend_as_symmetric_as_its_chairs_costs_nothing(symmetric: torch.Tensor) -> None:
    assert asymmetry_loss(symmetric, symmetric, T) == 0
    one_armed = symmetric.clone()
    one_armed[:, :, :16] = 0
    assert asymmetry_loss(one_armed, one_armed, T) == 0, "its chairs are no more symmetric"


def test_a_lopsided_blend_of_symmetric_chairs_is_led_back(symmetric: torch.Tensor) -> None:
    lopsided = (0.8 * symmetric).clone()
    lopsided[:, :, :12] *= 0.2
    lopsided.requires_grad_()
    loss = asymmetry_loss(lopsided, symmetric, T)
    assert 0.05 < loss < 1
    (slope,) = torch.autograd.grad(loss, lopsided)
    lower = asymmetry_loss(lopsided - 500 * slope, symmetric, T)
    assert lower < loss


def test_even_morphs_cost_nothing_and_one_that_jumps_does() -> None:
    steps = torch.arange(11)[:, None]
    cells = torch.arange(32**3)[None]
    window = [((cells >= 2000 * at) & (cells < 2000 * at + 12000)).float() for at in (steps, 5 * (steps > 4))]
    even, jump = (morph.reshape(11, 1, 32, 32, 32) for morph in window)
    assert unevenness_loss(even) == 0
    assert unevenness_loss(jump) > 10
    both = unevenness_loss(torch.cat([even, jump]))
    assert both == pytest.approx(float(unevenness_loss(jump)) / 2)


def test_whole_morphs_go_from_a_chair_to_another() -> None:
    z = torch.randn(9, 8, 8, generator=torch.Generator().manual_seed(3))
    morphs = morphs_between(z, 4).reshape(4, 11, 8, 8)
    assert torch.equal(morphs[:, 0], z[:4]) and torch.equal(morphs[:, -1], z[4:8])
    assert torch.allclose(morphs[:, 5], (z[:4] + z[4:8]) / 2, atol=1e-6)
    assert morphs_between(z, 0).shape == (0, 8, 8)


def test_the_mirror_image_of_a_path_is_added_where_there_is_a_trace_too() -> None:
    p = torch.full((1, 1, 32, 32, 32), 0.01)
    p[:, :, 8:24, 16:20, 8:24] = 0.9  # a seat
    p[:, :, 10:12, 4:15, 10] = p[:, :, 20:22, 4:14, 10] = 0.9  # two legs, one of which ends a voxel lower
    p[:, :, 10:12, 15, 10] = p[:, :, 20:22, 14:16, 10] = 0.3  # and a trace up to the seat
    path, _ = connectivity_targets(p)
    assert path[0, 0, 10:12, 15, 10].any()
    assert path[0, 0, 20:22, 15, 10].any()
    p[:, :, 20:22, 14:16, 10] = 0.01
    path, _ = connectivity_targets(p)
    assert not path[0, 0, 20:22].any(), "nothing grows where nothing is"


def test_the_latent_critic_looks_at_directions_and_the_latents_give_way() -> None:
    torch.manual_seed(0)
    adversary = Adversary(LatentCritic(), TrainConfig(device="cpu"))
    chairs, blends = torch.randn(64, 8, 8) + 1, torch.randn(64, 8, 8) - 1
    for _ in range(20):
        adversary.backward(chairs, blends)
        adversary.step()
    critic = adversary.critic.eval()
    assert critic(chairs).mean() > critic(blends).mean() + 0.5
    assert torch.allclose(critic(chairs), critic(3 * chairs), atol=1e-5)
    moved = torch.cat([chairs, blends]).requires_grad_()
    loss = adversary.adversarial_loss(moved[64:], moved[:64])
    (slope,) = torch.autograd.grad(loss, moved)
    closer = moved - 50 * slope
    assert adversary.adversarial_loss(closer[64:], closer[:64]) < loss
    assert all(parameter.grad is None or parameter.requires_grad for parameter in critic.parameters())
