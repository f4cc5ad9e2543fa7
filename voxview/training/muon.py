"""Muon: momentum whose matrices are orthogonalised, for the kernels of convolutions.

All directions of a kernel's gradient then get the same length, also those that are rare, and fewer steps come
to the same loss (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon). PyTorch's own is for
matrices alone; here a kernel `(o, i, x, y, z)` is a matrix `(o, i·x·y·z)`, and those of one shape go through
the same products.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
"""Coefficients of the odd polynomial that brings singular values to about 1; chosen by Jordan for speed."""

ITERATIONS = 5

ADAM_RMS = 0.2
"""Root mean square of an entry of AdamW's updates, which these have too, so that both share a learning rate
and a weight decay (Liu et al. 2025, arXiv:2502.16982)."""


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, orthogonalised, with decoupled weight decay. `lr` may be a tensor on the device."""

    def __init__(
        self, params: Iterable[Tensor], lr: float | Tensor, weight_decay: float, momentum: float = 0.95
    ) -> None:
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Take one step."""
        assert closure is None
        for group in self.param_groups:
            rate, momentum = group["lr"], group["momentum"]
            learnt: list[Tensor] = [p for p in group["params"] if p.grad is not None]
            for p in learnt:
                if not self.state[p]:
                    self.state[p]["momentum"] = torch.zeros_like(p)
            gradients = [p.grad for p in learnt if p.grad is not None]
            averages = [self.state[p]["momentum"] for p in learnt]
            torch._foreach_lerp_(averages, gradients, 1 - momentum)
            ahead = torch._foreach_lerp(gradients, averages, momentum)
            torch._foreach_mul_(learnt, 1 - rate * group["weight_decay"])
            for same in _by_shape(learnt):
                matrices = torch.stack([ahead[i].flatten(1) for i in same])  # (k, o, i·x·y·z)
                length = rate * ADAM_RMS * max(matrices.shape[1:]) ** 0.5
                for i, update in zip(same, (orthogonalise(matrices) * length).unbind(), strict=True):
                    learnt[i].sub_(update.reshape(learnt[i].shape))


def orthogonalise(matrices: Tensor) -> Tensor:
    """Return the matrices `(k, m, n)` with singular values near 1, and the same singular vectors.

    A few iterations of a polynomial (Newton-Schulz) instead of a singular value decomposition; in bf16 on a
    GPU, as nothing depends on the last digits.
    """
    a, b, c = NEWTON_SCHULZ
    x = matrices.to(torch.bfloat16 if matrices.is_cuda else torch.float32)
    if is_tall := x.shape[1] > x.shape[2]:
        x = x.mT
    x = x / (x.flatten(1).norm(dim=1)[:, None, None] + 1e-7)
    for _ in range(ITERATIONS):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.mT if is_tall else x).to(matrices.dtype)


def _by_shape(tensors: list[Tensor]) -> list[list[int]]:
    """Return the positions of the tensors of each shape."""
    groups: dict[torch.Size, list[int]] = {}
    for i, tensor in enumerate(tensors):
        groups.setdefault(tensor.shape, []).append(i)
    return list(groups.values())
