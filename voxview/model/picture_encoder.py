"""The picture encoder: pictures → latents of one autoencoder, views, and how familiar each picture is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from voxview.conventions import LATENT_SHAPE
from voxview.errors import InputError
from voxview.model.alexnet import SIDE
from voxview.model.autoencoder import choose_device, full_precision
from voxview.model.layout import LATENT_SIZE
from voxview.model.picture_card import find_picture_weights
from voxview.model.picture_network import view_angles
from voxview.model.picture_weights import PictureWeights, read_picture_weights
from voxview.model.symmetric import negate_odd
from voxview.pictures.view import View
from voxview.shapes.frame import describe

BATCH = 32
"""Pictures that are encoded at once, each with its augmented ones."""

ZOOMS = (1.08, 0.92)
"""By which a picture is enlarged and made smaller for test-time augmentation."""


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
        # With the channels innermost a CPU takes two thirds of the time.
        self._network = weights.network.to(self.device)
        self._network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def encode(self, pixels: NDArray[np.uint8], *, augmented: bool = True) -> PictureEncoding:
        """Encode pictures `(n, 227, 227, 3)` uint8 RGB.

        Latents and views are means over each picture, `ZOOMS` of it, and the mirror images of these where
        the autoencoder tells a mirror image's latent, such as `symmetric`: test-time augmentation, without it
        with `augmented=False`. Raises `InputError` for another type or shape.
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
            z, numbers, far = self.encode_tensor(as_input(uploaded), augmented=augmented)
            latents[part], unfamiliarity[part] = z.cpu().numpy(), far.cpu().numpy()
            angles = torch.stack(view_angles(numbers), 1).cpu().tolist()
            views += [View(azimuth, elevation) for azimuth, elevation in angles]
        return PictureEncoding(latents, tuple(views), unfamiliarity)

    def encode_tensor(self, pixels: Tensor, *, augmented: bool = True) -> tuple[Tensor, Tensor, Tensor]:
        """Return latents `(n, 8, 8)`, view numbers `(n, 3)` and unfamiliarity `(n,)`, on the device.

        `pixels` are `(n, 3, 227, 227)` float in [0, 1]. The third is of the pictures as they are.
        """
        with torch.inference_mode(), full_precision():
            seen = [pixels, *(zoomed(pixels, zoom) for zoom in (ZOOMS if augmented else ()))]
            mirrored = [picture.flip(3) for picture in seen] if augmented and self._odd else []
            all_at_once = torch.cat([*seen, *mirrored]).contiguous(memory_format=torch.channels_last)
            outputs = self._network(all_at_once)
            parts = list(zip(*(output.split(len(pixels)) for output in outputs), strict=True))
            standardised, view, features = parts[0]
            unfamiliarity = self._network.unfamiliarity(features, view)
            said = [(latents, numbers) for latents, numbers, _ in parts[: len(seen)]]
            said += [self._turned_back(latents, numbers) for latents, numbers, _ in parts[len(seen) :]]
            standardised, view = (torch.stack(part).mean(0) for part in zip(*said, strict=True))
            return self._network.latents(standardised), view, unfamiliarity

    def _turned_back(self, standardised: Tensor, view: Tensor) -> tuple[Tensor, Tensor]:
        """Return what is said of a picture from what is said of its mirror image."""
        back = negate_odd(standardised, self._odd).reshape(-1, LATENT_SIZE)
        return back, view * torch.tensor([-1.0, 1.0, 1.0], device=view.device)


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


def zoomed(pixels: Tensor, zoom: float) -> Tensor:
    """Return pictures `(n, c, h, w)` at the same size, larger about their middle, or smaller.

    Around smaller ones the outermost pixels are repeated.
    """
    if zoom == 1:
        return pixels
    height, width = pixels.shape[2:]
    x, y = (round(side * (1 / zoom - 1) / 2) for side in (width, height))  # what comes on each side
    seen = functional.pad(pixels, (x, x, y, y), mode="replicate" if zoom < 1 else "constant")
    return functional.interpolate(seen, (height, width), mode="bilinear", antialias=True, align_corners=False)
