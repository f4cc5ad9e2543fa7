"""Points become chairs: the points encoder's latent, refined against the points, and decoded."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import LEVEL
from voxview.engine.decoded_chair import decoded_chair
from voxview.engine.network_reader import EncoderReader
from voxview.engine.points_request import AUTO, PointsRequest, SeenCloud, points_request
from voxview.errors import InputError
from voxview.model.autoencoder import Autoencoder
from voxview.model.points_card import find_points_weights
from voxview.model.points_encoder import PointsEncoder, check_points, make_cloud
from voxview.model.points_search import FoundChair, find_chair
from voxview.model.points_weights import read_points_weights
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Doubles, Field, Floats, Grid
from voxview.shapes.orient import rotation_matrix
from voxview.shapes.points.clean import CleanCloud
from voxview.shapes.points.crop import Box
from voxview.shapes.points.upright import table_warning, up_of_floor
from voxview.to_end import run_to_end


@dataclass(frozen=True, eq=False)
class PointsResult:
    """What came out of one cloud."""

    found: FoundChair
    cloud: CleanCloud
    warnings: tuple[str, ...]
    """Why it may be no chair, a line each."""
    autoencoder: str
    """Name of the autoencoder."""
    autoencoder_fingerprint: str
    encoder: str
    """`pointnet` or `pointnet++`."""
    box: Box | None
    """What the cloud was cropped to; None for all of it."""
    seconds: float
    """What encoding, refining and decoding took; cleaning and loading the networks are not counted."""

    @property
    def latent(self) -> Floats:
        """`(8, 8)`, of the autoencoder."""
        return self.found.latent

    @property
    def field(self) -> Field:
        """Decoded from it, `float32 (32, 32, 32)`."""
        return self.found.field

    @property
    def grid(self) -> Grid:
        """`bool (32, 32, 32)`; it may be empty."""
        return self.found.field > LEVEL

    @property
    def stands(self) -> str:
        """How the cloud stands: `z up, turned by 90°`."""
        return f"{self.found.up} up, turned by {round(self.found.turn) % 360}°"

    @property
    def seen(self) -> SeenCloud:
        """The points that the network has seen."""
        cloud = make_cloud(self.cloud.points)
        upright = cloud.points @ rotation_matrix(self.found.up).T.astype(np.float32)
        return SeenCloud(upright, self.in_frame(cloud.mean + cloud.size * cloud.points.astype(np.float64)))

    def in_frame(self, points: Doubles) -> Doubles:
        """Return points `(n, 3)` of the cloud's own axes and unit in the chair's frame."""
        return points @ self.found.to_frame[:3, :3].T + self.found.to_frame[:3, 3]


class PointsReader(EncoderReader[PointsEncoder, PointsRequest, PointsResult]):
    """The points encoder and its autoencoder, loaded once when the first cloud is read."""

    what = "the points"
    kind = "points"

    def _check_weights(self) -> None:
        find_points_weights(self._weights)

    def _encoder(self, weights: str | Path | None, device: str) -> PointsEncoder:
        return PointsEncoder(read_points_weights(find_points_weights(weights)), device)

    def _read(self, given: PointsRequest, device: str) -> PointsResult:
        networks = self._on(device)
        start = time.perf_counter()
        found = find_in_request(networks.encoder, networks.autoencoder, given)
        table = table_warning(given.cloud.points @ rotation_matrix(found.up).T)
        return PointsResult(
            found,
            given.cloud,
            (*given.cloud.warnings, *((table,) if table else ())),
            networks.encoder.autoencoder,
            networks.encoder.autoencoder_fingerprint,
            networks.encoder.kind,
            given.box,
            time.perf_counter() - start,
        )


def find_in_request(encoder: PointsEncoder, autoencoder: Autoencoder, request: PointsRequest) -> FoundChair:
    """Return the chair that a request is about: a floor that was found says which axis is up."""
    up = (up_of_floor(request.cloud.floor) or AUTO) if request.up == AUTO else request.up
    turn = None if request.turn == AUTO else float(request.turn)
    cloud = make_cloud(request.cloud.points)
    return find_chair(encoder, autoencoder, cloud, up, turn, viewpoint=request.viewpoint)


def chair_of_points(path: str | os.PathLike[str], result: PointsResult) -> Chair:
    """Return the chair that came out of a file of points, whose id is the path, and the box of a crop.

    Raises `InputError` if nothing came out.
    """
    path = Path(path)
    if not result.grid.any():
        raise InputError(f"no chair came out of {path}: crop the cloud to the chair")
    details: Mapping[str, object] = {
        "points": str(path),
        "stands": result.stands,
        "distance": result.found.distance,
        "autoencoder": result.autoencoder,
        "cloud": result.seen,
    }
    name = str(path) if result.box is None else f"{path} ({result.box.text})"
    return decoded_chair(path, name, result.grid, result.latent, result.autoencoder_fingerprint, details)


def is_from_points(chair: Chair) -> bool:
    """Return whether a chair came out of points."""
    return "points" in chair.details


def encode_points(
    xyz: NDArray[np.floating],
    up: str = AUTO,
    turn: float | str = AUTO,
    *,
    weights: str | Path | None = None,
    device: str | None = None,
) -> Floats:
    """Return the latent `(8, 8)` float32 of the chair in points, float `(n, 3)` of any unit and origin.

    `up` is the axis that is up, such as `y`, `turn` the degrees by which the points have then to be turned
    about it, counter-clockwise seen from above; `auto`: found. The latent is refined against the points. It
    is one of the default autoencoder, unless the points weights (None: the shipped ones) name another. The
    networks stay in memory for the next call. Raises `InputError` (a `ValueError`) for another type or shape,
    for points that cannot be a chair, and as `PointsReader.read`.
    """
    request = run_to_end(points_request(check_points(xyz), up, turn))
    return _reader(device, weights).read(request).latent


@lru_cache(maxsize=1)
def _reader(device: str | None, weights: str | Path | None) -> PointsReader:
    return PointsReader(device, weights)
