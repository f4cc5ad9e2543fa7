"""Batch normalisation while a picture encoder is trained, none in what is written.

AlexNet is older than batch normalisation (Ioffe and Szegedy 2015, arXiv:1502.03167), and without it learns
slowly; a residual network needs it. After training each normalisation is a fixed scale and shift, which go
into the weights and biases of the layer before it: the network that comes out has its own layers alone, and
gives the same numbers.
"""

from __future__ import annotations

import copy
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

from voxview.model.picture_resnet import PictureBlock

LAST = "fc8"
"""The layer whose outputs are wanted as they are: it has no normalisation."""

N = TypeVar("N", bound=nn.Module)


def add_batch_norm(network: N) -> N:
    """Put a batch normalisation after each layer but the last, before its ReLU, and return the network.

    Residual blocks begin as if they were not there (Goyal et al. 2017, arXiv:1706.02677).
    """
    for path, layer in list(network.named_modules()):
        if path == LAST:
            continue
        if isinstance(layer, nn.Conv2d):
            _replace(network, path, nn.Sequential(layer, nn.BatchNorm2d(layer.out_channels)))
        elif isinstance(layer, nn.Linear):
            _replace(network, path, nn.Sequential(layer, nn.BatchNorm1d(layer.out_features)))
    for block in network.modules():
        if isinstance(block, PictureBlock):
            nn.init.zeros_(block.conv2.get_submodule("1").weight)  # type: ignore[arg-type]
    return network


def _replace(network: nn.Module, path: str, module: nn.Module) -> None:
    parent, _, name = path.rpartition(".")
    setattr(network.get_submodule(parent), name, module)


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


def fold_batch_norm(network: N) -> N:
    """Return a copy in evaluation mode whose layers do what they and their normalisations did."""
    folded = copy.deepcopy(network).eval()
    for path, module in list(folded.named_modules()):
        if isinstance(module, nn.Sequential):
            _replace(folded, path, _folded(*module))
    return folded


def _folded(layer: nn.Module, norm: nn.Module) -> nn.Module:
    if isinstance(layer, nn.Conv2d):
        assert isinstance(norm, nn.BatchNorm2d)
        return fuse_conv_bn_eval(layer, norm)
    assert isinstance(layer, nn.Linear) and isinstance(norm, nn.BatchNorm1d)
    return fuse_linear_bn_eval(layer, norm)
