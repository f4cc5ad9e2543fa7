"""Picture weights whose network has learnt nothing, but whose latents lie where chairs' do."""

from __future__ import annotations

from pathlib import Path

import torch

from voxview.model.autoencoder import load_autoencoder
from voxview.model.picture_network import PictureNetwork
from voxview.model.picture_weights import write_picture_weights
from voxview.model.weight_fingerprint import weight_fingerprint
from voxview.model.weights import find_weights, read_weights
from voxview.shapes.catalogs.samples import sample_catalog

HIDDEN = 8


def write_random_picture_weights(
    path: Path, autoencoder: str | Path = "study", *, unfamiliar: bool = False, fingerprint: str | None = None
) -> Path:
    """Write small random picture weights for an autoencoder; every picture is familiar, or none is."""
    import numpy as np

    torch.manual_seed(0)
    network = PictureNetwork(HIDDEN).eval()
    grids = np.stack([chair.read() for chair in sample_catalog()[:8]])
    latents = torch.from_numpy(load_autoencoder(autoencoder, "cpu").encode(grids, refine=0))
    network.set_latent_statistics(latents, odd=0)
    network.set_familiar(torch.randn(99, HIDDEN), torch.randn(99, HIDDEN), torch.ones(99, 3))
    network.familiar_distance.fill_(1e-3 if unfamiliar else 1e6)
    network.certain_view.fill_(0.0)
    tensors = read_weights(find_weights(autoencoder)).tensors
    write_picture_weights(
        path,
        network,
        "random",
        autoencoder=Path(autoencoder).stem,
        autoencoder_fingerprint=fingerprint or weight_fingerprint(tensors),
        odd=0,
    )
    return path
