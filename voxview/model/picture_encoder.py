"""The picture encoder: pictures → latents of one autoencoder, views, and how familiar each picture is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from voxview.conventions import LATENT_SHAPE
from voxview.errors import InputError
from voxview.model.alexnet import SIDE
from voxview.model.autoencoder import choose_device, full_precision
from voxview.model.layout import LATENT_SIZE
from voxview.model.picture_card import find_picture_weights
from voxview.model.picture_network import PictureOutput, view_angles
from voxview.model.picture_weights import PictureWeights, read_picture_weights
from voxview.model.symmetric import negate_odd
from voxview.pictures.view import View
from voxview.shapes.frame import describe

BATCH = 64
"""Pictures that are encoded at once."""


@dataclass(frozen=True)
class PictureEncoding:
    """What the encoder says of n pictures."""

    latents: NDArray[np.float32]
    """Of the encoder's autoencoder, `(n, 8, 8)`."""
    views: tuple[View, ...]
    unfamiliarity: NDArray[np.float32]
    """`(n,)`: 1 is what 99 of 100 held-out rendered pictures stay below; above, it is unlike these."""


class PictureEncoder:
    """Encodes pictures, on one device."""

    def __init__(self, weights: PictureWeights, device: str) -> None:
        self.name = weights.name
        self.autoencoder = weights.autoencoder
        """Name of the autoencoder whose latents are predicted, such as `chairs`."""
        self.autoencoder_fingerprint = weights.autoencoder_fingerprint
        """`weight_fingerprint` of its tensors."""
        self.notes = weights.notes
        self.trained_on = weights.trained_on
        self.validated_on = weights.validated_on
        self.device = torch.device(device)
        self._odd = weights.odd
        self._network = weights.network.to(self.device)

    @property
    def has_odd_numbers(self) -> bool:
        """Whether the latent of a mirror image is known from the chair's own, which `mirrored_too` needs."""
        return self._odd > 0

    def encode(self, pixels: NDArray[np.uint8], *, mirrored_too: bool = False) -> PictureEncoding:
        """Encode pictures `(n, 227, 227, 3)` uint8 RGB.

        With `mirrored_too`, the mean of each picture's and its mirror image's outputs is taken, which costs
        twice the time; it needs an autoencoder that tells the mirror image's latent, such as `symmetric`.
        Raises `InputError` for another type or shape.
        """
        shape = (SIDE, SIDE, 3)
        if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8 or pixels.shape[1:] != shape:
            raise InputError(
                f"a picture encoder takes uint8 (n, {SIDE}, {SIDE}, 3), but {describe(pixels)} came"
            )
        latents = np.empty((len(pixels), *LATENT_SHAPE), np.float32)
        unfamiliarity = np.empty(len(pixels), np.float32)
        views: list[View] = []
        for start in range(0, len(pixels), BATCH):
            part = slice(start, start + BATCH)
            uploaded = torch.from_numpy(np.array(pixels[part], order="C")).to(self.device)
            z, numbers, far = self.encode_tensor(as_input(uploaded), mirrored_too=mirrored_too)
            latents[part], unfamiliarity[part] = z.cpu().numpy(), far.cpu().numpy()
            angles = torch.stack(view_angles(numbers), 1).cpu().tolist()
            views += [View(azimuth, elevation) for azimuth, elevation in angles]
        return PictureEncoding(latents, tuple(views), unfamiliarity)

    def encode_tensor(self, pixels: Tensor, *, mirrored_too: bool = False) -> tuple[Tensor, Tensor, Tensor]:
        """Return latents `(n, 8, 8)`, view numbers `(n, 3)` and unfamiliarity `(n,)`, on the device.

        `pixels` are `(n, 3, 227, 227)` float in [0, 1].
        """
        with torch.inference_mode(), full_precision():
            output = self._network(pixels)
            if mirrored_too and self._odd:
                output = _mean_with_mirrored(output, self._network(pixels.flip(3)), self._odd)
            latents = self._network.latents(output.standardised)
            return latents, output.view, self._network.unfamiliarity(output.features, output.view)


def load_picture_encoder(name_or_path: str | Path | None = None, device: str | None = None) -> PictureEncoder:
    """Load a picture encoder from a file, or the shipped `picture` for None.

    `device` is as in `load_autoencoder`. Raises `VoxViewError` where the shipped weights are not installed or
    the device is not available, `InputError` for weights that cannot be used.
    """
    device = choose_device(device)
    return PictureEncoder(read_picture_weights(find_picture_weights(name_or_path)), device)


def as_input(pixels: Tensor) -> Tensor:
    """Return pictures `(n, h, w, 3)` uint8 as `(n, 3, h, w)` float in [0, 1]."""
    return pixels.permute(0, 3, 1, 2).float() / 255


def _mean_with_mirrored(output: PictureOutput, mirrored: PictureOutput, odd: int) -> PictureOutput:
    """Return the mean of outputs with those of the mirror images, whose signs are turned back."""
    back = negate_odd(mirrored.standardised, odd)
    sign = torch.tensor([-1.0, 1.0, 1.0], device=output.view.device)
    return PictureOutput(
        (output.standardised + back).reshape(-1, LATENT_SIZE) / 2,
        (output.view + sign * mirrored.view) / 2,
        output.features,
    )
