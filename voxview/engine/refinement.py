"""Refinement of a pair in small steps: of one that was loaded quickly, and before a morph."""

from __future__ import annotations

from collections.abc import Iterator

from voxview.engine.chair_cache import ChairCache
from voxview.engine.events import DecodedAhead, PairLoaded
from voxview.engine.pair_loading import PairLoader
from voxview.engine.request import PATH_STEPS, BlendRequest


def refine_pair(
    request: BlendRequest, chairs: ChairCache, pairs: PairLoader
) -> Iterator[DecodedAhead | PairLoaded]:
    """Refine the unrefined encodings of the request's pair in small steps, then yield the pair once more.

    Yields nothing if both are refined already, as they always are on a GPU.
    """
    unrefined = chairs.unrefined((request.a, request.b)) if request.device == "cpu" else []
    if not unrefined:
        return
    for _ in chairs.encode_in_steps(unrefined):
        yield DecodedAhead(0, PATH_STEPS)
    yield PairLoaded(*pairs.load(request.a, request.b))


def encode_pair(request: BlendRequest, chairs: ChairCache) -> Iterator[None]:
    """Encode those of the request's two chairs that have no refined latent on the CPU, in small steps."""
    missing = chairs.without_latent((request.a, request.b)) if request.device == "cpu" else []
    if missing:
        yield from chairs.encode_in_steps(missing)
