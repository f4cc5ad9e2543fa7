"""The autoencoder: grids → latents → fields, as NumPy arrays or as tensors on its device."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from voxview.conventions import LATENT_SHAPE, RESOLUTION
from voxview.errors import InputError, VoxViewError
from voxview.model.matrix_convolution import with_matrix_doublings, with_matrix_products
from voxview.model.network import Network
from voxview.model.packed_convolution import can_pack, with_packed_weights
from voxview.model.refine import STEPS, Metric, refine, refine_in_steps
from voxview.model.residual import ResidualNetwork
from voxview.model.residual_cuda import ResidualDecoder, fits
from voxview.model.weights import Weights, build_network, find_weights, read_weights
from voxview.shapes.frame import Floats, describe

GRID_SHAPE = (RESOLUTION,) * 3
BATCH = 64
"""Batch size of encoding and decoding: larger ones need more memory and are no faster."""

FEW = 16
"""Largest number of chairs that a GPU encodes and decodes by matrix products, in 0.5 GB. A first blend then
needs no cuDNN, whose loading takes longer than the blend."""


class Autoencoder:
    """Encodes chairs to latents and decodes latents to fields, on one device.

    `encode` and `decode` take and return NumPy arrays; the methods that end in `_tensor` keep the data on the
    device, on torch's current stream.
    """

    def __init__(self, network: Network, weights: Weights, device: str) -> None:
        self.name = weights.name
        self.architecture = weights.architecture
        self.trained_on = weights.trained_on
        """Fingerprints (`shapes.bits.fingerprint`) of the real chairs in the training set of these
        weights."""
        self.validated_on = weights.validated_on
        """Likewise of the validation split, by which options were chosen."""
        self.device = torch.device(device)
        self._network = network.to(self.device)
        self._metric = None if weights.curvature is None else Metric.of(weights.curvature, self.device)

    @property
    def network(self) -> Network:
        """The network itself, on this device and prepared for inference."""
        return self._network

    @cached_property
    def network_of_few(self) -> Network:
        """The same network with the layers that are fastest on this device for a few chairs."""
        with torch.inference_mode(False):  # its tensors take part in autograd, whoever needs them first
            if self.device.type == "cuda":
                return with_matrix_products(self._network)
            return with_packed_weights(self._network) if can_pack() else self._network

    @cached_property
    def network_of_many(self) -> Network:
        """The same network with the layers that are fastest on this device for a batch."""
        with torch.inference_mode(False):
            return with_matrix_doublings(self._network) if self.device.type == "cuda" else self.network_of_few

    @property
    def metric(self) -> Metric | None:
        """What the refinement measures latents by, on this device; None where `refines` is False."""
        return self._metric

    @property
    def refines(self) -> bool:
        """Whether these weights support refinement: they store the curvature. The study's do not."""
        return self._metric is not None

    def encode(self, grids: NDArray[np.bool_], refine: int | None = None) -> Floats:
        """Encode grids `(n, 32, 32, 32)` bool `[x, y, z]` to latents `(n, 8, 8)` float32.

        The encoder's latents are refined by test-time optimisation (`refine.py`). `refine` is the number of
        steps: 0 for the unrefined encodings, None for the default of 5; a step takes as long as two
        decodings. Raises `InputError` for another type or shape.
        """
        if not isinstance(grids, np.ndarray) or grids.dtype != np.bool_ or grids.shape[1:] != GRID_SHAPE:
            raise InputError(f"encode takes bool (n, 32, 32, 32), but {describe(grids)} came")
        latents = [self.encode_tensor(self._upload(part), refine).cpu().numpy() for part in _batches(grids)]
        return np.concatenate([np.empty((0, *LATENT_SHAPE), np.float32), *latents])

    def encode_in_steps(self, grids: NDArray[np.bool_]) -> Generator[None, None, Floats]:
        """Encode as `encode` does, as a generator that yields about every 30 ms. On the CPU only.

        It yields first when the unrefined encodings are there, then after each step of the refinement, so
        that the caller can do other work in between, and returns the latents `(n, 8, 8)`.
        """
        uploaded = self._upload(grids)
        z = self.encode_tensor(uploaded, 0)
        if self._metric is not None:
            yield
            z = yield from refine_in_steps(self.network_of_few, z, uploaded[:, None].float(), self._metric)
        return z.numpy()

    def decode(self, z: Floats) -> Floats:
        """Decode latents `(n, 8, 8)` to fields `(n, 32, 32, 32)` float32, probabilities `[x, y, z]`.

        Raises `InputError` for another type or shape and for numbers that are not finite.
        """
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
        fields = np.empty((len(z), *GRID_SHAPE), np.float32)
        for part, into in zip(_batches(z), _batches(fields), strict=True):
            torch.from_numpy(into).copy_(self.decode_tensor(self._upload(part)))
        return fields

    def encode_tensor(self, grids: Tensor, steps: int | None = None) -> Tensor:
        """Encode grids `(n, 32, 32, 32)` bool to latents `(n, 8, 8)` float32, both on this device.

        `steps` is the number of refinement steps: 0 for the unrefined encodings, None for the default.
        """
        steps = STEPS if steps is None else steps
        # Not in inference mode: its tensors cannot take part in autograd, which the refinement needs.
        with torch.no_grad(), full_precision():
            occupancy, network = grids[:, None].float(), self._network_for(len(grids))
            z = network.encode(occupancy)
            if self._metric is not None and steps > 0:
                z = refine(network, z, occupancy, self._metric, steps)
            return z

    def decode_tensor(self, z: Tensor, *, tf32: bool = False) -> Tensor:
        """Decode latents `(n, 8, 8)` float32 to probabilities `(n, 32, 32, 32)`, both on this device.

        With `tf32` a GPU's convolutions multiply numbers of 10 bits' precision: faster, and some voxels near
        the level fall on its other side.
        """
        with torch.inference_mode(), _convolutions(tf32):
            return torch.sigmoid(self._network_for(len(z)).decode(z))[:, 0].contiguous()

    def unbatched_decoder(self, own_kernels: bool = True) -> Callable[[Tensor, Tensor], None]:
        """Return a function that decodes a latent `(8, 8)` into a field `(32, 32, 32)` on this CUDA device.

        Called with both, it only queues work on torch's current stream of this device, so that a CUDA graph
        can capture it. With `own_kernels` it runs VoxView's for the residual network; they need CuPy.
        """
        if own_kernels and isinstance(self._network, ResidualNetwork) and fits(self._network):
            decoder = ResidualDecoder(self._network)

            def queue(z: Tensor, field: Tensor) -> None:
                decoder.queue(z, field, stream=torch.cuda.current_stream(self.device).cuda_stream)

            return queue

        def decode(z: Tensor, field: Tensor) -> None:
            field.copy_(self.decode_tensor(z[None])[0])

        return decode

    def _network_for(self, n: int) -> Network:
        """Return what is fastest for n chairs."""
        return self.network_of_few if n <= FEW else self.network_of_many

    def _upload(self, array: np.ndarray) -> Tensor:
        # A copy, because torch warns of read-only arrays, such as a memory map's.
        return torch.from_numpy(np.array(array, order="C")).to(self.device)


def load_autoencoder(name_or_path: str | Path | None = None, device: str | None = None) -> Autoencoder:
    """Load an autoencoder from shipped weights (`chairs`, `chairs-free`, `study`; None: `chairs`), or a file.

    `device` is `cpu` or `cuda` (or `cuda:1`); None takes CUDA if it can be used, else the CPU. Raises
    `InputError` for weights that cannot be used and `VoxViewError` for a device that is not available.
    """
    device = choose_device(device)
    path = find_weights(name_or_path)
    weights = read_weights(path)
    return Autoencoder(build_network(weights, path), weights, device)


def choose_device(device: str | None) -> str:
    """Return `device` if it can be used; for None or an empty name `cuda` if that can be used, else `cpu`.

    Raises `InputError` for other names than `cpu`, `cuda` and `cuda:1`, and `VoxViewError` for a CUDA device
    that is not available.
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


def full_precision():  # type: ignore[no-untyped-def]
    """Return a context without TF32: CPU and GPU then agree to rounding. One blend is launch-bound anyway."""
    return _convolutions(tf32=False)


def _convolutions(tf32: bool):  # type: ignore[no-untyped-def]
    """Return a context in which cuDNN's convolutions may use TF32, or may not.

    They repeat themselves bit for bit: several GPUs then give the same scores of all pairs as one.
    """
    return torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=tf32)
