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
from voxview.training.objective import LossTerms, Objective
from voxview.training.process_group import ProcessGroup
from voxview.training.state_dicts import add_prefix, optimiser_tensors, restore_optimiser, strip_prefix


class Learner:
    """A network that learns, on one device; every process of a group has one, and they stay equal."""

    def __init__(self, config: TrainConfig, group: ProcessGroup, start: Network | None = None) -> None:
        config = replace(config, device=group.device)
        torch.manual_seed(config.seed)
        network = (start or ARCHITECTURES[config.architecture]()).to(group.device)
        to_format(network, config)
        self._averaged: Network = copy.deepcopy(network).eval()  # smoother than the last weights
        interpolates = start is not None and config.interpolate_start > 0
        self._start = copy.deepcopy(network).eval() if interpolates else None
        self.network: Network = group.synchronise_norms(network)  # type: ignore[assignment]
        self._objective = Objective(self.network, config)
        self._optimiser = make_optimiser(self.network, config)
        if config.compile and group.device != "cpu":
            for name in ("features", "decode"):
                setattr(self.network, name, torch.compile(getattr(self.network, name)))
        for adversary in self._objective.adversaries.values():
            group.average_gradients_of(adversary.critic)
        self._shared = group.wrap(self._objective)
        self._group, self._config = group, config

    def learn(
        self, grids: Tensor, step: int, rate: float, generator: torch.Generator
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Take one step on grids `(n, 32, 32, 32)` bool; return the loss and its terms, on the device."""
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        occupancy = as_maps(grids, self._config)  # (n, 1, 32, 32, 32)
        loss: Tensor
        found: LossTerms
        loss, found = self._shared(occupancy, step, generator)
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), self._config.clip)
        self._optimiser.step()
        for name, adversary in self._objective.adversaries.items():
            adversary.learn(*found.scored[name])
        self._group.average_statistics(self.network)
        # The first weights are worth nothing, so the average is short at first.
        decay = min(self._config.average, step / (step + 10))
        interpolate_weights_(self._averaged, self.network, 1 - decay)
        return loss.detach(), found.terms

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
        state |= add_prefix("optimiser", optimiser_tensors(self._optimiser))
        for name, adversary in self._objective.adversaries.items():
            state |= add_prefix(name, adversary.state_dict())
        return state

    def load_state_dict(self, tensors: Mapping[str, Tensor]) -> None:
        """Load what `state_dict` returned."""
        self.network.load_state_dict(strip_prefix("network", tensors))
        self._averaged.load_state_dict(strip_prefix("averaged", tensors))
        restore_optimiser(self._optimiser, strip_prefix("optimiser", tensors))
        for name, adversary in self._objective.adversaries.items():
            adversary.load_state_dict(strip_prefix(name, tensors))


def make_optimiser(network: nn.Module, config: TrainConfig) -> torch.optim.AdamW:
    """Return AdamW with weight decay on matrices and convolutions, none on biases and normalisations."""
    groups = [
        {"params": [p for p in network.parameters() if p.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in network.parameters() if p.ndim <= 1], "weight_decay": 0.0},
    ]
    fused = config.device != "cpu"  # one kernel for all parameters
    return torch.optim.AdamW(groups, lr=config.learning_rate, betas=(0.9, 0.98), fused=fused)


@torch.no_grad()
def interpolate_weights_(network: nn.Module, other: nn.Module, share: float) -> None:
    """Move `network`'s weights and running statistics towards `other`'s, in place: 0 stays, 1 arrives."""
    ours, theirs = network.state_dict(), other.state_dict()
    floating = [key for key, value in ours.items() if value.is_floating_point()]
    torch._foreach_lerp_([ours[k] for k in floating], [theirs[k] for k in floating], share)
