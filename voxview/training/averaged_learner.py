"""A network that learns, the moving average of its weights, and its optimisers."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn

from voxview.training.learner import interpolate_
from voxview.training.optimisers import set_rate
from voxview.training.process_group import ProcessGroup
from voxview.training.state_dicts import add_prefix, optimiser_tensors, restore_optimiser, strip_prefix

N = TypeVar("N", bound=nn.Module)


class AveragedLearner(Generic[N]):
    """One network on one device; every process of a group has one, and they stay equal."""

    def __init__(
        self,
        network: N,
        optimisers: Mapping[str, torch.optim.Optimizer],
        group: ProcessGroup,
        *,
        clip: float,
        average: float,
    ) -> None:
        """Take a network on the group's device, and its optimisers by name.

        `clip` is the largest norm of a gradient, `average` the decay of the moving average.
        """
        self.network = network
        self._group, self._clip, self._average = group, clip, average
        self._optimisers = optimisers
        self._averaged = copy.deepcopy(network).eval()
        self._parameters: list[Tensor] = list(network.parameters())
        self._statistics = running_statistics(network)
        self._ours = [*self._averaged.parameters(), *running_statistics(self._averaged)]

    def learn(
        self, losses: Callable[[], dict[str, Tensor]], step: int, rate: float
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Take one step; return the loss and its terms, on the device. Nothing waits for it.

        `losses` returns the terms that add up to the loss, from the network in training mode.
        """
        set_rate(self._optimisers.values(), rate)
        self.network.train()
        terms = losses()
        loss = torch.stack(list(terms.values())).sum()
        self.network.zero_grad(set_to_none=True)
        loss.backward()
        if self._group.size > 1:
            gradients = [p.grad for p in self._parameters if p.grad is not None]
            self._group.average_([*gradients, *self._statistics])
        nn.utils.clip_grad_norm_(self._parameters, self._clip)
        for optimiser in self._optimisers.values():
            optimiser.step()
        # The first weights are worth nothing, so the average is short at first.
        share = 1 - min(self._average, step / (step + 10))
        interpolate_(self._ours, [*self._parameters, *self._statistics], share)
        return loss.detach(), {name: term.detach() for name, term in terms.items()}

    def restart_average(self) -> None:
        """Let the moving average begin at the network as it is now."""
        self._averaged.load_state_dict(self.network.state_dict())

    def result(self) -> N:
        """Return the network that is validated and written: the moving average of the weights (EMA)."""
        return self._averaged

    def state_dict(self) -> dict[str, Tensor]:
        """Return everything that the next step depends on, as tensors by name."""
        state = add_prefix("network", self.network.state_dict())
        state |= add_prefix("averaged", self._averaged.state_dict())
        for name, optimiser in self._optimisers.items():
            state |= add_prefix(name, optimiser_tensors(optimiser))
        return state

    def load_state_dict(self, tensors: Mapping[str, Tensor]) -> None:
        """Load what `state_dict` returned."""
        self.network.load_state_dict(strip_prefix("network", tensors))
        self._averaged.load_state_dict(strip_prefix("averaged", tensors))
        for name, optimiser in self._optimisers.items():
            restore_optimiser(optimiser, strip_prefix(name, tensors))


def running_statistics(network: nn.Module) -> list[Tensor]:
    """Return the running means and variances of the network's batch normalisations."""
    norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]
    tensors = [tensor for norm in norms for tensor in (norm.running_mean, norm.running_var)]
    return [tensor for tensor in tensors if tensor is not None]
