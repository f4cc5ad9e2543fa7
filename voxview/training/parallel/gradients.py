"""One step's gradients, split over processes: the same as one process's with the whole batch.

Each process has the mean loss of its own examples. Divided by the number of processes, the sum of all is the
loss of the batch, so that one rule is right for every tensor: a replicated one's gradients are summed over
the processes, a shard's are whole already, because the sums of its activations' gradients were exchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from voxview.model.picture_network import PictureOutput
from voxview.training.parallel.collectives import Pending, Traffic, start_gather, start_scatter, start_sum
from voxview.training.parallel.deferred_weights import DeferredWeights
from voxview.training.parallel.mesh import Axis, Mesh
from voxview.training.parallel.network import ParallelNetwork, example_numbers
from voxview.training.parallel.placement import sharded_dimension
from voxview.training.parallel.schemes import DATA, MODEL
from voxview.training.parallel.step_parts import CONVOLUTIONS, FULLY_CONNECTED

Loss = Callable[[slice, PictureOutput], Tensor]
"""Returns the mean loss of some of this process's examples, given what the network says of them."""


class Gradients:
    """Computes gradients into the parameters of a `ParallelNetwork`."""

    def __init__(
        self, network: ParallelNetwork, scheme: str, mesh: Mesh, rounds: int, traffic: Traffic
    ) -> None:
        self._network, self._scheme, self._mesh = network, scheme, mesh
        self._rounds, self._traffic = rounds, traffic
        named = dict(network.network.named_parameters())
        split = {n for n in named if mesh.shards.size > 1 and sharded_dimension(n, scheme) is not None}
        self.shards = [p for n, p in named.items() if n in split]
        self.replicated = [p for n, p in named.items() if n not in split]
        self._pending: list[Pending] = []
        self._started: set[Tensor] = set()
        self._is_last_backward = False
        for p in self.replicated:
            p.register_post_accumulate_grad_hook(self._start_sum)

    def compute(
        self,
        pixels: Tensor,
        loss_of: Loss,
        key: int | Tensor,
        after_round: Callable[[], None] | None = None,
    ) -> None:
        """Fill the parameters' gradients from this process's pictures `(b, 3, 227, 227)`.

        `key` is what dropout is drawn by. With `after_round`, which updates the fully connected layers, their
        gradients are of the mean loss of each round, and gone afterwards.
        """
        if self._scheme == DATA or (self._mesh.shards.size == 1 and self._rounds == 1):
            self._at_once(pixels, loss_of, key)
        elif self._scheme == MODEL:
            whole = start_gather(pixels, self._mesh.shards, "pictures", self._traffic).wait()
            self._at_once(whole, loss_of, key)
        else:
            self._in_rounds(pixels, loss_of, key, after_round)
        self._finish(self.replicated, self.shards)

    def _at_once(self, pixels: Tensor, loss_of: Loss, key: int | Tensor) -> None:
        own = len(pixels) // (self._mesh.shards.size if self._scheme == MODEL else 1)
        examples = example_numbers(self._mesh, own, 0, own, pixels.device)
        self._traffic.begin(CONVOLUTIONS)
        features = self._network.features(pixels)
        if self._traffic.clock:
            features.register_hook(lambda _: self._begin_convolutions())
        self._traffic.begin(FULLY_CONNECTED)
        output = self._network.outputs(features, examples, key)
        self._is_last_backward = True
        (loss_of(slice(None), output) / self._mesh.world.size).backward()

    def _begin_convolutions(self) -> None:
        self._traffic.begin(CONVOLUTIONS)

    def _in_rounds(
        self, pixels: Tensor, loss_of: Loss, key: int | Tensor, after_round: Callable[[], None] | None
    ) -> None:
        """Scheme (c): while one round's part of the examples is worked on, the next one's is gathered."""
        mesh, traffic, rounds = self._mesh, self._traffic, self._rounds
        traffic.begin(CONVOLUTIONS)
        features = self._network.features(pixels)  # (b, 9216)
        traffic.begin(FULLY_CONNECTED)
        own, count = len(features), len(features) // rounds
        parts = features.detach().split(count)
        # Where the layers are updated each round, their gradients cannot wait for the last one.
        deferred = None if after_round else DeferredWeights()
        arriving = start_gather(parts[0], mesh.shards, "features", traffic)
        returning: list[Pending] = []
        for i in range(rounds):
            gathered = arriving.wait().detach().requires_grad_()
            if i + 1 < rounds:
                arriving = start_gather(parts[i + 1], mesh.shards, "features", traffic)
            examples = example_numbers(mesh, own, i * count, count, pixels.device)
            output = self._network.outputs(gathered, examples, key, deferred)
            rows = slice(i * count, (i + 1) * count)
            share = mesh.world.size * (1 if after_round else rounds)
            (loss_of(rows, output) / share).backward()
            assert gathered.grad is not None
            gradient = gathered.grad / rounds if after_round else gathered.grad
            returning.append(start_scatter(gradient, mesh.shards, "features' gradients", traffic))
            if after_round:
                fully_connected = set(self._network.parameters_of("fc"))
                self._finish(
                    *([p for p in some if p in fully_connected] for some in (self.replicated, self.shards))
                )
                after_round()
        if deferred:
            deferred.finish()  # while the last round's gradients are under way
        gradient = torch.cat([pending.wait() for pending in returning])
        self._is_last_backward = True
        traffic.begin(CONVOLUTIONS)
        features.backward(gradient)

    def _start_sum(self, parameter: Tensor) -> None:
        """Start to sum a replicated gradient while the backward pass goes on to the layers before."""
        if self._is_last_backward and parameter.grad is not None:
            self._pending.append(self._summed(parameter, self._mesh.world))
            self._started.add(parameter)

    def _summed(self, parameter: Tensor, axis: Axis) -> Pending:
        assert parameter.grad is not None
        return start_sum(parameter.grad, axis, "gradients", self._traffic)

    def _finish(self, replicated: Sequence[Tensor], shards: Sequence[Tensor]) -> None:
        """Sum what no hook has begun to, and wait."""
        for parameters, axis in ((replicated, self._mesh.world), (shards, self._mesh.copies)):
            self._pending += [
                self._summed(p, axis) for p in parameters if p.grad is not None and p not in self._started
            ]
        for pending in self._pending:
            pending.wait()
        self._pending, self._is_last_backward = [], False
        self._started = set()


def norm_of(gradients: Gradients, axis: Axis, traffic: Traffic) -> Tensor:
    """Return the Euclidean norm of all gradients there are, shards of other processes included. Scalar."""
    shards, replicated = (
        [p.grad for p in some if p.grad is not None] for some in (gradients.shards, gradients.replicated)
    )
    device = (shards or replicated)[0].device
    squares = nn.utils.get_total_norm(shards).square() if shards else torch.zeros((), device=device)
    squares = start_sum(squares.to(device), axis, "norms", traffic).wait()
    if replicated:
        squares = squares + nn.utils.get_total_norm(replicated).square()
    return squares.sqrt()


def clip_(gradients: Gradients, most: float, axis: Axis, traffic: Traffic) -> None:
    """Scale gradients down to a norm of `most`, as `torch.nn.utils.clip_grad_norm_` does on one process."""
    share = (most / (norm_of(gradients, axis, traffic) + 1e-6)).clamp(max=1)
    torch._foreach_mul_(
        [p.grad for p in gradients.shards + gradients.replicated if p.grad is not None], share
    )
