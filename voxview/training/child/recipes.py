"""What a run of the window begins with: few numbers that a person may change, the rest as it was tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """Options of a run, by the names of `TrainConfig`'s fields."""

    title: str
    text: str
    """What to expect of it."""
    options: Mapping[str, str | int | float]
    starts_from: bool = False
    """Whether it begins with weights that there are."""


_SHAPES_ALONE = {
    **dict.fromkeys(("blends", "connectivity", "symmetry", "evenness", "critic"), 0.0),
    **dict.fromkeys(("latent_noise", "weight_decay"), 0.0),
}
"""Losses on blends take two thirds of the time, and help only once there are chairs."""

RECIPES = (
    Recipe(
        "Small network, from nothing",
        "Two to three minutes on two cores, to something like chairs: the 2018 study's network, without "
        "losses on blends.",
        {
            **{"architecture": "study", "steps": 500, "batch": 16, "learning_rate": 0.002, "samples": 2000},
            **_SHAPES_ALONE,
        },
    ),
    Recipe(
        "Go on from weights",
        "The quickest way to better weights for your own chairs. Without a GPU take study: a short run of a "
        "large network makes it worse at first.",
        {"steps": 150, "batch": 4, "warm_up": 20, "learning_rate": 0.0005, "samples": 2000},
        starts_from=True,
    ),
    Recipe(
        "Large network, from nothing",
        "The network of the default weights. It needs a GPU: on two cores it only shows that it runs.",
        {"architecture": "symmetric", "steps": 12000, "batch": 0, "learning_rate": 0.002, "samples": 20000},
    ),
)
