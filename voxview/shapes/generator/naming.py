"""Display names of recipes."""

from __future__ import annotations

from voxview.shapes.generator.recipe import Recipe

_BASE_WORDS = {
    "four legs": "four-leg",
    "splayed legs": "splayed-leg",
    "five-star": "five-star",
    "cross foot": "cross-foot",
    "X legs": "X-leg",
    "side panels": "panel-sided",
    "rockers": "",
}
_SOFA_NAMES = {1: "one-seat sofa", 2: "two-seat sofa", 3: "three-seat sofa"}
_NOUN_BACKS = ("spindle", "ladder", "splat", "tub")
"""Backs whose word comes after the adjectives: "a tilted ladder back", but "a slatted, tilted back"."""


def chair_name(recipe: Recipe) -> str:
    """Return a display name: "Splayed-leg armchair with a slatted, tilted back"."""
    kind = _SOFA_NAMES[recipe.seats] if recipe.kind == "sofa" else recipe.kind
    name = f"{_BASE_WORDS.get(recipe.base, recipe.base)} {kind}".strip()
    features = ["a round seat"] if recipe.seat == "round" else []
    features += ["stretchers"] if recipe.stretchers != "none" and recipe.back == "none" else []
    features += [_back(recipe)] if recipe.back != "none" else []
    if features:
        name += " with " + " and ".join(features)
    return name[0].upper() + name[1:]


def _back(recipe: Recipe) -> str:
    words = _adjectives(recipe) if recipe.back != "tub" else []
    if recipe.back in _NOUN_BACKS:
        phrase = " ".join(filter(None, [", ".join(words), recipe.back]))
    else:
        phrase = ", ".join([recipe.back, *words])
    article = "an" if phrase[0] in "aeiou" else "a"
    return f"{article} {phrase} back"


def _adjectives(recipe: Recipe) -> list[str]:
    """Return the adjectives of features that a grid resolves: a voxel is about three centimetres."""
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
