"""One step of the one-tower AlexNet on synthetic pictures, split over processes."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from voxview.model.picture_network import PictureOutput
from voxview.training.parallel.collectives import Traffic
from voxview.training.parallel.gradients import Gradients
from voxview.training.parallel.mesh import Axis, Mesh, mesh_on_one_host
from voxview.training.parallel.network import ParallelNetwork
from voxview.training.parallel.placement import gather, shard_network, sharded_dimension
from voxview.training.parallel.schemes import DATA, HYBRID_C
from voxview.training.parallel.step_parts import UPDATE
from voxview.training.parallel_bench.one_tower import one_tower
from voxview.training.parallel_bench.options import EACH_ROUND, Options
from voxview.training.picture_config import PictureConfig
from voxview.training.replayed import Replayed

RATE, MOMENTUM, DECAY = 0.01, 0.9, 0.0005
"""Of stochastic gradient descent; the last two are AlexNet's."""


@dataclass(frozen=True)
class Synthetic:
    """A process's pictures `(b, 3, side, side)` and their classes `(b,)`: noise, the same in every step."""

    pixels: Tensor
    labels: Tensor


def synthetic(options: Options, batch: int, own: slice, device: str) -> Synthetic:
    """Return a process's part of a batch that is the same for any number of processes."""
    side, generator = options.side, torch.Generator().manual_seed(0)
    labels = torch.randint(options.outputs, (batch,), generator=generator)[own]
    # Each picture by its own number: drawing the others' would take most of the time.
    pictures = [torch.rand(3, side, side, generator=generator.manual_seed(i)) for i in range(batch)[own]]
    pixels = torch.stack(pictures).to(device)
    if torch.device(device).type == "cuda":
        pixels = pixels.contiguous(memory_format=torch.channels_last)
    return Synthetic(pixels, labels.to(device))


class Classifier(ParallelNetwork):
    """A `ParallelNetwork` whose numbers are of classes."""

    def as_output(self, numbers: Tensor, hidden: Tensor) -> PictureOutput:
        """Return the last layer's numbers `(n, outputs)` in the place of the latents'."""
        return PictureOutput(numbers, numbers[:, :0], hidden)


class TimedStep:
    """The network, its gradients and its optimiser in one of the processes of an axis."""

    def __init__(self, options: Options, scheme: str, world: Axis, device: str) -> None:
        """Take the first weights that every number of processes begins with, and this process's shards."""
        self._each_round = scheme == EACH_ROUND
        self.scheme = scheme = HYBRID_C if self._each_round else scheme
        self.mesh = Mesh() if world.size == 1 else mesh_on_one_host(world, scheme)
        self.traffic = Traffic()
        config = PictureConfig(
            hidden=options.hidden, parallel=scheme, precision=options.precision, device=device
        )
        whole = one_tower(options.outputs, options.hidden, options.side)
        network = shard_network(whole, scheme, self.mesh.shards).to(device)
        on_gpu = torch.device(device).type == "cuda"
        if on_gpu:
            network.alexnet.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._network = Classifier(network.train(), config, self.mesh, self.traffic)
        rounds = self.mesh.shards.size if scheme == HYBRID_C else 1
        self._gradients = Gradients(self._network, scheme, self.mesh, rounds, self.traffic)
        self._optimiser = torch.optim.SGD(
            network.alexnet.parameters(), lr=RATE, momentum=MOMENTUM, weight_decay=DECAY, fused=on_gpu
        )
        self._number = torch.zeros((), dtype=torch.int64, device=device)
        self._batch: Synthetic | None = None
        self.replayed = (
            Replayed(self._work, None, torch.cuda.Stream(device)) if options.graph and on_gpu else None
        )
        """What replays the step; None: its kernels are launched one by one."""

    def take(self, batch: Synthetic, step: int) -> None:
        """Take a step on this process's part of the batch, always the same; on a GPU nothing waits for it."""
        self._batch = self._batch or batch
        assert self._batch is batch, "a recorded step reads the batch that it was recorded with"
        self._number.fill_(step)
        (self.replayed or self._work)()

    def _work(self) -> None:
        """Compute the gradients and update the weights."""
        batch = self._batch
        assert batch is not None
        self.traffic.begin("")  # the step's begin: `model` starts a collective before it names a part

        def loss_of(rows: slice, output: PictureOutput) -> Tensor:
            return F.cross_entropy(output.standardised, batch.labels[rows])

        each_round = self._update if self._each_round and self.mesh.shards.size > 1 else None
        self._gradients.compute(batch.pixels, loss_of, self._number, each_round)
        self._update()
        self.traffic.begin("")

    def _update(self) -> None:
        before = self.traffic.begin(UPDATE)
        self._optimiser.step()
        self._optimiser.zero_grad()
        self.traffic.begin(before)

    def whole_weights(self) -> dict[str, Tensor]:
        """Return the whole network's parameters, on the CPU; all processes call this together."""
        named = self._network.network.alexnet.named_parameters(prefix="alexnet")
        return {
            name: gather(p.detach(), sharded_dimension(name, self.scheme), self.mesh.shards).cpu()
            for name, p in named
        }


def own_part(world: Axis, batch: int) -> slice:
    """Return which pictures of a batch are a process's own."""
    count = batch // world.size
    return slice(world.rank * count, (world.rank + 1) * count)


def alone(options: Options, device: str) -> TimedStep:
    """Return a step of one process with everything."""
    return TimedStep(options, DATA, Axis(), device)
