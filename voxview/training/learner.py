"""All that changes during a run: the network, its moving average, the critics and the optimisers."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor, nn

from voxview.model.network import Network
from voxview.model.weights import ARCHITECTURES
from voxview.training.config import TrainConfig
from voxview.training.formats import as_maps, to_format
from voxview.training.objective import Objective, connectivity_ramp
from voxview.training.optimisers import make_optimisers, set_rate
from voxview.training.process_group import ProcessGroup
from voxview.training.replayed import Replayed
from voxview.training.state_dicts import add_prefix, optimiser_tensors, restore_optimiser, strip_prefix


class Learner:
    """A network that learns, on one device; every process of a group has one, and they stay equal.

    On a GPU a step is replayed from two CUDA graphs, between which processes exchange gradients.
    """

    def __init__(self, config: TrainConfig, group: ProcessGroup, start: Network | None = None) -> None:
        config = replace(config, device=group.device)
        torch.manual_seed(config.seed)
        network: Network = (start or ARCHITECTURES[config.architecture]()).to(group.device)
        to_format(network, config)
        self._averaged: Network = copy.deepcopy(network).eval()  # smoother than the last weights
        interpolates = start is not None and config.interpolate_start > 0
        self._start = copy.deepcopy(network).eval() if interpolates else None
        self.network = network
        # Found once: both networks have some hundred tensors.
        self._in_pairs = in_pairs(self._averaged, network)
        self._objective = Objective(self.network, config)
        self._optimisers = make_optimisers(self.network, config)
        if config.compile and group.device != "cpu":
            for name in ("features", "decode"):
                setattr(self.network, name, torch.compile(getattr(self.network, name)))
        self._group, self._config = group, config
        self._ramp = torch.ones((), device=group.device)
        self._occupancy = torch.empty(0)
        self._losses = torch.empty(0)
        self._names: list[str] = []
        self._first, self._second = self._backward, self._update

    def learn(
        self, grids: Tensor, step: int, rate: float, generator: torch.Generator
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Take one step on grids `(n, 32, 32, 32)` bool; return the loss and its terms, on the device.

        On a GPU a learner keeps to one generator and one n, which its graphs know.
        """
        set_rate(self._optimisers.values(), rate)
        self._ramp.fill_(connectivity_ramp(step, self._config))
        self._put(grids, generator)
        self._first()
        if self._group.size > 1:
            self._group.average_(self._gradients_and_statistics())
        self._second()
        # The first weights are worth nothing, so the average is short at first.
        decay = min(self._config.average, step / (step + 10))
        interpolate_(*self._in_pairs, 1 - decay)
        terms = dict(zip(self._names, self._losses.clone().unbind(), strict=True))
        return terms.pop("loss"), terms

    def _put(self, grids: Tensor, generator: torch.Generator) -> None:
        """Put a step's chairs where the step reads them; the first time, prepare for that."""
        self._generator = generator
        maps = as_maps(grids, self._config)  # (n, 1, 32, 32, 32)
        if self._occupancy.shape == maps.shape:
            self._occupancy.copy_(maps)
            return
        self._occupancy = maps
        if self._config.graph and grids.is_cuda:
            stream = torch.cuda.Stream(grids.device)
            self._first, self._second = (
                Replayed(part, generator, stream) for part in (self._backward, self._update)
            )

    def _backward(self) -> None:
        """Compute the gradients of the network and of its critics."""
        self.network.zero_grad(set_to_none=True)
        loss, found = self._objective(self._occupancy, self._ramp, self._generator)
        loss.backward()
        for name, adversary in self._objective.adversaries.items():
            adversary.backward(*found.scored[name])
        self._names = ["loss", *found.terms]
        self._losses = torch.stack([loss.detach(), *found.terms.values()])

    def _update(self) -> None:
        """Take one step of every optimiser with these gradients."""
        nn.utils.clip_grad_norm_(self.network.parameters(), self._config.clip)
        for optimiser in self._optimisers.values():
            optimiser.step()
        for adversary in self._objective.adversaries.values():
            adversary.step()

    def _gradients_and_statistics(self) -> list[Tensor]:
        """Return what each process computed of its own chairs, and all need the mean of."""
        learning = [self.network, *(a.critic for a in self._objective.adversaries.values())]
        gradients = [p.grad for module in learning for p in module.parameters() if p.grad is not None]
        return gradients + [b for b in self.network.buffers() if b.is_floating_point()]

    def result(self) -> Network:
        """Return the network that is validated and written: the moving average of the weights (EMA).

        With `interpolate_start`, the weights are interpolated between this average and the starting
        weights. Both lie in one basin of the loss, and the interpolation does what either does, nearly as
        well (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models", arXiv:2109.01903).
        """
        if self._start is None:
            return self._averaged
        interpolated = copy.deepcopy(self._averaged)
        interpolate_weights_(interpolated, self._start, self._config.interpolate_start)
        return interpolated

    def state_dict(self) -> dict[str, Tensor]:
        """Return everything that the next step depends on, as tensors by name."""
        state = add_prefix("network", self.network.state_dict())
        state |= add_prefix("averaged", self._averaged.state_dict())
        for name, optimiser in self._optimisers.items():
            state |= add_prefix(name, optimiser_tensors(optimiser))
        for name, adversary in self._objective.adversaries.items():
            state |= add_prefix(name, adversary.state_dict())
        return state

    def load_state_dict(self, tensors: Mapping[str, Tensor]) -> None:
        """Load what `state_dict` returned."""
        self.network.load_state_dict(strip_prefix("network", tensors))
        self._averaged.load_state_dict(strip_prefix("averaged", tensors))
        for name, optimiser in self._optimisers.items():
            restore_optimiser(optimiser, strip_prefix(name, tensors))
        for name, adversary in self._objective.adversaries.items():
            adversary.load_state_dict(strip_prefix(name, tensors))


def interpolate_weights_(network: nn.Module, other: nn.Module, share: float) -> None:
    """Move `network`'s weights and running statistics towards `other`'s, in place: 0 stays, 1 arrives."""
    interpolate_(*in_pairs(network, other), share)


def in_pairs(network: nn.Module, other: nn.Module) -> tuple[list[Tensor], list[Tensor]]:
    """Return the weights and running statistics of both networks, in one order."""
    ours, theirs = network.state_dict(), other.state_dict()
    floating = [key for key, value in ours.items() if value.is_floating_point()]
    return [ours[k] for k in floating], [theirs[k] for k in floating]


@torch.no_grad()
def interpolate_(ours: list[Tensor], theirs: list[Tensor], share: float) -> None:
    """Move tensors towards others, in place."""
    torch._foreach_lerp_(ours, theirs, share)
