"""Batch normalisation while AlexNet is trained, none in what is written.

AlexNet is older than batch normalisation (Ioffe and Szegedy 2015, arXiv:1502.03167), and without it learns
slowly. After training each normalisation is a fixed scale and shift, which go into the weights and biases of
the layer before it: the network that comes out has AlexNet's layers alone, and gives the same numbers.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

from voxview.model.alexnet import AlexNet

NORMALISED = ("conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7")
"""All layers but the last, whose outputs are wanted as they are."""


def add_batch_norm(network: AlexNet) -> AlexNet:
    """Put a batch normalisation after each hidden layer, before its ReLU, and return the network."""
    for name in NORMALISED:
        layer = getattr(network, name)
        if isinstance(layer, nn.Conv2d):
            setattr(network, name, nn.Sequential(layer, nn.BatchNorm2d(layer.out_channels)))
        else:
            setattr(network, name, nn.Sequential(layer, nn.BatchNorm1d(layer.out_features)))
    return network


@torch.no_grad()
def start_as_identity(network: nn.Module, batch: Tensor) -> None:
    """Let each batch normalisation scale and shift the outputs for `batch` back to what they were.

    So a trained network, whose own normalisations are folded away, is trained further with new ones.
    """
    hooks = [
        layer.register_forward_pre_hook(_scale_back)
        for layer in network.modules()
        if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d)
    ]
    network.train()(batch)
    for hook in hooks:
        hook.remove()


def _scale_back(layer: nn.Module, inputs: tuple[Tensor]) -> None:
    """Set a normalisation, before it runs, to what undoes it for its inputs."""
    assert isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d)
    variance, mean = torch.var_mean(inputs[0].float(), [d for d in range(inputs[0].ndim) if d != 1])
    layer.weight.copy_((variance + layer.eps).sqrt())
    layer.bias.copy_(mean)
    assert layer.running_mean is not None and layer.running_var is not None
    layer.running_mean.copy_(mean)
    layer.running_var.copy_(variance)


def fold_batch_norm(network: AlexNet) -> AlexNet:
    """Return a copy in evaluation mode whose layers do what they and their normalisations did."""
    folded = copy.deepcopy(network).eval()
    for name in NORMALISED:
        layers = getattr(folded, name)
        if isinstance(layers, nn.Sequential):
            setattr(folded, name, _folded(*layers))
    return folded


def _folded(layer: nn.Module, norm: nn.Module) -> nn.Module:
    if isinstance(layer, nn.Conv2d):
        assert isinstance(norm, nn.BatchNorm2d)
        return fuse_conv_bn_eval(layer, norm)
    assert isinstance(layer, nn.Linear) and isinstance(norm, nn.BatchNorm1d)
    return fuse_linear_bn_eval(layer, norm)
