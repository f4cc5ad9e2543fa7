"""Refinement: test-time optimisation of the encoder's latents, by a few quasi-Newton steps.

The encoder was trained on 5,000 real chairs and predicts the latent of a new one in one pass; other latents
decode to the chair more exactly. Gradient descent finds them ("semi-amortised" inference, Kim et al. 2018),
but slowly, because the decoder is steep in some directions and flat in others. So the weights store its mean
curvature, from which each chair's own is estimated step by step (BFGS, Nocedal and Wright 2006, chapter 6).

Mean IoU of 150 held-out ShapeNet chairs with the weights `chairs` is 0.915, of 22 chairs from other sources
0.812 (0.710 before refining). Ten to twenty heavy-ball steps with the mean curvature alone, which take twice
as long, reach 0.914 and 0.814.
"""

from __future__ import annotations

import copy
from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor

from voxview.conventions import LATENT_SHAPE, LATENT_SIZE
from voxview.model.network import Network
from voxview.to_end import run_to_end

STEPS = 5
"""Default number of steps; each takes as long as two decodings."""

FAR_OFF = 0.15
"""Soft IoU loss before the last step from which on a chair gets more than as many again: one in four of
ShapeNet's, and most of those unlike the training set."""

_CAUTION = 0.6
"""Share of the mean inverse curvature that a chair's first step is made with: those whose own curvature is
above the mean would overshoot, and the others learn theirs from the steps."""

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
    """The inverse of the objective's mean curvature, of which the penalty is a part, times `_CAUTION`."""

    @classmethod
    def of(cls, curvature: Tensor, device: torch.device | str = "cpu") -> Metric:
        """Return the metric of `curvature` `(64, 64)`, from `mean_curvature`."""
        # On the CPU: the first inverse on a GPU loads a library, which takes longer than all the steps.
        curvature = curvature.cpu()
        damped = curvature + _DAMPING * curvature.diagonal().mean() * torch.eye(LATENT_SIZE)
        return cls(damped.to(device), (_CAUTION * torch.linalg.inv((1 + _PROXIMAL) * damped)).to(device))


def refine(network: Network, z: Tensor, occupancy: Tensor, metric: Metric, steps: int = STEPS) -> Tensor:
    """Optimise latents `(n, 8, 8)` so that they decode to `occupancy` more exactly; return the latents.

    `occupancy` is `(n, 1, 32, 32, 32)` float. The objective is the soft IoU loss times twice the volume, plus
    a quadratic penalty on the distance from the given latents. The best latent of each chair's path is
    returned, so that no objective gets worse. Each chair is optimised independently of the rest of the batch;
    one whose loss stays above `FAR_OFF` gets `more_steps`.
    """
    return run_to_end(refine_in_steps(network, z, occupancy, metric, steps))


def refine_in_steps(
    network: Network, z: Tensor, occupancy: Tensor, metric: Metric, steps: int = STEPS
) -> Generator[None, None, Tensor]:
    """Refine as `refine` does, as a generator that yields before each step and returns the latents."""
    descent = Descent(network, z, occupancy, metric)
    for _ in range(steps - 1):
        yield
        descent.step()
    refined = descent.best.clone()
    for chairs, more in ((~descent.is_far_off, 0), (descent.is_far_off, more_steps(steps))):
        if chairs.any():
            some = descent.of(chairs)
            for _ in range(more):
                yield
                some.step()
            yield
            some.end()
            refined[chairs] = some.best
    return refined.reshape(-1, *LATENT_SHAPE)


def more_steps(steps: int) -> int:
    """Return how many steps chairs get in addition whose loss stays above `FAR_OFF`."""
    return steps + 2


class Descent:
    """The refinement of n chairs. A CUDA graph can capture it, as what a step does depends on no value."""

    def __init__(self, network: Network, z: Tensor, occupancy: Tensor, metric: Metric) -> None:
        """Begin at latents `(n, 8, 8)` of chairs with `occupancy` `(n, 1, 32, 32, 32)` float."""
        self._network, self._target, self._metric = network, occupancy, metric
        self._start = self.best = z.detach().reshape(-1, LATENT_SIZE)
        """The best latents so far, `(n, 64)`."""
        self._least, self._loss, self._gradient = self._objective(self.best)
        self._inverse = metric.inverse.expand(len(z), -1, -1)

    @property
    def is_far_off(self) -> Tensor:
        """Whether the soft IoU loss of the best latent is above `FAR_OFF`: `(n,)` bool."""
        return self._loss > FAR_OFF

    def of(self, chairs: Tensor) -> Descent:
        """Return the descent of some of the chairs, `(n,)` bool, from where it is."""
        part = copy.copy(self)
        for name in ("_target", "_start", "best", "_least", "_loss", "_gradient", "_inverse"):
            setattr(part, name, getattr(self, name)[chairs])
        return part

    def step(self) -> None:
        """Try the latents that the estimated curvatures lead to, and learn from them for the next step."""
        trial = self._next()
        cost, loss, gradient = self._objective(trial)
        self._inverse = _with_secant(
            self._inverse, trial - self.best, gradient - self._gradient, self._metric
        )
        self._gradient = torch.where(self._take(trial, cost, loss)[:, None], gradient, self._gradient)

    def end(self) -> None:
        """Try the next latents as the last ones: without a gradient, in half the time."""
        trial = self._next()
        self._take(trial, *self._values(trial)[:2])

    def _next(self) -> Tensor:
        return self.best - (self._inverse @ self._gradient[:, :, None])[:, :, 0]

    def _take(self, trial: Tensor, cost: Tensor, loss: Tensor) -> Tensor:
        """Keep the latents whose objective is lower than the least so far; return which, `(n,)` bool."""
        better = cost < self._least
        self.best = torch.where(better[:, None], trial, self.best)
        self._least, self._loss = (
            torch.where(better, new, old) for new, old in ((cost, self._least), (loss, self._loss))
        )
        return better

    def _objective(self, z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the objective `(n,)`, the loss `(n,)` and the objective's gradient `(n, 64)`."""
        with torch.enable_grad():
            here = z.reshape(-1, *LATENT_SHAPE).requires_grad_()
            cost, loss, voxels = self._values(here)
            # Of a sum: gradients that are given have PyTorch import SymPy first, half a second to two.
            (slope,) = torch.autograd.grad(voxels.sum(), here)
        pull = _PROXIMAL * (z - self._start) @ self._metric.damped
        return cost.detach(), loss.detach(), slope.reshape(-1, LATENT_SIZE) + pull

    def _values(self, z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the objective, the loss, and that in voxels, `(n,)` each."""
        loss, voxels = self._losses(self._network.decode(z.reshape(-1, *LATENT_SHAPE)))
        moved = z.detach().reshape(-1, LATENT_SIZE) - self._start
        penalty = _PROXIMAL / 2 * (moved @ self._metric.damped * moved).sum(1)
        return voxels.detach() + penalty, loss, voxels

    def _losses(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        """Return the loss of what was decoded, `(n, 1, 32, 32, 32)`, and that in voxels: `(n,)` each."""
        return _reconstruction_loss(logits, self._target)


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
