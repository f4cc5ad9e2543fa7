"""Solids of a chair's base: legs, pedestals, stars, sleds, blocks. The floor is y = 0."""

from __future__ import annotations

from itertools import pairwise

from voxview.shapes.generator.recipe import Recipe
from voxview.shapes.generator.solids import Bar, Box, Plate, Post, Slab, Solid

Point = tuple[float, float, float]

# Sines and cosines written out, because a library's differ in the last digit between platforms.
FIVE_STAR = ((0.0, 1.0), (0.9510565163, 0.3090169944), (0.5877852523, -0.8090169944))
CROSS = ((0.7071067812, 0.7071067812), (0.7071067812, -0.7071067812))


def base_solids(r: Recipe) -> list[Solid]:
    """Return the solids under the seat, which reach up into it."""
    return {
        "four legs": _legs,
        "splayed legs": _legs,
        "rockers": _rockers,
        "pedestal": _pedestal,
        "five-star": _star,
        "cross foot": _star,
        "sled": _sled,
        "cantilever": _cantilever,
        "X legs": _x_legs,
        "side panels": _side_panels,
        "block": _block,
    }[r.base](r)


def _under(r: Recipe, z: float = 0.0) -> float:
    """Return the height of the seat board's middle at a depth, where the base's parts end."""
    return r.seat_height - r.cushion - (r.seat_thickness - r.cushion) / 2 - r.seat_rise * z / r.depth


def _corners(r: Recipe) -> tuple[Point, Point]:
    """Return the upper ends of the front and the rear leg, in the seat."""
    inset = r.leg_inset + r.leg_thickness / 2
    x, z = r.width / 2 - inset, r.depth / 2 - inset
    if r.seat == "soft":
        # Further out the rounded corner would leave a thin leg without a seat above it.
        x, z = min(x, 0.42 * r.width), min(z, 0.42 * r.depth)
    elif r.seat == "round":
        x, z = 0.33 * r.width, 0.33 * r.depth
    return (x, _under(r, -z), -z), (x - r.width / 2 * (1 - r.taper), _under(r, z), z)


def _feet(r: Recipe) -> tuple[Point, Point]:
    front, rear = _corners(r)
    return (
        (front[0] + r.splay, 0.0, front[2] - r.splay),
        (rear[0] + r.splay, 0.0, rear[2] + r.splay + r.rear_kick),
    )


def _legs(r: Recipe) -> list[Solid]:
    top, foot = r.leg_thickness / 2, r.leg_thickness / 2 * r.leg_taper
    legs = list(zip(_feet(r), _corners(r), strict=True))
    solids: list[Solid] = [Post(low, high, foot, top, r.leg_round) for low, high in legs]
    return solids + _stretchers(r, legs)


def _stretchers(r: Recipe, legs: list[tuple[Point, Point]]) -> list[Solid]:
    if r.stretchers == "none":
        return []
    front, rear = (_between(low, high, r.stretcher_height) for low, high in legs)
    radius = max(1.2, r.leg_thickness * 0.35)
    solids: list[Solid] = [Bar(front, rear, radius)]
    if r.stretchers == "H":
        solids.append(_across(_between(front, rear, 0.5), radius))
    if r.stretchers == "box":
        solids += [_across(front, radius), _across(rear, radius)]
    return solids


def _between(a: Point, b: Point, share: float) -> Point:
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)


def _across(end: Point, radius: float) -> Solid:
    """Return a bar from a point to its mirror image in x."""
    x, y, z = end
    return Box(-x, x, y - radius, y + radius, z - radius, z + radius)


def _rockers(r: Recipe) -> list[Solid]:
    front, rear = _corners(r)
    radius, reach = r.leg_thickness / 2, 0.72 * r.depth

    def runner(z: float) -> Point:
        return (front[0], radius + 9.0 * (z / reach) * (z / reach), z)

    solids: list[Solid] = [
        Post((front[0], runner(top[2])[1], top[2]), top, radius, radius, r.leg_round) for top in (front, rear)
    ]
    stops = [reach * (i / 4 - 1) for i in range(9)]
    solids += [Bar(runner(a), runner(b), radius) for a, b in pairwise(stops)]
    return solids


def _pedestal(r: Recipe) -> list[Solid]:
    s, thin = r.foot_spread, 3.5
    half = r.leg_thickness / 2
    outline = "round" if r.foot == "round" else "square"
    solids: list[Solid] = [
        Slab(s, s, -s, s, 0.0, thin, outline),
        Post((0.0, thin / 2, 0.0), (0.0, _under(r), 0.0), half, half, round=True),
    ]
    return solids + _footrest(r)


def _footrest(r: Recipe) -> list[Solid]:
    """Return the footrest ring of a bar stool on a column; nothing for other kinds."""
    if r.kind != "bar stool":
        return []
    y, s = r.stretcher_height * r.seat_height, 0.85 * r.foot_spread
    return [
        Slab(s, s, -s, s, y - 1.3, y + 1.3, "round", hole=0.8),
        Box(-1.3, 1.3, y - 1.3, y + 1.3, -s, 0.0),
    ]


def _star(r: Recipe) -> list[Solid]:
    directions = FIVE_STAR if r.base == "five-star" else CROSS
    half, s = r.leg_thickness / 2, r.foot_spread
    rolls = r.foot == "casters"
    tip_y, hub_y, radius = (6.0, 9.0, 2.0) if rolls else (2.0, 5.0, 2.0)
    solids: list[Solid] = [Post((0.0, hub_y - 3.0, 0.0), (0.0, _under(r), 0.0), half * 1.2, half, round=True)]
    for dx, dz in directions:
        tip = (dx * s, tip_y, dz * s)
        solids.append(Bar((0.0, hub_y, 0.0), tip, radius))
        if rolls:
            solids.append(Box(tip[0] - 2.2, tip[0] + 2.2, 0.0, tip_y, tip[2] - 2.2, tip[2] + 2.2))
    return solids + _footrest(r)


def _sled(r: Recipe) -> list[Solid]:
    (fx, fy, fz), (_, ry, rz) = _corners(r)
    radius = r.leg_thickness / 2
    foot_x = fx + r.splay
    front_foot = (foot_x, radius, fz - r.splay)
    rear_foot = (foot_x, radius, rz + r.rear_kick)
    return [
        Bar((fx, fy, fz), front_foot, radius),
        Bar(front_foot, rear_foot, radius),
        Bar(rear_foot, (fx, ry, rz), radius),
    ]


def _cantilever(r: Recipe) -> list[Solid]:
    """Return a support at the front only: two bent tubes, or a board folded along the floor."""
    (x, y, fz), (_, _, rz) = _corners(r)
    t = r.leg_thickness
    if r.foot == "board":
        w, d = r.width / 2, r.depth / 2
        return [Box(-w, w, 0.0, y, -d, -d + t), Box(-w, w, 0.0, t, -d, d)]
    rear = (x, t / 2, rz + r.rear_kick)
    return [
        Bar((x, y, fz), (x, t / 2, fz), t / 2),
        Bar((x, t / 2, fz), rear, t / 2),
        _across(rear, t / 2),
        _across((x, y, fz), t / 2),
    ]


def _x_legs(r: Recipe) -> list[Solid]:
    (x, fy, fz), (_, ry, rz) = _corners(r)
    half = r.leg_thickness / 2
    solids: list[Solid] = [
        Post((x, 0.0, rz + r.splay), (x, fy, fz), half, half, r.leg_round),
        Post((x, 0.0, fz - r.splay), (x, ry, rz), half, half, r.leg_round),
    ]
    return [*solids, _across((x, (fy + ry) / 4, (fz + rz) / 2), half * 0.8)]


def _side_panels(r: Recipe) -> list[Solid]:
    outer, front = r.width / 2 - r.leg_inset, r.depth / 2 - r.leg_inset
    tops = (_under(r, -front), _under(r, front))
    return [Plate(outer - r.leg_thickness, outer, (-front, front), (0.0, 0.0), tops)]


def _block(r: Recipe) -> list[Solid]:
    w, d, y = r.width / 2, r.depth / 2, _under(r)
    outline = r.seat if r.seat != "trapezoid" else "square"
    if r.foot == "floor":
        return [Slab(w, w, -d, d, 0.0, y, outline)]
    lift = 0.22 * r.seat_height
    body = Slab(w, w, -d, d, lift, y, outline)
    if r.foot == "plinth":
        return [body, Slab(0.88 * w, 0.88 * w, -0.88 * d, 0.88 * d, 0.0, lift + 1.0, outline)]
    half = r.leg_thickness / 2
    return [body] + [
        Post(
            (0.95 * x, 0.0, 0.95 * z), (0.95 * x, lift + 2.0, 0.95 * z), half * r.leg_taper, half, r.leg_round
        )
        for x, _, z in _corners(r)
    ]
