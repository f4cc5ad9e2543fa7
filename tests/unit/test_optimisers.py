"""Muon orthogonalises the kernels of convolutions, and AdamW learns the rest."""

from __future__ import annotations

import torch
from torch import nn

from voxview.model.weights import ARCHITECTURES
from voxview.training.config import TrainConfig
from voxview.training.muon import ADAM_RMS, Muon, orthogonalise
from voxview.training.optimisers import make_optimisers, set_rate


def test_orthogonal_matrices_keep_their_singular_vectors_and_lose_their_singular_values() -> None:
    generator = torch.Generator().manual_seed(1)
    for shape in ((3, 8, 40), (1, 40, 8), (2, 6, 6)):
        matrices = torch.randn(shape, generator=generator)
        u, values, v = torch.linalg.svd(matrices, full_matrices=False)
        matrices = u @ torch.diag_embed(values.square()) @ v  # far from orthogonal
        found = u.mT @ orthogonalise(matrices) @ v.mT
        off_diagonal = found - torch.diag_embed(found.diagonal(dim1=1, dim2=2))
        assert off_diagonal.abs().max() < 1e-3
        large = values.square() > 0.02 * values.square().amax(1, keepdim=True)
        assert (found.diagonal(dim1=1, dim2=2)[large] - 1).abs().max() < 0.35


def test_a_step_of_muon_is_as_long_as_one_of_adamw_whatever_the_gradient() -> None:
    kernels = [nn.Parameter(torch.zeros(8, 4, 3, 3, 3)) for _ in range(2)]
    optimiser = Muon(kernels, lr=0.01, weight_decay=0.1)
    for scale, kernel in zip((1e-4, 1e4), kernels, strict=True):
        kernel.grad = scale * torch.randn(kernel.shape, generator=torch.Generator().manual_seed(1))
    optimiser.step()
    assert torch.allclose(*kernels, atol=1e-5)
    rms = kernels[0].detach().square().mean().sqrt() / 0.01
    assert 0.8 * ADAM_RMS < rms < 1.25 * ADAM_RMS


def test_kernels_of_one_shape_do_not_disturb_each_other() -> None:
    generator = torch.Generator().manual_seed(2)
    starts = torch.randn(3, 6, 5, 3, 3, 3, generator=generator)
    gradients = torch.randn(starts.shape, generator=generator)
    together = [nn.Parameter(start.clone()) for start in starts]
    alone = [nn.Parameter(start.clone()) for start in starts]
    for kernels in (together, alone):
        for kernel, gradient in zip(kernels, gradients, strict=True):
            kernel.grad = gradient.clone()
    Muon(together, lr=0.1, weight_decay=0.05).step()
    for kernel in alone:
        Muon([kernel], lr=0.1, weight_decay=0.05).step()
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(together, alone, strict=True))


def test_every_parameter_is_learnt_once_and_only_matrices_decay() -> None:
    network = ARCHITECTURES["symmetric"]()
    for name in ("muon", "adamw"):
        optimisers = make_optimisers(network, TrainConfig(optimiser=name, device="cpu"))
        learnt = [p for o in optimisers.values() for group in o.param_groups for p in group["params"]]
        assert len(learnt) == len({id(p) for p in learnt}) == len(list(network.parameters()))
        for group in (group for o in optimisers.values() for group in o.param_groups):
            assert all((p.ndim > 1) == (group["weight_decay"] > 0) for p in group["params"])
        set_rate(optimisers.values(), 0.125)
        assert all(group["lr"] == 0.125 for o in optimisers.values() for group in o.param_groups)
