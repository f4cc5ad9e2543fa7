"""The options of a training run. Free of torch, so that `--help` is quick."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class TrainConfig:
    """The options of a training run; the defaults are for the architecture `symmetric` on a GPU.

    `voxview train --help` lists them, with the comments below as their descriptions.
    """

    architecture: str = "symmetric"  # symmetric; voxview: the same, untied; or study: the 2018 network
    start_from: str = ""  # weights to start from, with their architecture: a file, or a name such as chairs
    interpolate_start: float = 0.0  # share of the starting weights in the weights that are written
    steps: int = 12_000  # optimiser steps
    batch: int = 0  # chairs a step, in all processes together; 0: 256 on a GPU, 16 on the CPU
    learning_rate: float = 2e-3  # peak, after the warm-up; falls to 1 % along a cosine
    optimiser: str = "muon"  # muon: convolutions by Muon and the rest by AdamW; or adamw
    warm_up: int = 500  # steps, but at most a fifth of them
    weight_decay: float = 0.05  # of weights; biases and normalisations are left alone
    clip: float = 1.0  # gradient clipping: the largest norm; longer gradients are scaled down to it
    samples: int = 200_000  # procedural chairs, drawn before training; 0: none
    unusual: float = 0.0  # share of the procedural chairs that are bent boards, bowls, loungers and such
    real_share: float = 0.7  # of each batch; the rest is procedural. 1,000 steps see 180,000 real chairs
    warp: float = 0.25  # how differently the parts of a chair are stretched; 0: chairs are only mirrored
    bend: float = 0.0  # voxels by which layers of a chair slide against each other, before a warp; 0: none
    latent_noise: float = 0.05  # standard deviation of noise on latents; neighbours then decode alike
    blends: float = 0.1  # weight of the losses on the blends' volume and undecided voxels; 0: none
    connectivity: float = 1.2  # weight of the connectivity loss on blends; with 2, blends fell apart; 0: none
    symmetry: float = 0.2  # weight of the loss on blends that are less symmetric than their chairs; 0: none
    evenness: float = 0.1  # weight of the loss on morphs with steps far above their mean; 0: none
    density: float = 1.0  # weight of the flow's loss, the negative log density of latents; 0: none
    critic: float = 0.08  # weight of the adversarial loss on decoded blends; 0: none
    latent_critic: float = 0.0  # weight of the adversarial loss on the blends' latents; 0: none
    average: float = 0.999  # decay of the moving average of the weights (EMA), which is what is written
    precision: str = "bf16"  # of a GPU's arithmetic: bf16 or fp32; weights are fp32, and all is on the CPU
    channels_last: bool = True  # on a GPU, the channels innermost, which is quicker
    graph: bool = True  # on a GPU, a step is recorded as CUDA graphs and replayed, which is quicker
    compile: bool = False  # torch.compile, on a GPU: a minute at the start, then steps of three quarters
    evaluate_every: int = 0  # steps between validations on the held-out chairs; 0: a tenth of the run
    validation: float = 0.05  # share of the real training chairs that is only measured; choose options by it
    curvature_chairs: int = 0  # for the curvature that refinement needs; 0: 512 on a GPU, 64 on the CPU
    seed: int = 2026  # of the weights at the start, of the procedural chairs and of every batch
    device: str = ""  # cpu or cuda; empty: CUDA if it can be used

    @property
    def learns_from(self) -> str:
        """The weights whose terms of use are those of this run, too; empty: none."""
        return self.start_from


def explanations(config: type = TrainConfig) -> dict[str, str]:
    """Return the comment behind each default by the field's name, for `--help` and the written config.

    `config` is the dataclass of a network's options.
    """
    try:
        source = inspect.getsource(config)
    except OSError:  # a packaged program comes without its sources
        return {}
    return dict(re.findall(r"^    (\w+): .*?  # (.+)$", source, re.MULTILINE))
