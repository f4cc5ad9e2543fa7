"""Initial weights of networks whose activations are ReLUs."""

from __future__ import annotations

from torch import nn


def initialise_for_relu(network: nn.Module, last: nn.Linear) -> None:
    """Set weights that keep the variance through ReLUs (He et al. 2015), and biases of 0.

    Those of the `last` layer are small, so that its outputs begin near 0.
    """
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]
    nn.init.normal_(last.weight, std=0.01)
