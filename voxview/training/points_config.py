"""The options of runs that train a points encoder or a parts network. Free of torch, as `config` is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PointsConfig:
    """The options of `voxview train --network points`, as `PictureConfig` has those of a picture encoder."""

    start_from: str = ""  # points weights to start from, by name or a file; empty: from initial weights
    autoencoder: str = "chairs"  # whose latents are learnt: weights by name, or a file
    encoder: str = "pointnet++"  # pointnet; or pointnet++
    width: int = 64  # features of a point's first layers; the other layers' are multiples of it
    points: int = 1024  # points of a cloud
    steps: int = 12_000  # optimiser steps
    batch: int = 0  # clouds a step, in all processes together; 0: 256 on a GPU, 8 on the CPU
    learning_rate: float = 6e-3  # peak, after the warm-up; falls to 1 % along a cosine
    optimiser: str = "muon"  # muon: shared layers by Muon and the rest by AdamW; or adamw
    warm_up: int = 500  # steps, but at most a fifth of them
    weight_decay: float = 0.05  # of weights; biases and normalisations are left alone
    clip: float = 1.0  # gradient clipping: the largest norm; longer gradients are scaled down to it
    dropout: float = 0.0  # share of the last features that are dropped; the papers have 0.3 to 0.5
    samples: int = 30_000  # procedural chairs, drawn before training; 0: none
    unusual: float = 0.2  # share of the procedural chairs that are bent boards, bowls, loungers and such
    copies: int = 8  # warped copies of each real chair, made before training; 0: the chair alone
    warp: float = 0.25  # how differently the parts of a copy are stretched
    bend: float = 0.0  # voxels by which layers of a copy slide against each other; 0: none
    real_share: float = 0.8  # of each batch, real chairs and their copies; the rest is procedural
    refine: int = 2  # refinement steps of the latents that are learnt; 0: unrefined encodings
    latent: float = 1.0  # weight of the loss on the latent; 0: none
    curvature: bool = True  # that loss by the decoder's mean curvature; off: each standardised number alike
    voxels: float = 0.3  # weight of the loss on the voxels behind the frozen decoder; 0: none
    voxels_from: float = 0.25  # from which share of the steps on: at first it says little of wild latents
    cross_entropy: float = 1.0  # of that loss, beside 1 of the soft IoU; more of it makes fields unsure
    place: float = 1.0  # weight of the loss on the chair's centre and size in the cloud
    turn: float = 0.2  # weight of the loss on the turn about the vertical
    up: float = 0.1  # weight of the loss on the axis that is up
    orthogonal: float = 1e-3  # weight of the loss on PointNet's feature transform; 0: none
    turned: float = 0.5  # share of the clouds that are turned by any angle; the rest by some degrees
    lying: float = 0.1  # share of the clouds with another axis than y up, which learn the up axis alone
    mirror: bool = True  # half of the clouds are mirrored, with their chairs, if the autoencoder can
    average: float = 0.999  # decay of the moving average of the weights (EMA), which is what is written
    precision: str = "bf16"  # of a GPU's arithmetic: bf16 or fp32; weights are fp32, and all is on the CPU
    evaluate_every: int = 0  # steps between validations on the held-out chairs; 0: a tenth of the run
    validation: float = 0.05  # share of the real training chairs that is only measured; choose options by it
    seed: int = 2026  # of the weights at the start, of the procedural chairs and of every batch
    device: str = ""  # cpu or cuda; empty: CUDA if it can be used

    @property
    def learns_from(self) -> str:
        """The weights whose terms of use are those of this run, too."""
        return self.autoencoder


@dataclass(frozen=True)
class PartsConfig:
    """The options of `voxview train --network parts`, which learns from procedural chairs alone."""

    width: int = 64  # features of a point's first layers; the other layers' are multiples of it
    points: int = 2048  # points of a chair
    steps: int = 8_000  # optimiser steps
    batch: int = 0  # clouds a step, in all processes together; 0: 64 on a GPU, 2 on the CPU
    learning_rate: float = 1e-3  # peak, after the warm-up; falls to 1 % along a cosine
    optimiser: str = "adamw"  # adamw; or muon: shared layers by Muon and the rest by AdamW
    warm_up: int = 500  # steps, but at most a fifth of them
    weight_decay: float = 0.05  # of weights; biases and normalisations are left alone
    clip: float = 1.0  # gradient clipping: the largest norm; longer gradients are scaled down to it
    dropout: float = 0.3  # share of the last features that are dropped
    samples: int = 30_000  # procedural chairs, drawn before training
    unusual: float = 0.1  # share of them that are bent boards, bowls, loungers and such
    warp: float = 0.25  # how differently the parts of a chair are stretched
    tilt: float = 3.0  # standard deviation of a turn about each axis, in degrees
    inside: float = 0.3  # share of the clouds that are voxel centres, as blends are labelled
    average: float = 0.999  # decay of the moving average of the weights (EMA), which is what is written
    precision: str = "bf16"  # of a GPU's arithmetic: bf16 or fp32; weights are fp32, and all is on the CPU
    evaluate_every: int = 0  # steps between validations on held-out procedural chairs; 0: a tenth of the run
    seed: int = 2026  # of the weights at the start, of the procedural chairs and of every batch
    device: str = ""  # cpu or cuda; empty: CUDA if it can be used

    @property
    def learns_from(self) -> str:
        """No weights: these are of procedural chairs alone."""
        return ""
