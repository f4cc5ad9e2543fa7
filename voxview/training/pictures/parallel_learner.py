"""A picture encoder that learns with its layers split over processes, as `--parallel` says.

    torchrun --nproc-per-node=2 -m voxview train --network picture --parallel hybrid-c --hidden 4096 …

Batch normalisation takes its statistics where a layer's input is: those of the convolutions of each process's
own examples (of the whole batch with `model`), and running statistics are averaged; those of the fully
connected layers of all examples that were gathered. So only without it do all schemes give the same weights.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor, nn

from voxview.model.network import Network
from voxview.model.picture_network import PictureNetwork, PictureOutput
from voxview.training.averaged_learner import running_statistics
from voxview.training.learner import interpolate_
from voxview.training.optimisers import set_rate
from voxview.training.parallel.collectives import Traffic
from voxview.training.parallel.gradients import Gradients, clip_
from voxview.training.parallel.mesh import make_mesh
from voxview.training.parallel.network import ParallelNetwork
from voxview.training.parallel.placement import (
    gather,
    shard,
    shard_network,
    sharded_dimension,
)
from voxview.training.parallel.schemes import HYBRID_C
from voxview.training.picture_config import PictureConfig
from voxview.training.pictures.batch import PictureBatch
from voxview.training.pictures.batch_norm import add_batch_norm, fold_batch_norm, start_as_identity
from voxview.training.pictures.objective import picture_losses
from voxview.training.pictures.picture_optimisers import make_picture_optimisers
from voxview.training.process_group import ProcessGroup
from voxview.training.state_dicts import add_prefix, optimiser_tensors, restore_optimiser, strip_prefix


class ParallelLearner:
    """See `pictures.learner.PictureLearner`, whose methods these are; all processes call each of them."""

    def __init__(
        self,
        config: PictureConfig,
        group: ProcessGroup,
        network: PictureNetwork,
        traffic: Traffic | None = None,
    ) -> None:
        self._config, self._group = replace(config, device=group.device), group
        self.traffic = traffic or Traffic()
        self._mesh = make_mesh(group, config.parallel)
        self._rounds = self._mesh.shards.size if config.parallel == HYBRID_C else 1
        if config.batch_norm:
            add_batch_norm(network.alexnet)
        self._whole = network.to(group.device)
        if config.channels_last and group.device != "cpu":
            self._whole.alexnet.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._split()

    def _split(self) -> None:
        """Take this process's shards of the whole network, and make what learns them."""
        config, mesh = self._config, self._mesh
        self.network = shard_network(self._whole, config.parallel, mesh.shards)
        self._parallel = ParallelNetwork(self.network, config, mesh, self.traffic)
        self._gradients = Gradients(self._parallel, config.parallel, mesh, self._rounds, self.traffic)
        self._averaged = copy.deepcopy(self.network).eval()
        self._learnt = list(self.network.parameters()) + list(running_statistics(self.network))
        statistics = {t: n for n, t in self.network.named_buffers()}
        self._replicated_statistics = [
            t for t in running_statistics(self.network) if self._dimension(statistics[t]) is None
        ]
        self._averages = list(self._averaged.parameters()) + list(running_statistics(self._averaged))
        self._optimisers = make_picture_optimisers(self.network, config)
        self._result: PictureNetwork | None = None

    def start_from(self, pixels: Tensor) -> None:
        """Begin with what a trained network says of pictures `(n, 3, 227, 227)`, normalised anew."""
        if self._config.batch_norm:
            start_as_identity(self._whole, pixels)
            self._split()

    def learn(
        self, batch: PictureBatch, decoder: Network, metric: Tensor, step: int, rate: float
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Take one step on this process's part of the batch; return its loss and terms, on the device."""
        config = self._config
        set_rate(self._optimisers.values(), rate)
        self.network.train()
        self.network.zero_grad(set_to_none=True)
        sums: dict[str, Tensor] = {}

        def loss_of(rows: slice, output: PictureOutput) -> Tensor:
            terms = picture_losses(output, batch[rows], self.network, decoder, metric, config, step)
            for name, term in terms.items():
                sums[name] = sums.get(name, 0) + term.detach() / self._rounds
            return torch.stack(list(terms.values())).sum()

        pixels = batch.pixels
        if config.channels_last and pixels.is_cuda:
            pixels = pixels.contiguous(memory_format=torch.channels_last)
        key = (config.seed * 1_000_003 + step) % 2**31
        each_round = self._update if config.update_each_round and self._rounds > 1 else None
        self._gradients.compute(pixels, loss_of, key, each_round)
        self._update()
        if self._group.size > 1 and self._replicated_statistics:
            self._group.average_(self._replicated_statistics)
        # The first weights are worth nothing, so the average is short at first.
        interpolate_(self._averages, self._learnt, 1 - min(config.average, step / (step + 10)))
        if step % config.evaluate_every == 0 or step == config.steps:
            self._result = self._gathered()  # here, because rank 0 alone validates
        return torch.stack(list(sums.values())).sum(), sums

    def _update(self) -> None:
        """Update the parameters that have gradients, and take these away."""
        clip_(self._gradients, self._config.clip, self._mesh.shards, self.traffic)
        for optimiser in self._optimisers.values():
            if any(p.grad is not None for group in optimiser.param_groups for p in group["params"]):
                optimiser.step()
        self.network.zero_grad(set_to_none=True)

    def _gathered(self) -> PictureNetwork:
        network = copy.deepcopy(self._whole).eval()
        network.load_state_dict(self._gather(self._averaged.state_dict()))
        return network

    def result(self) -> PictureNetwork:
        """Return what is validated and written, as gathered at the last step that is validated."""
        assert self._result is not None
        network = copy.deepcopy(self._result)
        network.alexnet = fold_batch_norm(network.alexnet)
        return network

    def state_dict(self) -> dict[str, Tensor]:
        """Return everything that the next step depends on, whole: any number of processes can load it."""
        state = add_prefix("network", self._gather(self.network.state_dict()))
        state |= add_prefix("averaged", self._gather(self._averaged.state_dict()))
        for name, optimiser in self._optimisers.items():
            dimensions, tensors = self._dimensions(optimiser), optimiser_tensors(optimiser)
            for key, tensor in tensors.items():
                dimension = dimensions[int(key.partition(".")[0])] if tensor.ndim else None
                state[f"{name}.{key}"] = gather(tensor, dimension, self._mesh.shards)
        return state

    def load_state_dict(self, tensors: Mapping[str, Tensor]) -> None:
        """Load what `state_dict` returned, in a run of any number of processes and any scheme."""
        for prefix, network in (("network", self.network), ("averaged", self._averaged)):
            whole = strip_prefix(prefix, tensors)
            network.load_state_dict({n: self._own(t, self._dimension(n)) for n, t in whole.items()})
        for name, optimiser in self._optimisers.items():
            dimensions, whole = self._dimensions(optimiser), strip_prefix(name, tensors)
            own = {
                key: self._own(tensor, dimensions[int(key.partition(".")[0])] if tensor.ndim else None)
                for key, tensor in whole.items()
            }
            restore_optimiser(optimiser, own)

    def _gather(self, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return {n: gather(t, self._dimension(n), self._mesh.shards) for n, t in tensors.items()}

    def _own(self, tensor: Tensor, dimension: int | None) -> Tensor:
        return shard(tensor, dimension, self._mesh.shards)

    def _dimension(self, name: str) -> int | None:
        return sharded_dimension(name, self._config.parallel)

    def _dimensions(self, optimiser: torch.optim.Optimizer) -> list[int | None]:
        """Return the sharded dimension of each parameter, by its number in the optimiser."""
        names: dict[nn.Parameter, str] = {p: name for name, p in self.network.named_parameters()}
        return [self._dimension(names[p]) for group in optimiser.param_groups for p in group["params"]]
