"""The options of a run that trains a picture encoder. Free of torch, so that `--help` is quick."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PictureConfig:
    """The options of `voxview train --network picture`, as `TrainConfig` has those of an autoencoder."""

    autoencoder: str = "chairs"  # whose latents are learnt: weights by name, or a file
    start_from: str = ""  # picture weights to start from, by name or a file; empty: from initial weights
    encoder: str = "resnet"  # resnet: a small residual network; or alexnet
    hidden: int = 144  # numbers in its hidden layer, or in each of AlexNet's two, which has 4,096
    groups: int = 2  # of AlexNet's convolutions 2, 4 and 5: 2 as on its two GPUs, or 1
    batch_norm: bool = True  # while training; it is folded into the weights that are written
    initial: str = "relu"  # initial weights: relu: those of He et al.; or published: AlexNet's
    steps: int = 14_000  # optimiser steps
    batch: int = 0  # pictures a step, in all processes together; 0: 512 on a GPU, 8 on the CPU
    reuse: int = 2  # times that each rendered picture is in its batch, cropped and coloured differently
    rendered_side: int = 160  # pixels along each side of what is rendered; fewer are quicker, and enlarged
    learning_rate: float = 8e-3  # peak, after the warm-up; falls to 1 % along a cosine
    optimiser: str = "muon"  # muon: for kernels, the rest by adamw; adamw; sgd: as AlexNet
    warm_up: int = 500  # steps, but at most a fifth of them
    weight_decay: float = 0.05  # of weights; biases are left alone; with sgd 0.0005 is AlexNet's
    clip: float = 1.0  # gradient clipping: the largest norm; longer gradients are scaled down to it
    dropout: float = 0.0  # share of the hidden numbers that are dropped; AlexNet has 0.5
    samples: int = 30_000  # procedural chairs, drawn before training; 0: none
    unusual: float = 0.2  # share of the procedural chairs that are bent boards, bowls, loungers and such
    copies: int = 8  # warped copies of each real chair, made before training; 0: the chair alone
    warp: float = 0.25  # how differently the parts of a copy are stretched
    bend: float = 0.0  # voxels by which layers of a copy slide against each other; 0: none
    real_share: float = 0.8  # of each batch, real chairs and their copies; the rest is procedural
    refine: int = 2  # refinement steps of the latents that are learnt; 0: unrefined encodings
    latent: float = 1.0  # weight of the loss on the latent; 0: none
    curvature: bool = True  # that loss by the decoder's mean curvature; off: each standardised number alike
    voxels: float = 0.5  # weight of the loss on the voxels behind the frozen decoder; 0: none
    voxels_from: float = 0.4  # from which share of the steps on: at first it says little of wild latents
    cross_entropy: float = 1.0  # of that loss, beside 1 of the soft IoU; more of it makes fields unsure
    view: float = 0.3  # weight of the loss on the view; 0: none
    mirror: bool = True  # half of the pictures are mirrored, with their chairs, if the autoencoder can
    zoom: float = 0.08  # pictures are cropped between this share larger and smaller
    shift: float = 0.06  # and moved by up to this share of their side; AlexNet: 224 of 256 pixels
    colour_noise: float = 0.1  # standard deviation of noise along the colours' principal components
    filtered: float = 0.25  # share of the pictures that are mixed with a random filter of theirs
    average: float = 0.999  # decay of the moving average of the weights (EMA), which is what is written
    parallel: str = ""  # over processes: data, model, hybrid-a or hybrid-c; empty: data, without overlap
    update_each_round: bool = False  # with hybrid-c, the fully connected layers after each round's examples
    precision: str = "bf16"  # of a GPU's arithmetic: bf16 or fp32; weights are fp32, and all is on the CPU
    channels_last: bool = True  # on a GPU, the channels innermost, which is quicker
    compile: bool = False  # torch.compile, on a GPU
    graph: bool = True  # on a GPU, rendering is recorded as a CUDA graph and replayed, which is quicker
    evaluate_every: int = 0  # steps between validations on the held-out chairs; 0: a tenth of the run
    validation: float = 0.05  # share of the real training chairs that is only measured; choose options by it
    seed: int = 2026  # of the weights at the start, of the procedural chairs and of every batch
    device: str = ""  # cpu or cuda; empty: CUDA if it can be used

    @property
    def learns_from(self) -> str:
        """The weights whose terms of use are those of this run, too."""
        return self.autoencoder
