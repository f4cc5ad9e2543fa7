"""What decides the outcome of a training run. Free of torch, so that `--help` is quick."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TrainConfig:
    """Every default made the shipped weights `chairs`; `voxview train --help` lists the options."""

    architecture: str = "voxview"
    steps: int = 9_000
    batch: int = 256
    learning_rate: float = 1.5e-3  # peak, after the warm-up; falls to 1 % along a cosine
    warm_up: int = 500  # steps
    weight_decay: float = 0.02
    real_share: float = 0.6  # of each batch; the rest is procedural. 1,000 steps see 150,000 real chairs
    stretch: float = 0.12  # the short axes are enlarged by up to this share
    latent_noise: float = 0.05  # standard deviations; the decoder learns that neighbours are alike
    blends: float = 0.1  # weight of the blends' volume and of how decided their voxels are; 0: none
    critic: float = 0.02  # weight of what the critic says of the blends
    average: float = 0.999  # decay of the moving average of the weights, which is what is kept
    seed: int = 2026
    device: str = ""  # cpu or cuda; empty: CUDA if it can be used
