"""Gradients of weights that several rounds of examples share, computed once, after the last round.

Round by round, each one's gradients are written in full and added to those before: with large fully connected
layers and few examples a round, that is most of a round's work. Only the gradients of the inputs are needed
before the next layer can go on; those of the weights can wait (Qi et al. 2023, arXiv:2401.10241, split a
backward pass in the same two halves).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


class DeferredWeights:
    """Linear layers whose weights get no gradient from the backward pass, but all of it from `finish`."""

    def __init__(self) -> None:
        self._low: dict[Tensor, Tensor] = {}
        self._seen: dict[tuple[Tensor, Tensor | None], list[tuple[Tensor, Tensor]]] = {}

    def linear(self, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        """Return x `(n, c)` by `weight` `(o, c)`, with `bias` `(o,)`: `(n, o)`, rounded as by autocast."""
        kind = x.device.type
        dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else weight.dtype
        seen = self._seen.setdefault((weight, bias), [])
        low_bias = None if bias is None else self._in(dtype, bias)
        done: Tensor = _Linear.apply(x.to(dtype), self._in(dtype, weight), low_bias, seen)
        return done

    def _in(self, dtype: torch.dtype, parameter: Tensor) -> Tensor:
        """Return a parameter in another precision: rounded once, not once a round."""
        if parameter not in self._low:
            self._low[parameter] = parameter.detach().to(dtype)
        return self._low[parameter]

    def finish(self) -> None:
        """Put the gradients of all rounds into the parameters, and forget the rounds."""
        for (weight, bias), seen in self._seen.items():
            x, gradient = (torch.cat(parts) for parts in zip(*seen, strict=True))  # (n, c), (n, o) of all
            _add(weight, gradient.mT @ x)
            if bias is not None:
                _add(bias, gradient.sum(0))
        self._seen.clear()
        self._low.clear()


class _Linear(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: torch.autograd.function.FunctionCtx,
        x: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        seen: list[tuple[Tensor, Tensor]],
    ) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.seen = seen  # type: ignore[attr-defined]
        return F.linear(x, weight, bias)

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, gradient: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors  # type: ignore[attr-defined]
        ctx.seen.append((x, gradient))  # type: ignore[attr-defined]
        return gradient @ weight, None, None, None


def _add(parameter: Tensor, gradient: Tensor) -> None:
    """Add to a parameter's gradient."""
    gradient = gradient.to(parameter.dtype)
    parameter.grad = gradient if parameter.grad is None else parameter.grad + gradient
