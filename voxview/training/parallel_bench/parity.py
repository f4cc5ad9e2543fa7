"""Whether several processes come to one process's weights: the proof before the figures."""

from __future__ import annotations

from dataclasses import replace

import torch

from voxview.model.autoencoder import full_precision
from voxview.training.parallel.mesh import Axis
from voxview.training.parallel_bench.options import EACH_ROUND, SCHEMES, Options
from voxview.training.parallel_bench.record import Parity
from voxview.training.parallel_bench.timed_step import TimedStep, alone, own_part, synthetic


def measure_parity(options: Options, world: Axis, device: str) -> tuple[Parity, ...]:
    """Return, for each scheme, how far its weights are from one process's; all processes call this together.

    After one step, which compares gradients: a second one begins with weights that differ by rounding, and
    now and then a ReLU that is nearly 0 is on in one of the two and off in the other. Float32 without TF32,
    with dropout, as many pictures a process as there are processes. Where the fully connected layers are
    updated each round the weights are meant to be others.
    """
    options, batch = replace(options, precision="fp32"), world.size**2
    first = alone(options, "cpu").whole_weights()
    with full_precision():
        one = alone(options, device)
        whole = synthetic(options, batch, slice(None), device)
        one.take(whole, 0)
        wanted = one.whole_weights()
        del one
        found = []
        for scheme in SCHEMES:
            if scheme == EACH_ROUND:
                continue
            several = TimedStep(options, scheme, world, device)
            part = synthetic(options, batch, own_part(world, batch), device)
            several.take(part, 0)
            weights = several.whole_weights()
            found.append(Parity(scheme, world.size, _largest(weights, wanted), _largest(wanted, first)))
    return tuple(found)


def _largest(some: dict[str, torch.Tensor], others: dict[str, torch.Tensor]) -> float:
    return max(float((some[name] - others[name]).abs().max()) for name in others)
