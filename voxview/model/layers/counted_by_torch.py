"""The same multiply-adds as PyTorch counts them: a second opinion on our formulas."""

from __future__ import annotations

from pathlib import Path

import torch

from voxview.model.layers.networks import architecture, build_on_meta, example


def multiply_adds_by_torch(name_or_path: str | Path) -> int:
    """Return the multiply-adds of a network as `FlopCounterMode` counts them on the meta device.

    It counts a product and a sum as two operations.
    """
    from torch.utils.flop_counter import FlopCounterMode

    of = architecture(name_or_path)
    network = build_on_meta(of.build)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(example(of))
    return int(counter.get_total_flops()) // 2
