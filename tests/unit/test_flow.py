"""The flow of latents keeps the mirror, knows its Jacobian, and makes latents that blends are like."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from voxview.model.flow import LatentFlow

ODD = 4


@pytest.fixture
def flow() -> LatentFlow:
    torch.manual_seed(0)
    flow = LatentFlow(ODD, 32)
    for conditioner in (*flow.couplings, flow.odd_scale):
        torch.nn.init.normal_(conditioner[-1].weight, 0, 0.2)
    return flow


def test_a_new_flow_only_reorders_numbers() -> None:
    x = torch.randn(5, 64)
    z = LatentFlow(ODD, 32)(x)
    assert torch.equal(z.sort(1).values, x.sort(1).values) and torch.equal(z[:, -ODD:], x[:, -ODD:])


def test_the_log_determinant_is_that_of_the_jacobian(flow: LatentFlow) -> None:
    x = torch.randn(1, 64)
    jacobian = torch.autograd.functional.jacobian(flow, x)[0, :, 0]
    wanted = torch.linalg.slogdet(jacobian).logabsdet.item()
    assert flow._flow(x)[1].item() == pytest.approx(wanted, abs=1e-4)


@torch.no_grad()
def test_the_mirror_negates_the_odd_numbers_and_nothing_else(flow: LatentFlow) -> None:
    x = torch.randn(6, 64)
    mirrored = torch.cat([x[:, :-ODD], -x[:, -ODD:]], 1)
    z, other = flow(x), flow(mirrored)
    assert torch.allclose(z[:, :-ODD], other[:, :-ODD]) and torch.allclose(z[:, -ODD:], -other[:, -ODD:])


def accuracy(latents: torch.Tensor) -> float:
    """Return how often a network that learns on half of the latents knows blends of the others from them."""
    torch.manual_seed(1)
    learnt, unseen = (8 * F.normalize(half, dim=1) for half in latents.chunk(2))
    network = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
    optimiser = torch.optim.AdamW(network.parameters(), 2e-3, weight_decay=0.05)
    for _ in range(300):
        chairs, other = learnt[torch.randint(len(learnt), (2, 256))]
        blends = 8 * F.normalize(chairs + other, dim=1)
        loss = F.softplus(-network(chairs)).mean() + F.softplus(network(blends)).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        chairs, blends = network(unseen), network(8 * F.normalize(unseen + unseen.roll(1, 0), dim=1))
    return ((chairs > 0).float().mean() + (blends <= 0).float().mean()).item() / 2


def test_blends_of_latents_that_come_in_kinds_are_known_from_them_and_after_the_flow_are_not() -> None:
    torch.manual_seed(2)
    x = 0.3 * torch.randn(4000, 64)
    x[:, :8] += torch.sign(torch.randn(4000, 8))  # 256 kinds of chairs
    flow, generator = LatentFlow(ODD, 64), torch.Generator().manual_seed(3)
    optimiser = torch.optim.AdamW(flow.parameters(), 1e-2)
    before = flow.surprise(x, generator)
    for _ in range(80):
        optimiser.zero_grad()
        flow.surprise(x[torch.randperm(len(x))[:256]], generator).backward()
        optimiser.step()
    with torch.no_grad():
        assert flow.surprise(x, generator) < before - 0.2
        z = flow(x)
    assert accuracy(x) > 0.8 and accuracy(z) < 0.65
