"""A latent that is known of a chair beforehand: its grid was decoded from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voxview.shapes.bits import fingerprint
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Floats, Grid

_KEY = "known latent"
"""Entry of a chair's details."""


@dataclass(frozen=True, eq=False)
class KnownLatent:
    """A latent, whose it is, and what was decoded from it."""

    latent: Floats
    """`(8, 8)`"""
    weights: str
    """Fingerprint of the autoencoder's weights; see `model.weight_fingerprint`."""
    grid_fingerprint: int
    """Of the grid: a chair that was turned since has another one, and another latent."""

    def details(self) -> Mapping[str, object]:
        """Return the entry of a chair's details that holds it."""
        return {_KEY: self}


def known_latent(chair: Chair) -> KnownLatent | None:
    """Return the latent that is known of a chair, if one is."""
    known = chair.details.get(_KEY)
    return known if isinstance(known, KnownLatent) else None


def latent_of(known: KnownLatent, weights: str, grid: Grid) -> Floats | None:
    """Return the latent `(8, 8)` if it is one of these weights and of this grid."""
    fits = known.weights == weights and known.grid_fingerprint == fingerprint(grid)
    return known.latent if fits else None
