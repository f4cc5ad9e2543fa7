"""Numbers that weights may be: finite, and parameters within what files store them in, float16."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from torch import Tensor, nn

from voxview.errors import VoxViewError

MOST = float(torch.finfo(torch.float16).max)
"""The largest parameter. Products of a few larger ones are beyond float32, and their shape is all NaN."""


def range_problem(tensor: Tensor, *, is_parameter: bool) -> str | None:
    """Return what a tensor's numbers are that they may not be; None where nothing is.

    Statistics, which are no parameters and are stored in float32, only have to be finite.
    """
    if not tensor.is_floating_point() or not tensor.numel():
        return None
    low, high = (float(one) for one in torch.aminmax(tensor.detach()))
    if not (math.isfinite(low) and math.isfinite(high)):
        return "not finite numbers"
    largest = max(-low, high)
    return (
        f"too large, up to {largest:.3g} where {MOST:,.0f} is the most"
        if is_parameter and largest > MOST
        else None
    )


def check_range(path: Path, network: nn.Module) -> None:
    """Raise `VoxViewError`, which names the tensor, for a network whose numbers do not fit its file."""
    parameters = dict(network.named_parameters())
    for key, tensor in network.state_dict().items():
        if problem := range_problem(tensor, is_parameter=key in parameters):
            raise VoxViewError(
                f"cannot write {path}: its weights are {problem} ({key}); try a lower --learning-rate"
            )
