"""Random recipes whose proportions are those of real chairs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from voxview.shapes.generator.odds import BACKS, BASES, KINDS, arms_odds, seat_odds
from voxview.shapes.generator.recipe import Design, Recipe

UPHOLSTERED = ("sofa", "easy chair")
LEGS = ("four legs", "splayed legs")


class Dice:
    """Numbers from a generator, by `random()` alone: NumPy keeps its stream the same for a seed."""

    THROWS = 80
    """Drawn in one go, more than a recipe needs, so that every recipe moves the generator on alike."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._throws = iter(rng.random(self.THROWS).tolist())

    def chance(self, share: float) -> bool:
        """True this share of the time."""
        return next(self._throws) < share

    def length(self, low: float, high: float) -> float:
        """Evenly between two lengths, to a tenth of a millimetre."""
        return round(low + (high - low) * next(self._throws), 2)

    def middle(self, low: float, high: float) -> float:
        """Between two lengths, the middle more often than the ends."""
        return round(low + (high - low) * (next(self._throws) + next(self._throws)) / 2, 2)

    def whole(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(next(self._throws) * (high - low + 1))

    def pick(self, odds: Mapping[str, int]) -> str:
        """One of the names, as often as its odds say."""
        at = next(self._throws) * sum(odds.values())
        names = list(odds)
        while at >= odds[names[0]] and len(names) > 1:
            at -= odds[names.pop(0)]
        return names[0]


def random_recipe(rng: np.random.Generator) -> Recipe:
    """A recipe for one chair; the same generator state gives the same recipe on every platform."""
    dice = Dice(rng)
    kind = dice.pick(KINDS)
    base = dice.pick(BASES[kind])
    back = dice.pick(BACKS[kind])
    arms = dice.pick(arms_odds(kind, back))
    seat = dice.pick(seat_odds(kind, base, back))
    return random_measures(rng, Design(kind, base, back, arms, seat))


def random_measures(rng: np.random.Generator, design: Design) -> Recipe:
    """A recipe for one chair of this design, its measurements rolled to suit."""
    dice = Dice(rng)
    size = _size(dice, design)
    parts = (
        _seat(dice, design),
        _base(dice, design, size["width"]),
        _back(dice, design),
        _arms(dice, design),
    )
    values = design._asdict() | size
    for part in parts:
        values |= part
    return Recipe(**values)


def _size(dice: Dice, design: Design) -> dict[str, Any]:
    """Width, depth, height and number of places of the seat."""
    kind, seats = design.kind, 1
    width, height = dice.middle(34, 60), dice.middle(35, 56)
    depth = width * dice.middle(0.82, 1.18)
    if kind == "armchair" or (kind == "office chair" and design.arms != "none"):
        width = dice.middle(46, 68)
        depth = width * dice.middle(0.82, 1.12)
    elif kind == "easy chair":
        width, height = dice.middle(52, 95), dice.middle(28, 48)
        depth = width * dice.middle(0.75, 1.2)
    elif kind == "sofa":
        seats = dice.whole(1, 3)
        width, height = seats * dice.middle(52, 66) + dice.length(15, 45), dice.middle(36, 46)
        depth = dice.length(65, 90)
    elif kind == "bench":
        width, depth = dice.length(90, 180), dice.length(35, 55)
    elif kind == "stool":
        width, height = dice.middle(32, 50), dice.middle(38, 52)
        depth = width * dice.middle(0.82, 1.1)
    elif kind == "bar stool":
        width, height = dice.middle(32, 48), dice.middle(62, 80)
        depth = width * dice.middle(0.88, 1.12)
    return {"width": round(width, 2), "depth": round(depth, 2), "seat_height": height, "seats": seats}


def _seat(dice: Dice, design: Design) -> dict[str, Any]:
    kind = design.kind
    thickness = dice.length(1.2, 5) if dice.chance(0.55) else dice.length(5, 12)
    if kind in UPHOLSTERED:
        thickness = dice.length(8, 24)
    slopes = kind not in ("stool", "bar stool", "bench") and dice.chance(0.2)
    apron = (
        design.seat == "square"
        and design.base in (*LEGS, "sled", "X legs")
        and not slopes
        and dice.chance(0.3)
    )
    return {
        "seat_thickness": thickness,
        "cushion": round(thickness * dice.length(0.35, 0.6), 2)
        if thickness > 7 and dice.chance(0.6)
        else 0.0,
        "taper": dice.length(0.75, 0.95) if design.seat == "trapezoid" else 1.0,
        "seat_rise": dice.length(1, 7) if slopes else 0.0,
        "apron": dice.length(3, 8) if apron else 0.0,
    }


def _base(dice: Dice, design: Design, width: float) -> dict[str, Any]:
    kind, base, _, _, _ = design
    thickness = dice.length(4.5, 9) if dice.chance(0.22) else dice.length(1.2, 4.5)
    if base in ("pedestal", "five-star", "cross foot"):
        thickness = round(thickness * 1.4, 2)
    stretched = base in LEGS and dice.chance(0.9 if kind == "bar stool" else 0.3)
    splay = {"splayed legs": (4, 12), "sled": (0, 4), "X legs": (0, 4)}.get(base, (0, 0))
    return {
        "leg_thickness": thickness,
        "leg_taper": dice.length(0.45, 0.8) if dice.chance(0.4) else 1.0,
        "leg_round": dice.chance(0.35),
        "leg_inset": dice.length(0, 4) if dice.chance(0.4) else 0.0,
        "splay": dice.length(*splay),
        "rear_kick": dice.length(2, 9) if dice.chance(0.35) else 0.0,
        "stretchers": dice.pick({"box": 4, "H": 3, "sides": 2}) if stretched else "none",
        "stretcher_height": dice.length(0.15, 0.5),
        "foot": dice.pick(_foot_odds(kind, base)),
        "foot_spread": round(width / 2 * dice.length(0.75, 1.1), 2),
    }


def _foot_odds(kind: str, base: str) -> dict[str, int]:
    if base == "pedestal":
        return {"round": 3, "square": 1}
    if base in ("five-star", "cross foot"):
        return {"casters": 7, "glides": 3} if kind == "office chair" else {"glides": 1}
    if base == "cantilever":
        return {"tube": 2, "board": 1}
    if base == "block":
        return {"feet": 1} if kind == "stool" else {"floor": 3, "feet": 6, "plinth": 1}
    return {"": 1}


def _back(dice: Dice, design: Design) -> dict[str, Any]:
    kind, back = design.kind, design.back
    height, thickness, lean = _back_size(dice, kind, back)
    gap = 0.0
    if kind == "office chair" and back != "tub":
        gap = dice.length(0.1, 0.35)
    elif kind not in UPHOLSTERED and back != "tub" and dice.chance(0.3):
        gap = dice.length(0.1, 0.6)
    wraps = kind not in ("sofa", "bench") and dice.chance(0.25)
    crested = kind in ("chair", "armchair") and back != "tub" and dice.chance(0.12)
    tall_upholstery = kind == "easy chair" and back == "solid" and height > 42 and lean < 8
    return {
        "back_height": height,
        "back_width": dice.length(0.75, 1.1) if dice.chance(0.4) else 1.0,
        "back_thickness": thickness,
        "back_lean": lean,
        "back_bend": dice.length(0.3, 0.9) if dice.chance(0.3) else 0.0,
        "back_wrap": dice.length(2, 10) if wraps else 0.0,
        "back_crown": dice.length(0.1, 0.6) if dice.chance(0.3) and not crested else 0.0,
        "back_gap": gap,
        "back_count": dice.whole(2, 8),
        "back_crest": dice.length(1.5, 5) if crested else 0.0,
        "back_border": dice.length(2.5, 6),
        "wings": tall_upholstery and dice.chance(0.5),
    }


def _back_size(dice: Dice, kind: str, back: str) -> tuple[float, float, float]:
    """Height above the seat, thickness and lean."""
    if back == "none":
        return 0.0, 3.0, 0.0
    if back == "tub":
        return dice.middle(22, 45), dice.length(5, 22) if kind == "easy chair" else dice.length(2.5, 5), 0.0
    if kind == "easy chair":
        lean = dice.length(18, 40) if dice.chance(0.15) else dice.length(0, 18)
        return dice.middle(24, 68), dice.length(5, 22), lean
    if kind == "sofa":
        return dice.middle(28, 52), dice.length(10, 24), dice.length(0, 12)
    height = {"bar stool": (14, 42), "bench": (32, 52)}.get(kind)
    thickness = dice.length(0.8, 4.5) if dice.chance(0.72) else dice.length(4.5, 10)
    lean = dice.length(0, 6) if dice.chance(0.55) else dice.length(6, 16)
    return dice.length(*height) if height else dice.middle(25, 70), thickness, lean


def _arms(dice: Dice, design: Design) -> dict[str, Any]:
    thickness = {
        "padded": (10, 20) if design.kind in UPHOLSTERED else (5, 9),
        "loop": (2.5, 4.5),
    }.get(design.arms, (2.5, 6))
    low_rim = design.back == "tub" and dice.chance(0.4)
    return {
        "arm_height": dice.length(0, 5) if low_rim else dice.middle(14, 28),
        "arm_thickness": dice.length(*thickness),
        "arm_length": dice.length(0.75, 1.0) if dice.chance(0.5) else 1.0,
    }
