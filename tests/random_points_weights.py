"""Weights of points encoders and of a parts network that have learnt nothing, small and quick."""

from __future__ import annotations

from pathlib import Path

import torch

from voxview.model.autoencoder import load_autoencoder
from voxview.model.parts_network import PartsNetwork
from voxview.model.points_network import PointsNetwork
from voxview.model.points_weights import write_parts_weights, write_points_weights
from voxview.model.weight_fingerprint import weight_fingerprint
from voxview.model.weights import find_weights, read_weights
from voxview.shapes.catalogs.samples import sample_catalog

WIDTH = 8


def write_random_points_weights(
    path: Path,
    autoencoder: str | Path = "study",
    *,
    encoder: str = "pointnet++",
    fingerprint: str | None = None,
    like: int | None = None,
) -> Path:
    """Write small points weights for an autoencoder, whose latents lie where chairs' do.

    With `like`, every latent is that of the sample chair of this number, upright and in the middle.
    """
    import numpy as np

    torch.manual_seed(0)
    network = PointsNetwork(encoder, WIDTH).eval()
    grids = np.stack([chair.read() for chair in sample_catalog()[:8]])
    latents = torch.from_numpy(load_autoencoder(autoencoder, "cpu").encode(grids, refine=0))
    network.set_latent_statistics(latents, odd=0)
    if like is not None:
        with torch.no_grad():
            network.output.weight.zero_()
            network.output.bias.zero_()
            network.output.bias[:64] = network.standardise(latents[like][None])[0]
            network.output.bias[68] = network.output.bias[92] = 10.0  # no turn, and y is up
    tensors = read_weights(find_weights(autoencoder)).tensors
    write_points_weights(
        path,
        network,
        "random",
        autoencoder=Path(autoencoder).stem,
        autoencoder_fingerprint=fingerprint or weight_fingerprint(tensors),
        odd=0,
    )
    return path


def write_random_parts_weights(path: Path) -> Path:
    """Write small parts weights."""
    torch.manual_seed(0)
    write_parts_weights(path, PartsNetwork(WIDTH).eval(), "random")
    return path
