"""Train an autoencoder, on an H200 in minutes, on two CPU cores for trying out.

    voxview train --data ShapeNetVox32 --out runs/chairs.safetensors
    voxview train --architecture study --steps 200 --samples 500 --out runs/try.safetensors

The loss is the binary cross-entropy of each voxel plus one minus the soft intersection over union, which
is what is measured in the end; thin legs are few voxels, and the cross-entropy alone lets them go. What
is asked of blends stands in `blending.py`.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from voxview.errors import InputError
from voxview.model.autoencoder import choose_device
from voxview.model.blending import Adversary, blend_pairs, validity
from voxview.model.config import TrainConfig
from voxview.model.data import Grids, augment, fingerprint
from voxview.model.metrics import intersection_over_union
from voxview.model.network import Network
from voxview.model.weights import ARCHITECTURES, write_weights

EVALUATIONS = 20
"""How often a run measures itself on the held-out chairs."""


@dataclass(frozen=True)
class TrainingStep:
    """What is shown while training runs."""

    step: int
    steps: int
    loss: float
    iou: dict[str, float]
    """Mean IoU of the averaged weights on each held-out set, by name; empty between evaluations."""
    seconds: float


def train(
    config: TrainConfig,
    real: Grids,
    procedural: Grids,
    held_out: dict[str, Grids],
    out: Path,
    notes: dict[str, str],
) -> Iterator[TrainingStep]:
    """Train and write the averaged weights to `out`, yielding progress at each evaluation.

    `real` and `procedural` are `(n, 32, 32, 32)` bool, one of them may be empty; `held_out` is only
    measured, never learnt from. `notes` go into the header of the file. The weights are written at each
    evaluation, so that a run that is killed leaves the last ones, whole.
    """
    if not len(real) and not len(procedural):
        raise InputError("there is nothing to train on: give --data with chairs, or --samples above 0")
    check(config)
    config = replace(config, device=choose_device(config.device))
    torch.manual_seed(config.seed)
    torch.backends.cudnn.benchmark = config.device != "cpu"  # the shapes never change: find the fastest once
    generator = torch.Generator(config.device).manual_seed(config.seed)
    network = ARCHITECTURES[config.architecture]().to(config.device)
    averaged = copy.deepcopy(network)
    averaged.eval()
    adversary = Adversary(config)
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay, betas=(0.9, 0.98)
    )
    sources = [torch.from_numpy(g).to(config.device) for g in (real, procedural)]
    seen = [fingerprint(grid) for grid in real]
    start = time.perf_counter()
    every = max(1, config.steps // EVALUATIONS)
    for step in range(1, config.steps + 1):
        for group in optimiser.param_groups:
            group["lr"] = config.learning_rate * _schedule(step, config)
        grids = augment(_draw(sources, config, generator), config.stretch, generator)
        loss = _loss(network, grids[:, None].float(), config, adversary, generator)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        _average(averaged, network, min(config.average, step / (step + 10)))
        if step % every == 0 or step == config.steps:
            iou = {name: _mean_iou(averaged, grids, config.device) for name, grids in held_out.items()}
            done = {**notes, **{k: str(v) for k, v in asdict(config).items()}, "step": str(step)}
            done |= {f"held-out IoU, {name}": f"{value:.4f}" for name, value in iou.items()}
            write_weights(out, averaged, config.architecture, out.stem, done, seen)
            yield TrainingStep(step, config.steps, float(loss.detach()), iou, time.perf_counter() - start)


def check(config: TrainConfig) -> None:
    """`InputError` for a config that cannot be trained with, `VoxViewError` for a missing device."""
    if config.architecture not in ARCHITECTURES:
        raise InputError(f"no architecture '{config.architecture}': choose from {', '.join(ARCHITECTURES)}")
    allowed = {
        "steps": config.steps >= 1,
        "batch": config.batch >= 4,
        "warm-up": config.warm_up >= 0,
        "seed": 0 <= config.seed < 2**63,
        "real-share": 0 <= config.real_share <= 1,
        "average": 0 <= config.average < 1,
        "learning-rate": 0 < config.learning_rate < math.inf,
        "weight-decay": 0 <= config.weight_decay < math.inf,
        "stretch": 0 <= config.stretch < 1,
        "latent-noise": 0 <= config.latent_noise < math.inf,
        "blends": 0 <= config.blends < math.inf,
        "critic": 0 <= config.critic < math.inf,
    }
    for name, fits in allowed.items():
        if not fits:
            value = getattr(config, name.replace("-", "_"))
            raise InputError(f"{name} cannot be {value}: 'voxview train --help' shows the defaults")
    choose_device(config.device)


def _loss(
    network: Network,
    occupancy: Tensor,
    config: TrainConfig,
    adversary: Adversary,
    generator: torch.Generator,
) -> Tensor:
    """What the network is asked for, on chairs and on their blends. `(n, 1, 32, 32, 32)` → scalar."""
    blended = len(occupancy) // 2 if config.blends or config.critic else 0
    with _mixed_precision(occupancy):
        z = network.encode(occupancy).float()  # (n, 8, 8)
    noise = torch.randn(z.shape, device=z.device, generator=generator)
    blend, t = blend_pairs(z[:blended], generator)
    with _mixed_precision(occupancy):
        # Chairs and blends in one batch: the norms' statistics then fit both when they are frozen.
        logits = network.decode(torch.cat([z + config.latent_noise * noise, blend])).float()
    p, p_blend = torch.sigmoid(logits).split([len(z), blended])
    loss = 10 * F.binary_cross_entropy_with_logits(logits[: len(z)], occupancy)
    loss = loss + 1 - _soft_iou(p, occupancy).mean()
    if config.blends:
        off, undecided = validity(p_blend, occupancy[:blended], t)
        loss = loss + config.blends * (off + undecided)
    if config.critic:
        adversary.learn(p, p_blend)
        loss = loss + config.critic * adversary.complaint(p_blend)
    return loss


def _soft_iou(p: Tensor, occupancy: Tensor) -> Tensor:
    """Intersection over union with probabilities for voxels, `(n, 1, 32, 32, 32)` twice → `(n,)`."""
    overlap = (p * occupancy).sum((1, 2, 3, 4))
    return overlap / ((p + occupancy).sum((1, 2, 3, 4)) - overlap).clamp(min=1)


def _mixed_precision(like: Tensor) -> torch.autocast:
    return torch.autocast(like.device.type, torch.bfloat16, enabled=like.device.type == "cuda")


def _draw(sources: list[Tensor], config: TrainConfig, generator: torch.Generator) -> Tensor:
    """A batch `(n, 32, 32, 32)` bool in random order, real and procedural in the wished proportion."""
    real, procedural = sources
    share = 1.0 if not len(procedural) else 0.0 if not len(real) else config.real_share
    n_real = round(share * config.batch)
    parts = []
    for grids, count in ((real, n_real), (procedural, config.batch - n_real)):
        if count:
            parts.append(grids[torch.randint(len(grids), (count,), device=grids.device, generator=generator)])
    batch = torch.cat(parts)
    return batch[torch.randperm(len(batch), device=batch.device, generator=generator)]


def _schedule(step: int, config: TrainConfig) -> float:
    """Linear warm-up, then a cosine down to one hundredth."""
    if step < config.warm_up:
        return step / config.warm_up
    progress = (step - config.warm_up) / max(1, config.steps - config.warm_up)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress))


@torch.no_grad()
def _average(averaged: nn.Module, network: nn.Module, decay: float) -> None:
    ours, theirs = averaged.state_dict(), network.state_dict()
    floating = [key for key, value in ours.items() if value.is_floating_point()]
    torch._foreach_lerp_([ours[k] for k in floating], [theirs[k] for k in floating], 1 - decay)


@torch.no_grad()
def _mean_iou(network: Network, grids: Grids, device: str) -> float:
    values = []
    for start in range(0, len(grids), 256):
        x = torch.from_numpy(grids[start : start + 256]).to(device)
        occupied = network(x[:, None].float())[:, 0] > 0
        values.append(intersection_over_union(x.cpu().numpy(), occupied.cpu().numpy()))
    return float(np.concatenate(values).mean()) if values else float("nan")
