"""The classifier two-sample test (Lopez-Paz and Oquab 2017, arXiv:1610.06545): can a fresh network tell?

A small network learns to tell two kinds of grids apart and is measured on grids that it has not seen. 50 %
means that the two kinds pass for each other. There are two tests: blends of two chairs against decoded
chairs, and decoded chairs against the chairs themselves. A decoder that blurs everything alike would do well
in the first and badly in the second.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from voxview.conventions import LEVEL
from voxview.model.autoencoder import Autoencoder
from voxview.shapes.frame import Floats, Grids

BLENDS = 1500
"""Blends of random pairs at t in 0.3 … 0.7, in each half."""
SEEDS = (1, 2)
"""Of the fresh networks; their accuracies are averaged."""
LEAST_CHAIRS = 20
"""Fewer chairs in all are too few to learn anything from."""
POWERFUL = 1000
"""Chairs that the weights were trained on from which on fresh networks learn on those, too."""

_STEPS = 1200
_BATCH = 96
_AT_ONCE = 128


@dataclass(frozen=True)
class TwoSample:
    """How often fresh networks are right: 0.5 if by chance, 1 if always."""

    chairs: int
    """Chairs in both halves together."""
    blends: tuple[float, ...]
    """Of blends and decoded chairs, a figure for each seed."""
    decoded: tuple[float, ...]
    """Of decoded chairs and the chairs themselves."""
    learnt_on_trained: bool
    """Whether the fresh networks learnt on chairs that the weights were trained on, and were measured on all
    others; if not, on halves of those."""


Halves = tuple[Tensor, Tensor]
"""What a fresh network learns on, and what it is measured on: bool `(n, 1, 32, 32, 32)` each."""


def two_sample_test(
    autoencoder: Autoencoder, grids: Grids, learn_on: Grids | None = None
) -> Generator[tuple[int, int, str], None, TwoSample]:
    """Run the test on held-out chairs `(n, 32, 32, 32)`; yields (done, total, what is being done).

    The fresh networks learn on one half of the chairs and are measured on the other; with `learn_on`, chairs
    that the weights were trained on, they learn on those and are measured on all of `grids`, which gives the
    test more power. Every seed is fixed, so that a device gives the same figures, up to the order of sums.
    """
    order = np.random.default_rng(0).permutation(len(grids))
    half = len(grids) // 2
    parts = (learn_on, grids) if learn_on is not None else (grids[order[:half]], grids[order[half:]])
    total = 2 + 2 * len(SEEDS)
    halves = []
    for done, part in enumerate(parts):
        yield done, total, "two-sample test: decoding"
        halves.append(_samples(autoencoder, part, seed=done))
    chairs, decoded, blends = (tuple(kinds) for kinds in zip(*halves, strict=True))
    of_blends, of_decoded = [], []
    for done, seed in enumerate(SEEDS):
        yield 2 + 2 * done, total, "two-sample test: blends"
        of_blends.append(accuracy(decoded, blends, seed))
        yield 3 + 2 * done, total, "two-sample test: decoded chairs"
        of_decoded.append(accuracy(chairs, decoded, seed))
    return TwoSample(sum(map(len, parts)), tuple(of_blends), tuple(of_decoded), learn_on is not None)


def _samples(autoencoder: Autoencoder, grids: Grids, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return the chairs, what is decoded of them, and blends of random pairs, on the device."""
    rng = np.random.default_rng(seed)
    z = autoencoder.encode(grids)
    a, b = rng.integers(len(z), size=(2, BLENDS))
    t = rng.uniform(0.3, 0.7, size=(BLENDS, 1, 1)).astype(np.float32)
    chairs = torch.from_numpy(np.ascontiguousarray(grids))[:, None].to(autoencoder.device)
    return chairs, _decode(autoencoder, z), _decode(autoencoder, (1 - t) * z[a] + t * z[b])


def _decode(autoencoder: Autoencoder, z: Floats) -> Tensor:
    latents = torch.from_numpy(z).to(autoencoder.device)
    return torch.cat([autoencoder.decode_tensor(part)[:, None] > LEVEL for part in latents.split(_AT_ONCE)])


def accuracy(ones: Halves, others: Halves, seed: int) -> float:
    """Return the balanced accuracy, on unseen grids, of a network that learnt to tell two kinds apart."""
    device = ones[0].device
    generator = torch.Generator(device).manual_seed(seed)
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        network = _fresh_network().to(device)
        optimiser = torch.optim.AdamW(network.parameters(), 1e-3, weight_decay=0.05)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=_STEPS)
        target = torch.cat([torch.ones(_BATCH), torch.zeros(_BATCH)]).to(device)
        rng = np.random.default_rng(seed)
        for _ in range(_STEPS):
            x = torch.cat([_draw(kind[0], generator) for kind in (ones, others)])
            x = x.flip(2) if rng.random() < 0.5 else x
            x = x.roll(tuple(rng.integers(-1, 2, 3).tolist()), (2, 3, 4))
            loss = F.binary_cross_entropy_with_logits(network(x)[:, 0], target)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
    network.eval()
    right = (_share_positive(network, ones[1]) + 1 - _share_positive(network, others[1])) / 2
    return float(right)


def _fresh_network() -> nn.Sequential:
    layers: list[nn.Module] = []
    inputs = 1
    for outputs in (32, 64, 128):
        conv = nn.Conv3d(inputs, outputs, 4, stride=2, padding=1)
        layers += [conv, nn.BatchNorm3d(outputs), nn.LeakyReLU(0.2), nn.Dropout3d(0.1)]
        inputs = outputs
    return nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.3), nn.Linear(inputs * 4**3, 1))


def _draw(grids: Tensor, generator: torch.Generator) -> Tensor:
    some = torch.randint(len(grids), (_BATCH,), device=grids.device, generator=generator)
    return grids[some].float()


@torch.no_grad()
def _share_positive(network: nn.Module, grids: Tensor) -> Tensor:
    return torch.cat([network(part.float())[:, 0] > 0 for part in grids.split(_AT_ONCE)]).float().mean()
