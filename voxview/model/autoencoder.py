"""The autoencoder as the rest of the program sees it: grids in, 64 numbers, probabilities out."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from voxview.errors import InputError, VoxViewError
from voxview.model.layout import LATENT_SHAPE
from voxview.model.network import Network
from voxview.model.refine import STEPS, refine, refining
from voxview.model.residual import ResidualNetwork
from voxview.model.residual_cuda import ResidualDecoder, fits
from voxview.model.weights import Weights, build_network, find_weights, read_weights
from voxview.shapes.frame import RESOLUTION, describe

GRID_SHAPE = (RESOLUTION,) * 3
BATCH = 64
"""Chairs in one pass: more costs memory and gains nothing."""


class Autoencoder:
    """Encodes chairs to latents and decodes latents to fields, on one device.

    The methods with plain names take and return NumPy arrays; those that end in `_tensor` keep the data
    on the device, on torch's current stream.
    """

    def __init__(self, network: Network, weights: Weights, device: str) -> None:
        self.name = weights.name
        self.architecture = weights.architecture
        self.trained_on = weights.trained_on
        """Fingerprints (`model.data.fingerprint`) of the real chairs that these weights have seen."""
        self.device = torch.device(device)
        self._network = network.to(self.device)
        self._curvature = None if weights.curvature is None else weights.curvature.to(self.device)

    @property
    def refines(self) -> bool:
        """Whether these weights say how their latents are refined; the 2018 study's do not."""
        return self._curvature is not None

    def encode(self, grids: NDArray[np.bool_], refine: int | None = None) -> NDArray[np.float32]:
        """Grids `(n, 32, 32, 32)` bool `[x, y, z]` → latents `(n, 8, 8)` float32.

        What the encoder says is refined in a few steps (`refine.py`), each of which takes as long as
        three decodings; `refine` is how many, 0 for the encoder's word alone, None for as many as are usual.
        """
        if not isinstance(grids, np.ndarray) or grids.dtype != np.bool_ or grids.shape[1:] != GRID_SHAPE:
            raise InputError(f"encode takes bool (n, 32, 32, 32), but {describe(grids)} came")
        latents = [self.encode_tensor(self._upload(part), refine).cpu().numpy() for part in _batches(grids)]
        return np.concatenate([np.empty((0, *LATENT_SHAPE), np.float32), *latents])

    def encoding(self, grids: NDArray[np.bool_]) -> Generator[None, None, NDArray[np.float32]]:
        """`encode` in steps of 30 ms, for those who have something else to do in between. On the CPU only.

        The latents are the value that the generator returns; the first step is after the encoder's word.
        """
        several = self._at_least_two(self._upload(grids))
        z = self.encode_tensor(several, 0)
        if self._curvature is not None:
            yield
            z = yield from refining(self._network, z, several[:, None].float(), self._curvature)
        return z[: len(grids)].cpu().numpy()

    def decode(self, z: NDArray[np.float32]) -> NDArray[np.float32]:
        """Latents `(n, 8, 8)` → fields `(n, 32, 32, 32)` float32, probabilities in [0, 1] `[x, y, z]`."""
        if (
            not isinstance(z, np.ndarray)
            or not np.issubdtype(z.dtype, np.floating)
            or z.ndim != 3
            or z.shape[1:] != LATENT_SHAPE
        ):
            raise InputError(f"decode takes float32 (n, 8, 8), but {describe(z)} came")
        with np.errstate(over="ignore"):
            z = z.astype(np.float32, copy=False)
        if not np.isfinite(z).all():
            raise InputError("decode takes finite numbers, but NaN or infinity came")
        fields = [self.decode_tensor(self._upload(part)).cpu().numpy() for part in _batches(z)]
        return np.concatenate([np.empty((0, *GRID_SHAPE), np.float32), *fields])

    def encode_tensor(self, grids: Tensor, steps: int | None = None) -> Tensor:
        """Grids `(n, 32, 32, 32)` bool → latents `(n, 8, 8)` float32, both on this device.

        They are refined in so many steps, None for as many as are usual.
        """
        steps = STEPS if steps is None else steps
        # Not in inference mode: what it makes cannot take part in finding a gradient.
        with torch.no_grad(), _full_precision():
            occupancy = self._at_least_two(grids)[:, None].float()
            z = self._network.encode(occupancy)
            if self._curvature is not None and steps > 0:
                z = refine(self._network, z, occupancy, self._curvature, steps)
            return z[: len(grids)].contiguous()

    def decode_tensor(self, z: Tensor) -> Tensor:
        """Latents `(n, 8, 8)` float32 → probabilities `(n, 32, 32, 32)`, both on this device."""
        with torch.inference_mode(), _full_precision():
            several = z if isinstance(self._network, ResidualNetwork) else self._at_least_two(z)
            return torch.sigmoid(self._network.decode(several))[: len(z), 0]

    def decoder_of_one(self) -> Callable[[Tensor, Tensor], None]:
        """What decodes a latent `(8, 8)` into a field `(32, 32, 32)`, both on this CUDA device.

        It queues its work on torch's current stream and nothing else, so that a CUDA graph can capture it.
        For the residual network these are VoxView's own kernels, which need CuPy.
        """
        if isinstance(self._network, ResidualNetwork) and fits(self._network):
            decoder = ResidualDecoder(self._network)
            return lambda z, field: decoder.queue(z, field, stream=torch.cuda.current_stream().cuda_stream)

        def decode(z: Tensor, field: Tensor) -> None:
            field.copy_(self.decode_tensor(z[None])[0])

        return decode

    def _at_least_two(self, batch: Tensor) -> Tensor:
        """On the CPU, a batch of one takes PyTorch's slow convolutions: two take less time than one."""
        return batch.expand(2, *batch.shape[1:]) if self.device.type == "cpu" and len(batch) == 1 else batch

    def _upload(self, array: np.ndarray) -> Tensor:
        # A copy, because torch warns of arrays that it may not write to, such as a memory map's.
        return torch.from_numpy(np.array(array, order="C")).to(self.device)


def load_autoencoder(name_or_path: str | Path | None = None, device: str | None = None) -> Autoencoder:
    """Load shipped weights by name (`chairs`, `chairs-free`, `study`; None: `chairs`), or a file.

    `device` is `cpu` or `cuda` (or `cuda:1`); None takes CUDA if it can be used, else the CPU. Raises
    `InputError` for weights that cannot be used and `VoxViewError` for a device that is not there.
    """
    device = choose_device(device)
    path = find_weights(name_or_path)
    weights = read_weights(path)
    return Autoencoder(build_network(weights, path), weights, device)


def choose_device(device: str | None) -> str:
    """`cpu`, `cuda` or `cuda:1` if it can be used here; None or nothing: the best that can.

    Raises `InputError` for anything else and `VoxViewError` for a CUDA device that is not there.
    """
    if not device:
        return "cuda" if torch.cuda.is_available() else "cpu"
    if not re.fullmatch(r"cpu|cuda(:\d{1,3})?", str(device)):
        raise InputError(f"no device '{device}': use 'cpu' or 'cuda'")
    number = int(str(device).partition(":")[2] or 0)
    if str(device).startswith("cuda") and number >= torch.cuda.device_count():
        raise VoxViewError(f"no CUDA device '{device}' can be used here: use 'cpu', or leave the device out")
    return str(device)


def _batches(array: np.ndarray) -> list[np.ndarray]:
    return [array[start : start + BATCH] for start in range(0, len(array), BATCH)]


def _full_precision():  # type: ignore[no-untyped-def]
    """No TF32: the GPU's chair is the CPU's, to rounding. A single blend is bound by launches anyway."""
    return torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=False, allow_tf32=False)
