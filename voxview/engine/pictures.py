"""Pictures become chairs: the picture encoder's latent, decoded by the autoencoder that it is one of."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import LEVEL, UNFAMILIAR
from voxview.engine.decoded_chair import decoded_chair
from voxview.engine.network_reader import EncoderReader
from voxview.errors import InputError
from voxview.model.completion import complete
from voxview.model.picture_card import find_picture_weights
from voxview.model.picture_encoder import PictureEncoder
from voxview.model.picture_weights import read_picture_weights
from voxview.pictures.crop import Crop
from voxview.pictures.network_input import NetworkInput, prepare_input
from voxview.pictures.read import picture_from_array, read_picture
from voxview.pictures.view import View
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Field, Floats, Grid


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
    """What encoding, completing and decoding took; loading the networks is not counted."""

    @property
    def is_unfamiliar(self) -> bool:
        """Whether the picture is unlike those that the network learnt from."""
        return self.unfamiliarity > UNFAMILIAR


class PictureReader(EncoderReader[PictureEncoder, NetworkInput, PictureResult]):
    """The picture encoder and its autoencoder, loaded once when the first picture is read."""

    what = "the picture"
    kind = "picture"

    def _check_weights(self) -> None:
        find_picture_weights(self._weights)

    def _read(self, picture: NetworkInput, device: str) -> PictureResult:
        networks = self._on(device)
        start = time.perf_counter()
        encoding = networks.encoder.encode(picture.pixels[None])
        latent = complete(networks.autoencoder, encoding.latents)[0]
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

    def _encoder(self, weights: str | Path | None, device: str) -> PictureEncoder:
        return PictureEncoder(read_picture_weights(find_picture_weights(weights)), device)


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
    """Return the chair that came out of a picture, whose id is the path, with the crop.

    Raises `InputError` if nothing came out.
    """
    path = Path(path)
    if not result.grid.any():
        raise InputError(f"no chair came out of {path}: crop the picture to the chair")
    details: Mapping[str, object] = {
        "picture": str(path),
        **({"crop": crop.text} if crop else {}),
        "view": result.view,
        "unfamiliarity": result.unfamiliarity,
        "autoencoder": result.autoencoder,
    }
    name = f"{path} ({crop.text})" if crop else str(path)
    return decoded_chair(path, name, result.grid, result.latent, result.autoencoder_fingerprint, details)


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
