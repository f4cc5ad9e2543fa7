"""What the layers of a network see of one chair, of one picture or of one cloud: on the CPU, on request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from voxview.errors import InputError
from voxview.model.autoencoder import Autoencoder, load_autoencoder
from voxview.model.layers.cloud_inside import CloudInside, look_inside_cloud
from voxview.model.layers.inside import LayerActivations, Pass, look_inside
from voxview.model.picture_card import find_picture_weights
from voxview.model.picture_encoder import as_input
from voxview.model.picture_network import PictureNetwork
from voxview.model.picture_weights import read_picture_weights
from voxview.model.points_card import find_points_weights
from voxview.model.points_network import PointsNetwork
from voxview.model.points_weights import read_points_weights
from voxview.model.shared_mlp import without_normalisations
from voxview.shapes.frame import Floats, Grid

if TYPE_CHECKING:
    from voxview.engine.engine import Engine

Check = Callable[[], None]
"""Called before each layer: what it raises ends the work."""


@dataclass(frozen=True, eq=False)
class InsideRequest:
    """A layer, one of its channels, and what goes in."""

    network: str
    """Name of an autoencoder, or `picture`."""
    layers: tuple[str, ...]
    """The layer, and of a norm that of which inference has made it a part: the first that there is counts."""
    channel: int
    given: Grid | NDArray[np.uint8]
    """A grid `(32, 32, 32)`, or a picture `(227, 227, 3)` RGB."""
    latent: Floats | None = None
    """What is decoded, `(8, 8)`; None: the grid's unrefined encoding."""


class InsideReader:
    """The networks that were looked into so far; used on the engine's thread."""

    def __init__(self) -> None:
        self._autoencoders: dict[str, Autoencoder] = {}
        self._pictures: PictureNetwork | None = None
        self._points: dict[str, PointsNetwork] = {}
        self._decoding: set[tuple[str, str]] = set()
        """Layers that are in the decoder, with their networks."""

    def look(self, engine: Engine, request: InsideRequest, check: Check) -> LayerActivations:
        """Return what a layer gives. Raises `InputError` where there are no weights, or no such layer."""
        if request.network == "picture":
            found = self._look_at_picture(request, check)
        else:
            found = self._look_at_grid(engine, request, check)
        if found is None:
            raise InputError(f"{request.network} has no layer '{request.layers[0]}' that can be looked at")
        return found

    def look_at_cloud(self, network: str, points: Floats, check: Check) -> CloudInside:
        """Return what a points encoder, `pointnet` or `pointnet2`, makes of a cloud `(m, 3)`."""
        if network not in self._points:
            weights = read_points_weights(find_points_weights(network))
            self._points[network] = without_normalisations(weights.network)
        check()
        return look_inside_cloud(self._points[network], points, check)

    # ---- inside ---------------------------------------------------------------------------------

    def _look_at_picture(self, request: InsideRequest, check: Check) -> LayerActivations | None:
        if self._pictures is None:
            self._pictures = read_picture_weights(find_picture_weights()).network.eval()
        network = self._pictures
        pixels = as_input(torch.from_numpy(np.array(request.given[None])))
        return look_inside(Pass(network, network, pixels), request.layers, request.channel, check)

    def _look_at_grid(self, engine: Engine, request: InsideRequest, check: Check) -> LayerActivations | None:
        autoencoder = self._autoencoder(engine, request.network)
        network = autoencoder.network
        key = request.network, request.layers[0]
        if key not in self._decoding:
            occupancy = torch.from_numpy(np.array(request.given[None, None], np.float32))
            encoding = Pass(network, network.encode, occupancy)
            found = look_inside(encoding, request.layers, request.channel, check)
            if found is not None:
                return found
            self._decoding.add(key)
        latent = request.latent
        if latent is None:
            latent = autoencoder.encode(request.given.astype(np.bool_)[None], refine=0)[0]
        decoding = Pass(network, network.decode, torch.from_numpy(latent[None].copy()))
        return look_inside(decoding, request.layers, request.channel, check)

    def _autoencoder(self, engine: Engine, name: str) -> Autoencoder:
        if name == engine.weights:
            return engine.autoencoder
        if name not in self._autoencoders:
            self._autoencoders[name] = load_autoencoder(name, "cpu")
        return self._autoencoders[name]
