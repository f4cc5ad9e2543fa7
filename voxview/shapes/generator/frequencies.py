"""Relative frequencies of kinds, bases, backs, arms and seats, close to those of ShapeNet's chairs."""

from __future__ import annotations

Frequencies = dict[str, int]

KINDS: Frequencies = {
    "chair": 49,
    "armchair": 16,
    "easy chair": 14,
    "office chair": 6,
    "sofa": 6,
    "bench": 2,
    "stool": 2,
    "bar stool": 4,
    "rocking chair": 1,
}

_LEGS: Frequencies = {
    "four legs": 62,
    "splayed legs": 14,
    "sled": 7,
    "cantilever": 5,
    "X legs": 3,
    "side panels": 4,
    "block": 3,
    "pedestal": 3,
    "cross foot": 5,
}
BASES: dict[str, Frequencies] = {
    "chair": _LEGS,
    "armchair": _LEGS,
    "easy chair": {
        "block": 45,
        "four legs": 20,
        "splayed legs": 8,
        "cross foot": 8,
        "sled": 8,
        "pedestal": 4,
        "side panels": 5,
    },
    "office chair": {"five-star": 80, "cross foot": 20},
    "sofa": {"block": 70, "four legs": 20, "sled": 5, "side panels": 5},
    "bench": {"four legs": 60, "side panels": 20, "sled": 10, "X legs": 5, "block": 5},
    "stool": {
        "four legs": 40,
        "splayed legs": 20,
        "pedestal": 15,
        "five-star": 5,
        "block": 10,
        "X legs": 5,
        "sled": 5,
    },
    "bar stool": {"four legs": 40, "splayed legs": 20, "pedestal": 25, "cross foot": 5, "sled": 10},
    "rocking chair": {"rockers": 1},
}

_LIGHT_BACKS: Frequencies = {
    "solid": 60,
    "slatted": 7,
    "tub": 7,
    "railed": 7,
    "open": 6,
    "ladder": 5,
    "framed": 5,
    "spindle": 4,
    "splat": 4,
}
BACKS: dict[str, Frequencies] = {
    "chair": _LIGHT_BACKS,
    "armchair": _LIGHT_BACKS,
    "rocking chair": _LIGHT_BACKS,
    "easy chair": {"solid": 75, "tub": 15, "railed": 5, "slatted": 5},
    "office chair": {"solid": 80, "railed": 8, "framed": 4, "tub": 8},
    "sofa": {"solid": 95, "slatted": 5},
    "bench": {"none": 40, "solid": 25, "slatted": 15, "railed": 15, "open": 5},
    "stool": {"none": 1},
    "bar stool": {"none": 35, "solid": 40, "railed": 10, "open": 10, "slatted": 5},
}

_NO_ARMS: Frequencies = {"none": 1}
_UPHOLSTERED_ARMS: Frequencies = {"padded": 60, "panel": 12, "rail": 12, "sloped": 6, "none": 10}
_WOODEN_ARMS: Frequencies = {"rail": 50, "panel": 12, "padded": 8, "sloped": 15, "loop": 15}
_ARMS: dict[str, Frequencies] = {
    "sofa": _UPHOLSTERED_ARMS,
    "easy chair": _UPHOLSTERED_ARMS,
    "armchair": _WOODEN_ARMS,
    "rocking chair": _WOODEN_ARMS,
    "office chair": {"none": 30, "rail": 25, "loop": 35, "sloped": 10},
    "bench": {"none": 60, "rail": 30, "panel": 10},
}

# Bases that go with straight seat edges.
_SQUARE_BASES = ("sled", "cantilever", "side panels", "X legs", "block", "rockers")


def arm_frequencies(kind: str, back: str) -> Frequencies:
    """Return the frequencies of arms for a kind and a back; a tub has no separate arms."""
    return _NO_ARMS if back in ("none", "tub") else _ARMS.get(kind, _NO_ARMS)


def seat_frequencies(kind: str, base: str, back: str) -> Frequencies:
    """Return the frequencies of seat outlines for a kind, a base and a back."""
    if kind in ("sofa", "bench", "easy chair"):
        return {"soft": 1} if back == "tub" else {"square": 1}
    if back == "tub":
        return {"soft": 2, "round": 1}
    if kind in ("stool", "bar stool"):
        return {"square": 4, "soft": 2, "round": 4}
    if base in _SQUARE_BASES:
        return {"square": 7, "soft": 3}
    return {"square": 55, "trapezoid": 20, "soft": 17, "round": 8}
