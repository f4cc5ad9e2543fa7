"""Random sampling of recipes, with the proportions of real chairs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from voxview.shapes.generator.frequencies import BACKS, BASES, KINDS, arm_frequencies, seat_frequencies
from voxview.shapes.generator.recipe import Design, Recipe

UPHOLSTERED = ("sofa", "easy chair")
LEGS = ("four legs", "splayed legs")


class Sampler:
    """Random numbers from `Generator.random()` alone, whose stream NumPy keeps stable for a seed."""

    DRAWS = 80
    """Numbers drawn at once, more than a recipe needs, so that every recipe advances the generator alike."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._draws = iter(rng.random(self.DRAWS).tolist())

    def bernoulli(self, share: float) -> bool:
        """Return True with probability `share`."""
        return next(self._draws) < share

    def uniform(self, low: float, high: float) -> float:
        """Return a uniform length between two, in centimetres, rounded to a tenth of a millimetre."""
        return round(low + (high - low) * next(self._draws), 2)

    def triangular(self, low: float, high: float) -> float:
        """Return a length of the symmetric triangular distribution between two, rounded as `uniform` does."""
        return round(low + (high - low) * (next(self._draws) + next(self._draws)) / 2, 2)

    def integer(self, low: int, high: int) -> int:
        """Return a uniform integer from `low` to `high`, both included."""
        return low + int(next(self._draws) * (high - low + 1))

    def choice(self, frequencies: Mapping[str, int]) -> str:
        """Return one of the names, with probability proportional to its frequency."""
        at = next(self._draws) * sum(frequencies.values())
        names = list(frequencies)
        while at >= frequencies[names[0]] and len(names) > 1:
            at -= frequencies[names.pop(0)]
        return names[0]


def random_recipe(rng: np.random.Generator) -> Recipe:
    """Sample a recipe; the same generator state gives the same recipe on every platform."""
    sampler = Sampler(rng)
    kind = sampler.choice(KINDS)
    base = sampler.choice(BASES[kind])
    back = sampler.choice(BACKS[kind])
    arms = sampler.choice(arm_frequencies(kind, back))
    seat = sampler.choice(seat_frequencies(kind, base, back))
    return random_measurements(rng, Design(kind, base, back, arms, seat))


def random_measurements(rng: np.random.Generator, design: Design) -> Recipe:
    """Sample the measurements of a design; return the recipe."""
    sampler = Sampler(rng)
    size = _size(sampler, design)
    parts = (
        _seat(sampler, design),
        _base(sampler, design, size["width"]),
        _back(sampler, design),
        _arms(sampler, design),
    )
    values = design._asdict() | size
    for part in parts:
        values |= part
    return Recipe(**values)


def _size(sampler: Sampler, design: Design) -> dict[str, Any]:
    """Sample width, depth, height and number of places of the seat."""
    kind, seats = design.kind, 1
    width, height = sampler.triangular(34, 60), sampler.triangular(35, 56)
    depth = width * sampler.triangular(0.82, 1.18)
    if kind == "armchair" or (kind == "office chair" and design.arms != "none"):
        width = sampler.triangular(46, 68)
        depth = width * sampler.triangular(0.82, 1.12)
    elif kind == "easy chair":
        width, height = sampler.triangular(52, 95), sampler.triangular(28, 48)
        depth = width * sampler.triangular(0.75, 1.2)
    elif kind == "sofa":
        seats = sampler.integer(1, 3)
        width, height = (
            seats * sampler.triangular(52, 66) + sampler.uniform(15, 45),
            sampler.triangular(36, 46),
        )
        depth = sampler.uniform(65, 90)
    elif kind == "bench":
        width, depth = sampler.uniform(90, 180), sampler.uniform(35, 55)
    elif kind == "stool":
        width, height = sampler.triangular(32, 50), sampler.triangular(38, 52)
        depth = width * sampler.triangular(0.82, 1.1)
    elif kind == "bar stool":
        width, height = sampler.triangular(32, 48), sampler.triangular(62, 80)
        depth = width * sampler.triangular(0.88, 1.12)
    return {"width": round(width, 2), "depth": round(depth, 2), "seat_height": height, "seats": seats}


def _seat(sampler: Sampler, design: Design) -> dict[str, Any]:
    kind = design.kind
    thickness = sampler.uniform(1.2, 5) if sampler.bernoulli(0.55) else sampler.uniform(5, 12)
    if kind in UPHOLSTERED:
        thickness = sampler.uniform(8, 24)
    slopes = kind not in ("stool", "bar stool", "bench") and sampler.bernoulli(0.2)
    apron = (
        design.seat == "square"
        and design.base in (*LEGS, "sled", "X legs")
        and not slopes
        and sampler.bernoulli(0.3)
    )
    return {
        "seat_thickness": thickness,
        "cushion": round(thickness * sampler.uniform(0.35, 0.6), 2)
        if thickness > 7 and sampler.bernoulli(0.6)
        else 0.0,
        "taper": sampler.uniform(0.75, 0.95) if design.seat == "trapezoid" else 1.0,
        "seat_rise": sampler.uniform(1, 7) if slopes else 0.0,
        "apron": sampler.uniform(3, 8) if apron else 0.0,
    }


def _base(sampler: Sampler, design: Design, width: float) -> dict[str, Any]:
    kind, base, _, _, _ = design
    thickness = sampler.uniform(4.5, 9) if sampler.bernoulli(0.22) else sampler.uniform(1.2, 4.5)
    if base in ("pedestal", "five-star", "cross foot"):
        thickness = round(thickness * 1.4, 2)
    stretched = base in LEGS and sampler.bernoulli(0.9 if kind == "bar stool" else 0.3)
    splay = {"splayed legs": (4, 12), "sled": (0, 4), "X legs": (0, 4)}.get(base, (0, 0))
    return {
        "leg_thickness": thickness,
        "leg_taper": sampler.uniform(0.45, 0.8) if sampler.bernoulli(0.4) else 1.0,
        "leg_round": sampler.bernoulli(0.35),
        "leg_inset": sampler.uniform(0, 4) if sampler.bernoulli(0.4) else 0.0,
        "splay": sampler.uniform(*splay),
        "rear_kick": sampler.uniform(2, 9) if sampler.bernoulli(0.35) else 0.0,
        "stretchers": sampler.choice({"box": 4, "H": 3, "sides": 2}) if stretched else "none",
        "stretcher_height": sampler.uniform(0.15, 0.5),
        "foot": sampler.choice(_foot_frequencies(kind, base)),
        "foot_spread": round(width / 2 * sampler.uniform(0.75, 1.1), 2),
    }


def _foot_frequencies(kind: str, base: str) -> dict[str, int]:
    if base == "pedestal":
        return {"round": 3, "square": 1}
    if base in ("five-star", "cross foot"):
        return {"casters": 7, "glides": 3} if kind == "office chair" else {"glides": 1}
    if base == "cantilever":
        return {"tube": 2, "board": 1}
    if base == "block":
        return {"feet": 1} if kind == "stool" else {"floor": 3, "feet": 6, "plinth": 1}
    return {"": 1}


def _back(sampler: Sampler, design: Design) -> dict[str, Any]:
    kind, back = design.kind, design.back
    height, thickness, lean = _back_size(sampler, kind, back)
    gap = 0.0
    if kind == "office chair" and back != "tub":
        gap = sampler.uniform(0.1, 0.35)
    elif kind not in UPHOLSTERED and back != "tub" and sampler.bernoulli(0.3):
        gap = sampler.uniform(0.1, 0.6)
    wraps = kind not in ("sofa", "bench") and sampler.bernoulli(0.25)
    crested = kind in ("chair", "armchair") and back != "tub" and sampler.bernoulli(0.12)
    tall_upholstery = kind == "easy chair" and back == "solid" and height > 42 and lean < 8
    return {
        "back_height": height,
        "back_width": sampler.uniform(0.75, 1.1) if sampler.bernoulli(0.4) else 1.0,
        "back_thickness": thickness,
        "back_lean": lean,
        "back_bend": sampler.uniform(0.3, 0.9) if sampler.bernoulli(0.3) else 0.0,
        "back_wrap": sampler.uniform(2, 10) if wraps else 0.0,
        "back_crown": sampler.uniform(0.1, 0.6) if sampler.bernoulli(0.3) and not crested else 0.0,
        "back_gap": gap,
        "back_count": sampler.integer(2, 8),
        "back_crest": sampler.uniform(1.5, 5) if crested else 0.0,
        "back_border": sampler.uniform(2.5, 6),
        "wings": tall_upholstery and sampler.bernoulli(0.5),
    }


def _back_size(sampler: Sampler, kind: str, back: str) -> tuple[float, float, float]:
    """Sample the back's height above the seat, thickness and lean."""
    if back == "none":
        return 0.0, 3.0, 0.0
    if back == "tub":
        return (
            sampler.triangular(22, 45),
            sampler.uniform(5, 22) if kind == "easy chair" else sampler.uniform(2.5, 5),
            0.0,
        )
    if kind == "easy chair":
        lean = sampler.uniform(18, 40) if sampler.bernoulli(0.15) else sampler.uniform(0, 18)
        return sampler.triangular(24, 68), sampler.uniform(5, 22), lean
    if kind == "sofa":
        return sampler.triangular(28, 52), sampler.uniform(10, 24), sampler.uniform(0, 12)
    height = {"bar stool": (14, 42), "bench": (32, 52)}.get(kind)
    thickness = sampler.uniform(0.8, 4.5) if sampler.bernoulli(0.72) else sampler.uniform(4.5, 10)
    lean = sampler.uniform(0, 6) if sampler.bernoulli(0.55) else sampler.uniform(6, 16)
    return sampler.uniform(*height) if height else sampler.triangular(25, 70), thickness, lean


def _arms(sampler: Sampler, design: Design) -> dict[str, Any]:
    thickness = {
        "padded": (10, 20) if design.kind in UPHOLSTERED else (5, 9),
        "loop": (2.5, 4.5),
    }.get(design.arms, (2.5, 6))
    low_rim = design.back == "tub" and sampler.bernoulli(0.4)
    return {
        "arm_height": sampler.uniform(0, 5) if low_rim else sampler.triangular(14, 28),
        "arm_thickness": sampler.uniform(*thickness),
        "arm_length": sampler.uniform(0.75, 1.0) if sampler.bernoulli(0.5) else 1.0,
    }
