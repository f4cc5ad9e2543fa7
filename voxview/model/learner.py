"""What changes while a run goes on: the network, its average, the critic and the optimisers, in one place."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor, nn

from voxview.model.checkpoint import optimiser_tensors, prefixed, restore_optimiser, under
from voxview.model.config import TrainConfig
from voxview.model.distributed import Team
from voxview.model.network import Network
from voxview.model.objective import Objective
from voxview.model.weights import ARCHITECTURES


class Learner:
    """A network that learns, on one device; every process of a team has one, and they stay the same."""

    def __init__(self, config: TrainConfig, team: Team, start: Network | None = None) -> None:
        config = replace(config, device=team.device)
        torch.manual_seed(config.seed)
        network = (start or ARCHITECTURES[config.architecture]()).to(team.device)
        inner = config.channels_last and team.device != "cpu"
        self._format = torch.channels_last_3d if inner else torch.contiguous_format
        network.to(memory_format=self._format)  # type: ignore[call-overload]
        self._averaged: Network = copy.deepcopy(network).eval()  # smoother than the last weights
        self._start = copy.deepcopy(network).eval() if start is not None and config.stay else None
        self.network: Network = team.synchronise_norms(network)  # type: ignore[assignment]
        self._objective = Objective(self.network, config)
        self._optimiser = make_optimiser(self.network, config)
        if config.compile and team.device != "cpu":
            for name in ("encode", "decode"):
                setattr(self.network, name, torch.compile(getattr(self.network, name)))
        if self._objective.adversary is not None:
            team.average_gradients_of(self._objective.adversary.critic)
        self._shared = team.wrap(self._objective)
        self._team, self._config = team, config

    def learn(
        self, grids: Tensor, step: int, rate: float, generator: torch.Generator
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """One step on grids `(n, 32, 32, 32)` bool; the loss and its parts, still on the device."""
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        occupancy = grids[:, None].float().contiguous(memory_format=self._format)  # (n, 1, 32, 32, 32)
        loss, asked = self._shared(occupancy, step, generator)
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), self._config.clip)
        self._optimiser.step()
        adversary = self._objective.adversary
        if adversary is not None:
            adversary.learn(asked.p, asked.p_blend)
        self._team.average_statistics(self.network)
        # The first weights are worth nothing, so the average is short at first.
        follow(self._averaged, self.network, min(self._config.average, step / (step + 10)))
        return loss.detach(), asked.parts

    def result(self) -> Network:
        """What is measured and kept: the moving average of the weights, with a share of those begun with.

        Weights that are trained on from others lie in one valley with them, and the mean of both does
        what either does, nearly as well (Wortsman et al. 2022, "Robust fine-tuning").
        """
        if self._start is None:
            return self._averaged
        mixed = copy.deepcopy(self._averaged)
        follow(mixed, self._start, 1 - self._config.stay)
        return mixed

    def state_dict(self) -> dict[str, Tensor]:
        """Everything that the next step depends on."""
        state = prefixed("network", self.network.state_dict())
        state |= prefixed("averaged", self._averaged.state_dict())
        state |= prefixed("optimiser", optimiser_tensors(self._optimiser))
        adversary = self._objective.adversary
        return state | (prefixed("adversary", adversary.state_dict()) if adversary is not None else {})

    def load_state_dict(self, tensors: Mapping[str, Tensor]) -> None:
        """Go on from what `state_dict` returned."""
        self.network.load_state_dict(under("network", tensors))
        self._averaged.load_state_dict(under("averaged", tensors))
        restore_optimiser(self._optimiser, under("optimiser", tensors))
        if self._objective.adversary is not None:
            self._objective.adversary.load_state_dict(under("adversary", tensors))


def make_optimiser(network: nn.Module, config: TrainConfig) -> torch.optim.AdamW:
    """AdamW; the decay pulls at matrices and convolutions only, not at biases and normalisations."""
    groups = [
        {"params": [p for p in network.parameters() if p.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in network.parameters() if p.ndim <= 1], "weight_decay": 0.0},
    ]
    fused = config.device != "cpu"  # one kernel for all parameters
    return torch.optim.AdamW(groups, lr=config.learning_rate, betas=(0.9, 0.98), fused=fused)


@torch.no_grad()
def follow(averaged: nn.Module, network: nn.Module, decay: float) -> None:
    """Move the average a little towards the network, running statistics included."""
    ours, theirs = averaged.state_dict(), network.state_dict()
    floating = [key for key, value in ours.items() if value.is_floating_point()]
    torch._foreach_lerp_([ours[k] for k in floating], [theirs[k] for k in floating], 1 - decay)
