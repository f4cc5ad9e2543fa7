"""Random numbers for a batch of pictures: drawn for the whole batch, so that chunks of it agree with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

import torch
from torch import Tensor

P = TypeVar("P")


class Draw:
    """Draws one value, or one tensor of values, for each of `count` pictures from a generator."""

    def __init__(self, count: int, device: torch.device, generator: torch.Generator) -> None:
        self.count = count
        self.device = device
        self.generator = generator

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Return numbers in [low, high): `(count, *shape)` float32."""
        values = torch.empty((self.count, *shape), device=self.device)
        return values.uniform_(low, high, generator=self.generator)

    def normal(self, spread: float, *shape: int) -> Tensor:
        """Return normal numbers around 0 with this standard deviation: `(count, *shape)` float32."""
        values = torch.empty((self.count, *shape), device=self.device)
        return values.normal_(0, spread, generator=self.generator)

    def some(self, share: float, *shape: int) -> Tensor:
        """Return a random choice: `(count, *shape)` bool, True for about `share` of them."""
        return self.uniform(0, 1, *shape) < share

    def pick(self, shares: Sequence[float], *shape: int) -> Tensor:
        """Return numbers of kinds that come in proportion to `shares`: `(count, *shape)` int64."""
        value = self.uniform(0, sum(shares), *shape)
        kinds = torch.zeros_like(value, dtype=torch.int64)
        for kind in range(1, len(shares)):
            kinds = kinds + (value >= sum(shares[:kind]))
        return kinds

    def volume(self, channels: int, side: int) -> Tensor:
        """Return normal numbers that all pictures share: `(1, channels, side, side, side)` float32."""
        shape = (1, channels, side, side, side)
        return torch.randn(shape, device=self.device, generator=self.generator)


def part(parameters: P, start: int, stop: int) -> P:
    """Return a dataclass of tensors for the pictures from `start` to `stop` alone."""
    changed: dict[str, Any] = {}
    for field in fields(parameters):  # type: ignore[arg-type]
        value = getattr(parameters, field.name)
        changed[field.name] = value[start:stop] if isinstance(value, Tensor) else part(value, start, stop)
    return replace(parameters, **changed)  # type: ignore[type-var]


def spread(values: Tensor, dimensions: int) -> Tensor:
    """Return `(n, …)` values with axes of one after the first, `dimensions` of them, for broadcasting."""
    return values.reshape(len(values), *([1] * dimensions), *values.shape[1:])
