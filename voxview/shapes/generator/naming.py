"""A telling name for a recipe."""

from __future__ import annotations

from voxview.shapes.generator.recipe import Recipe

STANDS = {
    "four legs": "four-leg",
    "splayed legs": "splayed-leg",
    "five-star": "five-star",
    "cross foot": "cross-foot",
    "X legs": "X-leg",
    "side panels": "panel-sided",
    "rockers": "",
}
PLACES = {1: "one-seat sofa", 2: "two-seat sofa", 3: "three-seat sofa"}
NOUN_BACKS = ("spindle", "ladder", "splat", "tub")
"""Backs whose word comes last: "a tilted ladder back", but "a slatted, tilted back"."""


def chair_name(recipe: Recipe) -> str:
    """What a person calls it: "Splayed-leg armchair with a slatted, tilted back"."""
    kind = PLACES[recipe.seats] if recipe.kind == "sofa" else recipe.kind
    name = f"{STANDS.get(recipe.base, recipe.base)} {kind}".strip()
    features = ["a round seat"] if recipe.seat == "round" else []
    features += ["stretchers"] if recipe.stretchers != "none" and recipe.back == "none" else []
    features += [_back(recipe)] if recipe.back != "none" else []
    if features:
        name += " with " + " and ".join(features)
    return name[0].upper() + name[1:]


def _back(recipe: Recipe) -> str:
    words = _manners(recipe) if recipe.back != "tub" else []
    if recipe.back in NOUN_BACKS:
        phrase = " ".join(filter(None, [", ".join(words), recipe.back]))
    else:
        phrase = ", ".join([recipe.back, *words])
    article = "an" if phrase[0] in "aeiou" else "a"
    return f"{article} {phrase} back"


def _manners(recipe: Recipe) -> list[str]:
    """What shows in the grid: at the usual size a voxel is some three centimetres."""
    curved = recipe.back_wrap > 4 or (recipe.back_bend > 0.3 and recipe.back_lean > 6)
    return [
        word
        for word, shows in (
            ("winged", recipe.wings),
            ("crested", recipe.back_crest > 2),
            ("rounded", recipe.back_crown > 0.2),
            ("curved", curved),
            ("tilted", recipe.back_lean > 9),
        )
        if shows
    ]
