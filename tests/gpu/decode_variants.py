"""What a batch of the decoder could cost: other ways to the same fields, timed in turn.

    python3 tests/gpu/decode_variants.py [batch [device]]      512 blends on cuda; prints a table

Scoring 50 chairs decodes 22 such batches, 0.79 · 10⁹ multiply-adds a blend: 17.7 · 10¹² operations, which an
H100's plain cores do in 0.27 s at their rate. Every variant's fields are compared with those in double
precision. *Three products* has TF32's tensor cores multiply what is left of a number after rounding it to 10
bits, too: some 21 of 23 bits, with three times the multiplications.
"""

from __future__ import annotations

import copy
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from voxview.model.autoencoder import Autoencoder, load_autoencoder
from voxview.model.matrix_convolution import MatrixConvolution
from voxview.model.network import Network
from voxview.model.replacement import replace_convolutions
from voxview.shapes.catalogs.samples import sample_catalog

ROUNDS = 7
BATCHES = 22
"""Of 512, for 50 chairs at 11 t's."""
COMPARED = 16
"""Fields that are compared with double precision."""
WIDE = 64
"""Channels from which on a convolution is computed as one product of matrices."""


class ThreeProducts(nn.Module):
    """A convolution of the upper and the lower parts of its numbers, but for lower by lower."""

    def __init__(self, conv: nn.Conv3d) -> None:
        super().__init__()
        upper, lower = parts(conv.weight.detach())
        self._conv = copy.deepcopy(conv)
        self._conv.in_channels *= 3
        self._conv.weight = nn.Parameter(torch.cat([upper, upper, lower], 1), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        upper, lower = parts(x)
        return self._conv(torch.cat([upper, lower, upper], 1))


def parts(x: Tensor) -> tuple[Tensor, Tensor]:
    """Return numbers rounded to TF32's 10 bits, and what that leaves."""
    upper = ((x.contiguous().view(torch.int32) + (1 << 12)) & -(1 << 13)).view(torch.float32)
    return upper, x - upper


def variants(autoencoder: Autoencoder) -> dict[str, Callable[[Tensor], Tensor]]:
    """Return each variant's name, and what decodes latents `(n, 8, 8)` with it."""
    network = autoencoder.network
    last = copy.deepcopy(network).to(memory_format=torch.channels_last_3d)
    wide = replace_convolutions(
        network, lambda conv: MatrixConvolution(conv) if conv.in_channels >= WIDE else conv, lambda conv: conv
    )
    three = replace_convolutions(network, ThreeProducts, lambda conv: conv)
    three_last = copy.deepcopy(three).to(memory_format=torch.channels_last_3d)

    def decode(network: Network, *, tf32: bool = False, trial: bool = False) -> Callable[[Tensor], Tensor]:
        def work(z: Tensor) -> Tensor:
            flags = torch.backends.cudnn.flags(
                enabled=True, benchmark=trial, deterministic=False, allow_tf32=tf32
            )
            with torch.inference_mode(), flags:
                return torch.sigmoid(network.decode(z))[:, 0].contiguous()

        return work

    return {
        "as it is": decode(network),
        "as it is, again": decode(network),
        "cuDNN chooses by trial": decode(network, trial=True),
        "channels last": decode(last),
        "channels last, by trial": decode(last, trial=True),
        f"matrix products from {WIDE} channels on": decode(wide),
        "three products in TF32": decode(three, tf32=True),
        "three products, channels last": decode(three_last, tf32=True),
        "three products, last, by trial": decode(three_last, tf32=True, trial=True),
        "TF32, for comparison": decode(network, tf32=True),
    }


def main(batch: int = 512, device: str = "cuda") -> None:
    """Time every variant in turn, and print a line for each."""
    autoencoder = load_autoencoder("chairs", device)
    grids = np.stack([chair.read() for chair in sample_catalog()[:32]])
    ends = torch.from_numpy(autoencoder.encode(grids)).to(device)
    first, second = torch.randint(len(ends), (2, batch), generator=torch.Generator().manual_seed(0))
    t = torch.rand((batch, 1, 1), generator=torch.Generator().manual_seed(1)).to(device)
    z = (1 - t) * ends[first] + t * ends[second]  # (batch, 8, 8)
    with torch.inference_mode():
        exact = torch.sigmoid(copy.deepcopy(autoencoder.network).double().decode(z[:COMPARED].double()))[:, 0]

    work = variants(autoencoder)
    starts = {name: milliseconds(one, z) for name, one in work.items()}  # plans, and trials
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(ROUNDS):
        for name, one in work.items():
            times[name].append(milliseconds(one, z))
    card = torch.cuda.get_device_name() if device == "cuda" else "CPU"
    print(f"{card}, batches of {batch}, {ROUNDS} rounds in turn; PyTorch {torch.__version__}")
    print(f"{'':<38} ms a batch  first, ms  {BATCHES} batches, s  largest error  flipped at 0.5")
    plain = work["as it is"](z) > 0.5
    for name, one in work.items():
        field, median = one(z), float(np.median(times[name]))
        error = float((field[:COMPARED].double() - exact).abs().max())
        flipped = int(((field > 0.5) != plain).sum())
        figures = f"{median:10.2f} {starts[name]:10.0f} {BATCHES * median / 1e3:14.3f}"
        print(f"{name:<38} {figures} {error:14.1e} {flipped:14,}")


def milliseconds(work: Callable[[Tensor], Tensor], z: Tensor) -> float:
    """Return the time of one call by the host's clock, all of its work done."""
    wait = torch.cuda.synchronize if z.is_cuda else lambda: None
    wait()
    start = time.perf_counter()
    work(z)
    wait()
    return (time.perf_counter() - start) * 1e3


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]), *sys.argv[2:3])
