"""Unusual chairs, for training only: bent boards, bowls, loungers, round rails, bent legs and odd additions.

The sample chairs and `random_recipe` have straight parts, put together in the usual way. Weights that learn
from those alone take every curve for the nearest straight part. Here each chair has one part or more of which
real catalogs have a few in every hundred.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import ONE_PIECE
from voxview.shapes.components import largest_component_share
from voxview.shapes.frame import Grid
from voxview.shapes.generator.base import base_solids
from voxview.shapes.generator.build import voxelize_solids
from voxview.shapes.generator.curved_solids import Dish, Point, Profile, Ribbon, bars, smooth
from voxview.shapes.generator.parts import (
    Part,
    Split,
    above,
    along,
    arm_parts,
    back_parts,
    base_parts,
    before,
    labelled,
    seat_parts,
)
from voxview.shapes.generator.recipe import Recipe
from voxview.shapes.generator.sampling import Sampler, random_recipe
from voxview.shapes.generator.solids import Bar, Box, Plate, Post, Slab, Solid, Values
from voxview.shapes.parts import ARM, BACK, LEG, SEAT

FREQUENCIES = {"bent board": 22, "lounger": 20, "bowl": 12, "round rail": 20, "bent legs": 16, "swivel": 10}
ADDED = 0.3
"""Share of the chairs with odd additions."""


def random_unusual_chair(rng: np.random.Generator) -> Grid:
    """Sample an unusual chair and build its grid, `bool (32, 32, 32)`, symmetric in x."""
    return voxelize_solids([part.solid for part in random_unusual_parts(rng)])


def random_unusual_parts(rng: np.random.Generator) -> list[Part]:
    """Sample an unusual chair's parts; for a random state they are those of `random_unusual_chair`."""
    recipe, numbers = random_recipe(rng), Sampler(rng)
    parts = {
        "bent board": _bent_board,
        "lounger": _lounger,
        "bowl": _bowl,
        "round rail": _round_rail,
        "bent legs": _bent_legs,
        "swivel": _swivel,
    }[numbers.choice(FREQUENCIES)](recipe, numbers)
    if numbers.bernoulli(ADDED):
        more = parts + _additions(parts, numbers)
        grid = voxelize_solids([part.solid for part in more])
        if largest_component_share(grid) >= ONE_PIECE:  # an addition may hang in the air
            return more
    return parts


def _bent_board(r: Recipe, n: Sampler) -> list[Part]:
    """Return a chair whose base, seat and back are one board, or two tubes with a seat and a back between."""
    d, y, w = r.depth / 2, r.seat_height, r.width / 2
    top = (d + n.uniform(-2, 18), y + n.triangular(22, 65))
    seat = [(d, y + n.uniform(-6, 2)), (-d, y + n.uniform(-2, 4))]
    front, rear = (-d + n.uniform(-6, 12), 2.0), (d + n.uniform(-12, 8), 2.0)
    ways = {
        "S": [(-d + n.uniform(0, 12), y * n.uniform(0.3, 0.7)), rear],
        "C": [front, rear],
        "Z": [rear, front],
        "front": [front],
    }
    corners = [top, *seat, *ways[n.choice({"S": 3, "C": 4, "Z": 1, "front": 2})]]
    profile = smooth(corners, n.integer(0, 2))
    label = along(corners, (BACK, SEAT, LEG, LEG))
    parts: list[Part] = []
    if n.bernoulli(0.5):
        parts.append(Part(Ribbon(_pairs(profile), 0.0, w, n.uniform(1.5, 8)), label))
    else:
        tube = n.uniform(1.5, 5)
        parts.append(Part(Ribbon(_pairs(profile), w - tube, w, tube), label))
        board = Ribbon(_pairs(smooth([top, *seat], n.integer(0, 2))), 0.0, w, n.uniform(1.5, 6))
        parts.append(Part(board, label))
        end = Box(-w, w, 0.0, tube, profile[-1][0] - tube / 2, profile[-1][0] + tube / 2)
        parts.append(Part(end, LEG))
    if len(profile) == 4 and profile[-1] == front:  # an angular one that ends at the front has legs behind
        parts.append(Part(Post((w - 3, 0.0, d - 3), (w - 3, y, d - 3), 1.5, 1.5, True), LEG))
    return parts + (_bowed_arms(r, n) if n.bernoulli(0.35) else [])


def _lounger(r: Recipe, n: Sampler) -> list[Part]:
    """Return a low seat that slopes down to a leaning back, perhaps with a rest for the legs."""
    w = n.triangular(25, 45)
    deep, height, slope = n.triangular(40, 70), n.triangular(24, 48), n.uniform(2, 20)
    rear, knee = (deep / 2, height - slope), (-deep / 2, height)
    top = (deep / 2 + n.uniform(8, 55), height + n.triangular(20, 65))
    profile = [top, rear, knee]
    if n.bernoulli(0.35):
        profile.append((-deep / 2 - n.uniform(15, 60), height - n.uniform(-4, 22)))
    bent = _pairs(smooth(profile, n.integer(0, 2)))
    label = along(profile, (BACK, SEAT, SEAT))
    sheet = Part(Ribbon(bent, 0.0, w, n.uniform(1.5, 14)), label)
    profile = [_nearest(bent, corner) for corner in profile]  # rounding cuts the corners off
    stand = {"legs": _lounger_legs, "X": _lounger_cross, "runner": _lounger_runner, "block": _lounger_block}
    kind = n.choice({"legs": 4, "X": 3, "runner": 3, "block": 2})
    under = above(height + 2.0, BACK, LEG)  # crossed frames reach up along the back
    parts = [sheet, *labelled(under, stand[kind](profile, w, n))]
    if n.bernoulli(0.55):
        arm, z = height + n.uniform(8, 24), deep / 2 + 0.3 * (top[0] - deep / 2)
        breadth, board = n.uniform(3, 12), n.uniform(2, 5)
        rest = Plate(w - 1, w - 1 + breadth, (-deep / 2, z), (arm - board,) * 2, (arm, arm))
        post = Bar((w, 0.0, -deep / 2 + 4), (w, arm, -deep / 2 + 4), n.uniform(1.2, 3))
        behind = Bar((w, rear[1], rear[0]), (w, arm, z), 1.5)
        parts += [Part(rest, ARM), Part(post, above(height, ARM, LEG)), Part(behind, ARM)]
    return parts


def _lounger_legs(profile: Profile, w: float, n: Sampler) -> list[Solid]:
    half, (rear, front) = n.uniform(1.2, 4), (profile[1], profile[-1])
    feet = (rear[0] + n.uniform(-4, 12), front[0] + n.uniform(0, 10))
    tops = ((rear[0], rear[1]), (front[0] + 4, front[1]))
    x = w - half
    return [
        Post((x, 0.0, foot), (x, y, z), half, half, n.bernoulli(0.4))
        for foot, (z, y) in zip(feet, tops, strict=True)
    ]


def _lounger_cross(profile: Profile, w: float, n: Sampler) -> list[Solid]:
    """Return the crossed frames of a deck chair: one up to the top of the back, one to the front."""
    radius, (top, rear, knee) = n.uniform(1.2, 2.5), profile[:3]
    x, foot = w - radius, (rear[0] + n.uniform(4, 30), knee[0] + n.uniform(-10, 15))
    return [
        Bar((x, radius, foot[1]), (x, top[1], top[0]), radius),
        Bar((x, radius, foot[0]), (x, knee[1], knee[0]), radius),
        *(Box(0.0, x, 0.0, 2 * radius, z - radius, z + radius) for z in foot),
        Bar((x, rear[1], rear[0]), (x, (top[1] + knee[1]) / 3, (top[0] + knee[0]) / 2), radius),
    ]


def _lounger_runner(profile: Profile, w: float, n: Sampler) -> list[Solid]:
    """Return runners along the floor, level or curved up at their ends, with two posts each."""
    radius, is_level, (rear, front) = n.uniform(1.2, 4), n.bernoulli(0.5), (profile[1], profile[-1])
    x, up = w - radius, radius if is_level else radius + 9.0
    ends = (front[0] - n.uniform(-5, 15), rear[0] + n.uniform(5, 30))
    middle = (ends[0] + ends[1]) / 2
    line = smooth([(x, up, ends[0]), (x, radius, middle), (x, up, ends[1])], 2)
    posts = ((front[0] + 5, front[1]), (rear[0], rear[1]))
    return bars(_points(line), radius) + [Bar((x, radius, z), (x, y, z), radius) for z, y in posts]


def _lounger_block(profile: Profile, w: float, n: Sampler) -> list[Solid]:
    (z1, y1), (z0, y0) = profile[1], profile[2]
    return [Plate(0.0 if n.bernoulli(0.6) else w - 4, w, (z0, z1), (0.0, 0.0), (y0, y1))]


def _bowl(r: Recipe, n: Sampler) -> list[Part]:
    """Return a bowl, egg or half dome on legs, a column or a star."""
    a, b = n.triangular(28, 55), n.triangular(22, 60)
    c, low = a * n.uniform(0.75, 1.1), n.uniform(12, 45)
    dish = Dish(
        centre=(low + b, 0.0),
        radii=(a, b, c),
        thickness=n.uniform(2, 9),
        rim=b * n.uniform(-0.5, 0.35),
        slope=n.uniform(0, 1.1),
    )
    base = n.choice({"legs": 3, "pedestal": 3, "five-star": 2, "cross foot": 2, "block": 1})
    half = n.uniform(1.2, 4)
    top = low + 0.4 * b
    parts = [Part(dish, _of_bowl(top, a, has_arms=0.6 * b + dish.rim > 18))]
    if n.bernoulli(0.6):  # a cushion in it
        y = low + n.uniform(0.12, 0.4) * b
        cushion = Slab(0.7 * a, 0.7 * a, -0.7 * c, 0.7 * c, y, y + n.uniform(4, 12), "round")
        parts.append(Part(cushion, SEAT))
    if base == "legs":
        x, z, out = 0.55 * a, 0.5 * c, n.uniform(0, 14)
        legs = [Bar((x + out, half, s * (z + out)), (x, low + 0.3 * b, s * z), half) for s in (-1, 1)]
        return parts + labelled(LEG, legs)
    if base == "block":
        block = Slab(0.6 * a, 0.6 * a, -0.6 * c, 0.6 * c, 0.0, low + 0.3 * b, "round")
        return [*parts, Part(block, LEG)]
    stand = replace(r, kind="chair", base=base, foot="round", seat_height=low + 6.0, foot_spread=0.8 * a)
    stand = replace(stand, cushion=0.0, seat_thickness=2.0, seat_rise=0.0, leg_thickness=2.5 * half)
    return parts + labelled(LEG, base_solids(stand))


def _of_bowl(top: float, half: float, *, has_arms: bool) -> Split:
    """Return a bowl's split: seat up to a height, above it the back, and perhaps arms at the sides."""

    def split(x: Values, y: Values, z: Values) -> NDArray[np.int64]:
        side = np.where(z > 0.4 * x, BACK, np.where(z > -0.7 * x, ARM if has_arms else SEAT, SEAT))
        return np.where(y > top, np.where(x < 0.3 * half, np.where(z > 0, BACK, SEAT), side), SEAT)

    return split


def _round_rail(r: Recipe, n: Sampler) -> list[Part]:
    """Return an armchair whose arms and back are one bent rail, on spindles, posts or a low wall."""
    r = replace(r, kind="armchair", arms="none", back="none")
    w, d, y, radius = r.width / 2, r.depth / 2, r.seat_height + n.uniform(12, 30), n.uniform(1.3, 4)
    front, lift, deep = -d * n.uniform(-0.3, 0.9), n.uniform(0, 22), d * n.uniform(0.5, 1.1)
    corner = n.uniform(0.6, 1.0)
    line = smooth(
        [
            (w, y - n.uniform(0, 5), front),
            (w + n.uniform(0, 3), y, d - deep),
            (w * corner, y + lift, d * 0.95),
            (0.0, y + lift, d + 1.0),
        ],
        2,
    )
    rail, low = _points(line), r.seat_height - r.seat_thickness / 2
    solids = bars(rail, radius)
    way = n.choice({"spindles": 5, "posts": 4, "wall": 3})
    thin = min(radius, n.uniform(0.8, 2))
    every = {"spindles": n.integer(1, 3), "posts": 4, "wall": 1}[way]
    for x, top, z in rail[::every] + rail[:: len(rail) - 1]:
        foot = (min(x, w - thin) * 0.96, low, max(min(z, d - thin), -d + thin))
        solids.append(Bar(foot, (x, top, z), thin if way != "wall" else max(radius, 3.0)))
    if n.bernoulli(0.25):  # a second rail between
        share = n.uniform(0.3, 0.7)
        solids += bars([(x, low + (top - low) * share, z) for x, top, z in rail], thin)
    parts = [*base_parts(r), *seat_parts(r), *labelled(before(0.4 * d, ARM, BACK), solids)]
    return parts + (labelled(BACK, _hoop(r, n, y)) if n.bernoulli(0.3) else [])


def _hoop(r: Recipe, n: Sampler, y: float) -> list[Solid]:
    """Return a hoop above a rail, as Windsor chairs have it, perhaps filled with spindles."""
    w, z, high = r.width / 2 * n.uniform(0.5, 0.85), r.depth / 2, y + n.uniform(15, 45)
    lean, radius = n.uniform(0, 12), n.uniform(1, 2)
    line = smooth([(w, r.seat_height, z), (w, high, z + lean), (0.0, high, z + lean)], 2)
    spindles = [w * (i + 1) / 4 for i in range(3)] if n.bernoulli(0.6) else []
    hoop = bars(_points(line), radius)
    return hoop + [Bar((x, r.seat_height, z), (x, high - 4, z + lean), 0.8) for x in spindles]


def _bent_legs(r: Recipe, n: Sampler) -> list[Part]:
    """Return a chair with legs that curve, and often with bowed arms."""
    w, d, y = r.width / 2 - 2, r.depth / 2 - 2, r.seat_height - r.seat_thickness / 2
    radius, bow, out = n.uniform(1.2, 4), n.uniform(-6, 8), n.uniform(-3, 10)
    solids: list[Solid] = []
    for side in (-1, 1):
        foot, knee = side * (d + n.uniform(-4, 8)), side * (d + bow)
        line = [(w, y, side * d), (w + bow / 2, 0.7 * y, knee), (w + out / 2, 0.3 * y, side * d)]
        solids += bars(_points(smooth([*line, (w + out, radius, foot)], 2)), radius)
    if n.bernoulli(0.4):  # a floor ring or a stretcher joins the feet
        height = n.uniform(0.0, 0.4) * y + radius
        solids.append(Box(w - 2 * radius, w, height - radius, height + radius, -d, d))
        solids.append(Box(0.0, w, height - radius, height + radius, d - radius, d + radius))
    parts = [*labelled(LEG, solids), *seat_parts(r), *back_parts(r)]
    bowed = r.arms != "none" and r.back not in ("none", "tub")
    return parts + (_bowed_arms(r, n) if bowed else arm_parts(r))


def _bowed_arms(r: Recipe, n: Sampler) -> list[Part]:
    """Return arms of one bent bar, from the seat's front or from the floor to the back."""
    w, d, top = r.width / 2, r.depth / 2, r.seat_height + n.uniform(14, 30)
    low = 0.0 if n.bernoulli(0.35) else r.seat_height - r.seat_thickness / 2
    front, drop = -d + n.uniform(-4, 0.6 * r.depth), n.uniform(0, 8)
    out, radius = n.uniform(0, 6), n.uniform(1.2, 4.5)
    line = [(w, low, front), (w + out, top - drop, front - n.uniform(-3, 5)), (w + out, top, 0.0)]
    rear = (w - radius, top + n.uniform(-4, 6), d + r.back_lean * 0.4)
    bent = bars(_points(smooth([*line, rear], n.integer(0, 2))), radius)
    return labelled(above(r.seat_height - r.seat_thickness, ARM, LEG), bent)


def _swivel(r: Recipe, n: Sampler) -> list[Part]:
    """Return an office chair whose arms are pads on posts that come out from under the seat."""
    r = replace(r, kind="office chair", base="five-star", foot="casters" if n.bernoulli(0.8) else "glides")
    r = replace(r, seats=1, width=min(r.width, 62.0), depth=min(r.depth, 62.0), cushion=0.0, apron=0.0)
    r = replace(r, foot_spread=r.width / 2 * n.uniform(0.8, 1.15), leg_thickness=n.uniform(4, 9))
    r = replace(r, seat_height=n.triangular(40, 58), seat_thickness=n.uniform(2, 9), arms="none")
    low, top, x = r.seat_height - r.seat_thickness, r.seat_height + n.uniform(14, 28), r.width / 2
    out, radius, z = x + n.uniform(1, 6), n.uniform(1.2, 3), n.uniform(-4, 8)
    parts = [*base_parts(r), *seat_parts(r), *back_parts(r)]
    if n.bernoulli(0.2):
        return parts
    length, pad = n.uniform(10, 20), n.uniform(1.5, 3)
    parts += labelled(ARM, bars([(x - 8, low, z), (out, low, z), (out, top, z)], radius))
    return [*parts, Part(Box(out - pad, out + pad, top - 1, top + pad, z - length, z + length), ARM)]


def _additions(parts: list[Part], n: Sampler) -> list[Part]:
    """Return one to three bars, boxes or discs that begin at a chair's parts and count as these."""
    added: list[Part] = []
    for _ in range(n.integer(1, 3)):
        solid, label = parts[n.integer(0, len(parts) - 1)]
        at = solid.bounds()
        x = n.uniform(0.0, max(at.x1, 0.0))
        y, z = n.uniform(at.y0, at.y1), n.uniform(at.z0, at.z1)
        long, thick = n.uniform(8, 30), n.uniform(1.2, 5)
        way = n.choice({"bar": 4, "box": 3, "disc": 2, "beam": 2})
        if way == "bar":
            end = (x + n.uniform(-8, 8), max(y - long, thick), z + long / 2)
            more: Solid = Bar((x, y, z), end, thick / 2)
        elif way == "box":
            more = Box(x, x + thick, max(y - long / 2, 0.0), y + long / 2, z - thick, z + thick)
        elif way == "disc":
            more = Slab(long, long, z - long / 2, z + long / 2, y - thick / 2, y + thick / 2, "round")
        else:
            more = Box(0.0, x + long / 2, y - thick / 2, y + thick / 2, z - thick / 2, z + thick / 2)
        added.append(Part(more, label))
    return added


def _nearest(line: Profile, point: tuple[float, float]) -> tuple[float, float]:
    """Return the corner of a profile that is nearest to a point."""
    return min(line, key=lambda corner: (corner[0] - point[0]) ** 2 + (corner[1] - point[1]) ** 2)


def _pairs(line: list[tuple[float, ...]]) -> Profile:
    return [(z, y) for z, y in line]


def _points(line: list[tuple[float, ...]]) -> list[Point]:
    return [(x, y, z) for x, y, z in line]
