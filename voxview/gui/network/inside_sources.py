"""What a network can be shown of what is on screen: a grid, a picture, a cloud, or the reason why nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxview.engine.latent_request import LatentResult
from voxview.engine.mix import MixResult
from voxview.engine.points_request import SeenCloud, seen_cloud
from voxview.gui.network.inside_texts import (
    NO_LABELS,
    NO_PICTURE,
    NO_POINTS,
    NOT_FROM,
    NOT_SHOWN,
    UNTRAINED,
)
from voxview.gui.session.shown import Result, Shown
from voxview.model.layers.rows import NetworkRows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voxview.engine.engine import Engine
    from voxview.engine.request import Device
    from voxview.shapes.chair import Chair
    from voxview.shapes.frame import Floats, Grid

_POINTS = ("pointnet", "pointnet2")


@dataclass(frozen=True, eq=False)
class Source:
    """What goes into a network; one of the three is there."""

    grid: Callable[[], Grid] | None = None
    latent: Callable[[Engine], Floats | None] = lambda _: None
    """The 64 numbers that are decoded; called on the engine's thread."""
    picture: NDArray[np.uint8] | None = None
    cloud: SeenCloud | None = None


def source_of(network: NetworkRows, shown: Shown, place: int, weights: str, device: Device) -> Source | str:
    """Return what a network is shown of A (0), the middle (1) or B (2), or why there is nothing, in words."""
    if network.name.startswith("alexnet"):
        return UNTRAINED
    if network.name == "parts":
        return NO_LABELS
    if network.name == "picture":
        return _of_chair(shown, place, "a picture", NO_PICTURE, _picture_source)
    if network.name in _POINTS:
        return _of_chair(shown, place, "points", NO_POINTS, _points_source)
    own = network.name == weights
    if place == 1:
        result = shown.result
        if result is None:
            return NOT_SHOWN
        return Source(lambda: result.grid, (lambda engine: latent_of(engine, result)) if own else _no_latent)
    if shown.pair is None:
        return NOT_SHOWN
    loaded = shown.pair[0 if place == 0 else 1]

    def own_latent(engine: Engine) -> Floats | None:
        return engine.latents([loaded.chair], _usable(engine, device))[0]

    return Source(lambda: loaded.grid, own_latent if own else _no_latent)


def first_place(network: NetworkRows, shown: Shown) -> int | None:
    """Return which of A (0) and B (2) a network of pictures or points can be shown first; None if neither."""
    make = _picture_source if network.name == "picture" else _points_source
    if shown.chairs is None or network.name not in ("picture", *_POINTS):
        return None
    places = [place for place, chair in ((0, shown.chairs[0]), (2, shown.chairs[1])) if make(chair)]
    return places[0] if places else None


def latent_of(engine: Engine, result: Result) -> Floats | None:
    """Return the 64 numbers `(8, 8)` that a result was decoded from."""
    if isinstance(result, LatentResult):
        return result.request.latent
    if isinstance(result, MixResult):
        return result.latent
    from voxview.latent.numpy_blend import blend

    request = result.request
    z_a, z_b = engine.latents([request.a, request.b], _usable(engine, request.device))
    return blend(z_a, z_b, _one(request.t))[0]


def _one(t: float) -> Floats:
    import numpy as np

    return np.array([t], np.float32)


def _usable(engine: Engine, device: Device) -> Device:
    return device if device in engine.devices else "cpu"


def _no_latent(_: Engine) -> None:
    return None


def _of_chair(
    shown: Shown, place: int, what: str, none: str, make: Callable[[Chair], Source | None]
) -> Source | str:
    """Return what a chair came from; where this one came from nothing like it, say which did."""
    if shown.chairs is None:
        return NOT_SHOWN
    sources = {"A": make(shown.chairs[0]), "B": make(shown.chairs[1])}
    found = sources.get({0: "A", 2: "B"}.get(place, ""))
    if found is not None:
        return found
    others = [letter for letter, source in sources.items() if source is not None]
    return NOT_FROM.format(what=what, others=" or ".join(others)) if others else none


def _picture_source(chair: Chair) -> Source | None:
    pixels = chair.details.get("thumbnail")
    shape = getattr(pixels, "shape", None)
    return Source(picture=pixels) if shape == (227, 227, 3) else None  # type: ignore[arg-type]


def _points_source(chair: Chair) -> Source | None:
    cloud = seen_cloud(chair)
    return None if cloud is None else Source(cloud=cloud)
