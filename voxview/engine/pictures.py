"""Pictures become chairs: the picture encoder's latent, decoded by the autoencoder that it is one of."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import LEVEL, UNFAMILIAR
from voxview.engine.fallback import GpuError, GpuOutOfMemoryError, gpu_error, release_memory
from voxview.errors import InputError
from voxview.model.autoencoder import Autoencoder, choose_device
from voxview.model.picture_card import find_picture_weights
from voxview.model.picture_encoder import PictureEncoder
from voxview.model.picture_weights import read_picture_weights
from voxview.model.silhouette import refine_to_silhouettes
from voxview.model.weight_fingerprint import weight_fingerprint
from voxview.model.weights import SHIPPED, Weights, build_network, find_weights, read_weights
from voxview.pictures.crop import Crop
from voxview.pictures.network_input import NetworkInput, prepare_input
from voxview.pictures.read import picture_from_array, read_picture
from voxview.pictures.view import View
from voxview.shapes.bits import fingerprint
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Field, Floats, Grid
from voxview.shapes.io.read import readable_name
from voxview.shapes.known_latent import KnownLatent

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class PictureResult:
    """What came out of one picture."""

    latent: Floats
    """`(8, 8)`, of the autoencoder."""
    field: Field
    """Decoded from it, `float32 (32, 32, 32)`."""
    grid: Grid
    """`bool (32, 32, 32)`; it may be empty."""
    view: View
    unfamiliarity: float
    """How unlike the picture is to those that the network learnt from; see `UNFAMILIAR`."""
    autoencoder: str
    """Name of the autoencoder."""
    autoencoder_fingerprint: str
    seconds: float
    """What encoding, refining and decoding took; loading the networks is not counted."""

    @property
    def is_unfamiliar(self) -> bool:
        """Whether the picture is unlike those that the network learnt from."""
        return self.unfamiliarity > UNFAMILIAR


@dataclass(frozen=True)
class _Networks:
    encoder: PictureEncoder
    autoencoder: Autoencoder


class PictureReader:
    """The picture encoder and its autoencoder, loaded once when the first picture is read."""

    def __init__(
        self,
        device: str | None = None,
        weights: str | Path | None = None,
        autoencoder: str | Path | None = None,
        *,
        refines: bool = True,
    ) -> None:
        """Take the device (None: CUDA if it can be used) and the picture encoder's weights (None: shipped).

        `autoencoder` is a set of weights that may be those it was trained for, if these are not shipped. With
        `refines`, the latent is refined against the silhouette where the background was removed.
        """
        self._device = device
        self._weights = weights
        self._autoencoder = autoencoder
        self._refines = refines
        self._networks: dict[str, _Networks] = {}
        self.notice: str | None = None
        """What a person should know: that the GPU failed, and the CPU answered."""

    def load(self) -> None:
        """Load the networks, if they are not. Raises as `read`."""
        self._on(self._chosen_device())

    def read(self, picture: NetworkInput) -> PictureResult:
        """Return the chair in a picture; from the CPU, with a `notice`, where the GPU fails.

        Raises `InputError` for weights that cannot be used or do not fit the autoencoder that is installed,
        and `VoxViewError` where no picture weights are installed.
        """
        device = self._chosen_device()
        outcome = self._attempt(picture, device)
        if isinstance(outcome, PictureResult):
            return outcome
        self._leave(outcome)
        return self._read(picture, "cpu")

    def _chosen_device(self) -> str:
        if self._device is None:
            find_picture_weights(self._weights)  # said before PyTorch looks for a GPU
            self._device = choose_device(None)
        return self._device

    def _attempt(self, picture: NetworkInput, device: str) -> PictureResult | GpuError:
        """Return what came out, or the failure of the GPU: without its traceback, which keeps its memory."""
        try:
            return self._read(picture, device)
        except Exception as error:
            failure = gpu_error(error) if device != "cpu" else None
            if failure is None:
                raise
            log.debug("the GPU failed", exc_info=True)
            return failure

    def _leave(self, failure: GpuError) -> None:
        """Let go of what is on the GPU; for good, unless its memory was full."""
        self._networks = {device: both for device, both in self._networks.items() if device == "cpu"}
        release_memory()
        if not isinstance(failure, GpuOutOfMemoryError):
            self._device = "cpu"
        self.notice = f"the GPU failed ({failure}), so the CPU read the picture"

    def _read(self, picture: NetworkInput, device: str) -> PictureResult:
        networks = self._on(device)
        start = time.perf_counter()
        encoding = networks.encoder.encode(picture.pixels[None])
        if self._refines and picture.silhouette is not None:
            encoding = refine_to_silhouettes(networks.autoencoder, encoding, picture.silhouette[None])
        latent = encoding.latents[0]
        field = networks.autoencoder.decode(latent[None])[0]
        return PictureResult(
            latent,
            field,
            field > LEVEL,
            encoding.views[0],
            float(encoding.unfamiliarity[0]),
            networks.encoder.autoencoder,
            networks.encoder.autoencoder_fingerprint,
            time.perf_counter() - start,
        )

    def _on(self, device: str) -> _Networks:
        if device not in self._networks:
            encoder = PictureEncoder(read_picture_weights(find_picture_weights(self._weights)), device)
            path, weights = find_autoencoder(encoder, self._autoencoder)
            autoencoder = Autoencoder(build_network(weights, path), weights, device)
            self._networks[device] = _Networks(encoder, autoencoder)
        return self._networks[device]


def find_autoencoder(encoder: PictureEncoder, other: str | Path | None) -> tuple[Path, Weights]:
    """Return the weights of the encoder's autoencoder: the shipped ones of that name, or the other ones.

    Raises `InputError` where neither are the very ones that it was trained for.
    """
    candidates = [other] if other is not None else []
    if encoder.autoencoder in SHIPPED:
        candidates.append(encoder.autoencoder)
    for candidate in candidates:
        path = find_weights(candidate)
        weights = read_weights(path)
        if weight_fingerprint(weights.tensors) == encoder.autoencoder_fingerprint:
            return path, weights
    raise InputError(
        f"the picture weights '{encoder.name}' were trained for an autoencoder '{encoder.autoencoder}' that "
        "is not installed: give its file as the weights, or run 'voxview train --network picture' again"
    )


def chair_from_picture(
    path: str | os.PathLike[str],
    reader: PictureReader | None = None,
    *,
    crop: Crop | None = None,
    remove_background: bool | None = None,
) -> Chair:
    """Return the chair in a picture file, or in a crop of it; `remove_background` is as in `prepare_input`.

    It is read now: the chair holds what came out. Raises `InputError` for a picture that cannot be used or
    out of which nothing came, and as `PictureReader.read`.
    """
    picture = prepare_input(read_picture(path), crop, remove_background)
    return chair_of_result(path, (reader or PictureReader()).read(picture), crop)


def chair_of_result(path: str | os.PathLike[str], result: PictureResult, crop: Crop | None = None) -> Chair:
    """Return the chair that came out of a picture; raise `InputError` if nothing did.

    Its id is the path, with the crop; its source has the grid's fingerprint as well, so that what is kept by
    chair is not taken for what came out of the same file otherwise.
    """
    path = Path(path)
    if not result.grid.any():
        raise InputError(f"no chair came out of {path}: crop the picture to the chair")
    content = fingerprint(result.grid)
    known = KnownLatent(result.latent, result.autoencoder_fingerprint, content)
    details: Mapping[str, object] = {
        "picture": str(path),
        **({"crop": crop.text} if crop else {}),
        "view": result.view,
        "unfamiliarity": result.unfamiliarity,
        "autoencoder": result.autoencoder,
        **known.details(),
    }
    return Chair(
        id=f"{path} ({crop.text})" if crop else str(path),
        name=readable_name(path.stem),
        source=f"{path} ({content & (1 << 64) - 1:016x})",
        read=lambda: result.grid,
        details=details,
    )


def is_from_picture(chair: Chair) -> bool:
    """Return whether a chair came out of a picture."""
    return "picture" in chair.details


def encode_picture(
    rgb: NDArray[np.uint8], *, weights: str | Path | None = None, device: str | None = None
) -> Floats:
    """Return the latent `(8, 8)` float32 of the chair in a picture, `uint8 (h, w, 3)` RGB or `(h, w, 4)`.

    The picture shows the chair and little else; its background is left out where it is transparent or nearly
    of one colour. The latent is one of the default autoencoder, unless the picture weights (None: the shipped
    ones) name another. The networks stay in memory for the next call. Raises `InputError` (a `ValueError`)
    for another type or shape, and as `PictureReader.read`.
    """
    picture = prepare_input(picture_from_array(rgb))
    return _reader(device, weights).read(picture).latent


@lru_cache(maxsize=1)
def _reader(device: str | None, weights: str | Path | None) -> PictureReader:
    return PictureReader(device, weights)
