"""Refinement: test-time optimisation of the encoder's latents, by a few quasi-Newton steps.

The encoder was trained on 5,000 real chairs and predicts the latent of a new one in one pass; other latents
decode to the chair more exactly. Gradient descent finds them ("semi-amortised" inference, Kim et al. 2018),
but slowly, because the decoder is steep in some directions and flat in others. So the weights store its mean
curvature, from which each chair's own is estimated step by step (BFGS, Nocedal and Wright 2006, chapter 6).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from torch import Tensor

from voxview.conventions import LATENT_SHAPE, LATENT_SIZE
from voxview.model.network import Network

T = TypeVar("T")

STEPS = 7
"""Default number of steps; each takes as long as two decodings."""

FAR_OFF = 0.2
"""Soft IoU loss after the steps from which on a chair gets as many steps again: chairs unlike the training
set."""

_DAMPING = 0.3
"""Added to the curvature of every direction, as a share of the mean curvature."""

_PROXIMAL = 0.1
"""Weight of the quadratic penalty on the distance from the unrefined encoding, as a share of the curvature:
near the encoder's latents, blends were trained to be chairs. Without it, or with 0.4, about 1 % fewer blends
are in one piece; with more, chairs unlike the training set keep too large a loss."""

_FLAT = 1e-3
"""Share of the mean curvature below which a chair's own is not believed along a step: the objective is not
convex everywhere."""

_DIRECTIONS = 4
"""Random vectors per chair that the curvature is estimated from."""


@dataclass(frozen=True)
class Metric:
    """What the steps measure latents by: two symmetric matrices `(64, 64)` on one device."""

    damped: Tensor
    """The mean curvature, damped."""
    inverse: Tensor
    """The inverse of the objective's mean curvature, of which the penalty is a part."""

    @classmethod
    def of(cls, curvature: Tensor, device: torch.device | str = "cpu") -> Metric:
        """Return the metric of `curvature` `(64, 64)`, from `mean_curvature`."""
        # On the CPU: the first inverse on a GPU loads a library for it, which takes longer than all the steps.
        curvature = curvature.cpu()
        damped = curvature + _DAMPING * curvature.diagonal().mean() * torch.eye(LATENT_SIZE)
        return cls(damped.to(device), torch.linalg.inv((1 + _PROXIMAL) * damped).to(device))


def refine(network: Network, z: Tensor, occupancy: Tensor, metric: Metric, steps: int = STEPS) -> Tensor:
    """Optimise latents `(n, 8, 8)` so that they decode to `occupancy` more exactly; return the latents.

    `occupancy` is `(n, 1, 32, 32, 32)` float. The objective is the soft IoU loss times twice the volume, plus
    a quadratic penalty on the distance from the given latents. The best latent of each chair's path is
    returned, so that no objective gets worse. Each chair is optimised independently of the rest of the batch;
    one whose loss stays above `FAR_OFF` gets as many steps again.
    """
    return finished(refine_in_steps(network, z, occupancy, metric, steps))


def refine_in_steps(
    network: Network, z: Tensor, occupancy: Tensor, metric: Metric, steps: int = STEPS
) -> Generator[None, None, Tensor]:
    """Refine as `refine` does, as a generator that yields after each step and returns the latents."""
    start = z.detach().reshape(-1, LATENT_SIZE)
    best, off = yield from descend(network, start, start, occupancy, metric, steps)
    hard = (off > FAR_OFF).nonzero()[:, 0]
    if len(hard) == 1:
        hard = hard.repeat(2)  # a batch of one takes PyTorch's slow convolutions on the CPU
    if len(hard):
        best = best.clone()
        best[hard], _ = yield from descend(network, best[hard], start[hard], occupancy[hard], metric, steps)
    return best.reshape(-1, *LATENT_SHAPE)


def descend(
    network: Network, z: Tensor, start: Tensor, occupancy: Tensor, metric: Metric, steps: int
) -> Generator[None, None, tuple[Tensor, Tensor]]:
    """Descend from `z` `(n, 64)`; return the best latents of the path and their soft IoU losses `(n,)`.

    Nothing that is done depends on a value, so that a CUDA graph can capture it.
    """
    best = z.detach()
    least, off, gradient = _objective(network, best, start, occupancy, metric)
    inverse = metric.inverse.expand(len(z), -1, -1)
    for step in range(1, steps + 1):
        yield
        trial = best - (inverse @ gradient[:, :, None])[:, :, 0]
        last = step == steps
        cost, share, slope = _objective(network, trial, start, occupancy, metric, with_gradient=not last)
        if not last:
            inverse = _with_secant(inverse, trial - best, slope - gradient, metric)
        better = cost < least
        best = torch.where(better[:, None], trial, best)
        gradient = torch.where(better[:, None], slope, gradient)
        least, off = torch.where(better, cost, least), torch.where(better, share, off)
    return best, off


def finished(work: Generator[Any, None, T]) -> T:
    """Run a generator to its end and return what it returns."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            value: T = end.value
            return value


def _objective(
    network: Network,
    z: Tensor,
    start: Tensor,
    occupancy: Tensor,
    metric: Metric,
    *,
    with_gradient: bool = True,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the objective `(n,)`, the soft IoU loss `(n,)`, and the objective's gradient `(n, 64)` or zero."""
    with torch.set_grad_enabled(with_gradient):
        here = z.reshape(-1, *LATENT_SHAPE).requires_grad_(with_gradient)
        share, voxels = _reconstruction_loss(network.decode(here), occupancy)  # (n,) each
    moved = z - start
    pull = _PROXIMAL * moved @ metric.damped  # (n, 64)
    cost = voxels.detach() + (pull * moved).sum(1) / 2
    if not with_gradient:
        return cost, share, torch.zeros_like(z)
    (slope,) = torch.autograd.grad(voxels, here, torch.ones_like(voxels))
    return cost, share.detach(), slope.reshape(-1, LATENT_SIZE) + pull


def _with_secant(inverse: Tensor, moved: Tensor, change: Tensor, metric: Metric) -> Tensor:
    """Return estimates of inverse Hessians `(n, 64, 64)` that also map `change` to `moved`, `(n, 64)` each.

    `change` is what the gradient changed by over `moved`. Where the curvature along it is not positive the
    estimate stays as it is.
    """
    along = (moved * change).sum(1)
    usable = along > _FLAT * (moved @ metric.damped * moved).sum(1)
    # BFGS: with s = moved, y = change, u = H y and r = 1 / sᵀy it is H − r (s uᵀ + u sᵀ) + (r² yᵀu + r) s sᵀ.
    s, y = (vector.masked_fill(~usable[:, None], 0.0) for vector in (moved, change))
    r = (1 / along.masked_fill(~usable, torch.inf))[:, None]
    u = (inverse @ y[:, :, None])[:, :, 0]
    half = ((r * y * u).sum(1, keepdim=True) + 1) / 2
    outer = s[:, :, None] * (r * (half * s - u))[:, None, :]
    return inverse + outer + outer.mT


def mean_curvature(network: Network, occupancy: Tensor, generator: torch.Generator) -> Tensor:
    """Estimate the Gauss-Newton matrix of the cross-entropy in a latent, averaged over chairs: `(64, 64)`.

    With J the decoder's Jacobian (logits by latent) and W = p(1 − p) it is Jᵀ W J: the second moment of the
    gradient Jᵀ v for a random vector v over voxels with variance W. `occupancy` is `(n, 1, 32, 32, 32)`
    float, of chairs of the training set.
    """
    total = torch.zeros(LATENT_SIZE, LATENT_SIZE, device=occupancy.device)
    for part in occupancy.split(64):
        with torch.no_grad():
            encoded = network.encode(part).float()
        z = encoded.requires_grad_()
        for _ in range(_DIRECTIONS):
            logits = network.decode(z).float()
            p = torch.sigmoid(logits.detach())
            noise = torch.randn(p.shape, device=p.device, generator=generator)
            (slope,) = torch.autograd.grad((logits * noise * (p * (1 - p)).sqrt()).sum(), z)
            slope = slope.reshape(-1, LATENT_SIZE)
            total += slope.T @ slope
    return total / (_DIRECTIONS * len(occupancy))


def _reconstruction_loss(logits: Tensor, occupancy: Tensor) -> tuple[Tensor, Tensor]:
    """Return the soft IoU loss `(n,)`, and that times twice the volume: about the number of wrong voxels."""
    p = torch.sigmoid(logits)
    overlap = (p * occupancy).sum((1, 2, 3, 4))
    volume = occupancy.sum((1, 2, 3, 4))
    share = 1 - overlap / (p.sum((1, 2, 3, 4)) + volume - overlap).clamp(min=1)
    return share, 2 * volume * share
