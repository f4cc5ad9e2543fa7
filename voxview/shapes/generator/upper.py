"""Solids of a chair's seat, back and arms."""

from __future__ import annotations

from itertools import pairwise

from voxview.shapes.generator.back_sheet import BackSheet
from voxview.shapes.generator.recipe import Recipe
from voxview.shapes.generator.solids import Bar, Box, Plate, Shell, Slab, Solid


def seat_solids(r: Recipe) -> list[Solid]:
    """Return the seat's board, its cushions and the apron under it."""
    w, d, top = r.width / 2, r.depth / 2, r.seat_height
    deck = top - r.cushion
    under = top - r.seat_thickness
    outline = "square" if r.seat == "trapezoid" else r.seat
    solids: list[Solid] = [Slab(w, w * r.taper, -d, d, under, deck, outline, r.seat_rise)]
    if r.cushion:
        solids += _cushions(r, deck)
    if r.apron:
        low, x, z = under - r.apron, w - r.leg_inset, d - r.leg_inset
        solids.append(Box(-x * r.taper, x * r.taper, low, under + 0.5, -z, -z + 2.5))
        solids.append(Box(-x * r.taper, x * r.taper, low, under + 0.5, z - 2.5, z))
        solids.append(Box(x * r.taper - 2.5, x * r.taper, low, under + 0.5, -z, z))
    return solids


def _cushions(r: Recipe, deck: float) -> list[Solid]:
    side = r.arm_thickness if r.arms in ("padded", "panel") else 1.5
    inner, front, back = r.width / 2 - side, -r.depth / 2, r.depth / 2
    groove = 0.03 * r.width
    spans = {1: [(-inner, inner)], 2: [(groove / 2, inner)]}.get(
        r.seats, [(-inner / 3, inner / 3), (inner / 3 + groove, inner)]
    )
    low, high = deck - 0.5 - r.seat_rise / 2, r.seat_height
    if r.seat != "square":
        return [Slab(inner, inner * r.taper, front + 1.5, back - 1.5, low, high, "soft", r.seat_rise)]
    return [Box(x0, x1, low, high, front, back) for x0, x1 in spans]


def back_solids(r: Recipe) -> list[Solid]:
    """Return the backrest with its crest and wings, or the wall of a tub."""
    if r.back == "none":
        return []
    if r.back == "tub":
        return [_tub(r)]
    sheet = _sheet(r)
    solids: list[Solid] = [sheet]
    if r.back_crest:
        solids.append(sheet.crest(r.back_crest, max(r.back_border, 4.0)))
    if r.wings:
        solids.append(_wing(r, sheet))
    return solids


def _tub(r: Recipe) -> Solid:
    w, d = r.width / 2, r.depth / 2
    return Shell(
        half_width=w,
        z0=-d * (2 * r.arm_length - 1),
        z1=d,
        middle=d - min(w, 0.6 * r.depth),
        thickness=r.back_thickness,
        y0=_underside(r),
        front_y=r.seat_height + r.arm_height,
        back_y=r.seat_height + r.back_height,
    )


def _sheet(r: Recipe) -> BackSheet:
    bottom, wrap = r.width / 2 * r.taper, r.back_wrap
    if r.seat == "round":
        # The sides come forward so that they still stand on the round seat.
        bottom, wrap = 0.75 * r.width / 2, max(wrap, 0.17 * r.depth)
    return BackSheet(
        bottom_half=bottom,
        top_half=bottom * r.back_width,
        y0=_underside(r),
        y1=r.seat_height + r.back_height,
        z=(r.depth - r.back_thickness) / 2,
        thickness=r.back_thickness,
        lean=r.back_lean,
        bend=r.back_bend,
        wrap=wrap,
        crown=r.back_crown * r.back_height,
        pattern=r.back,
        count=r.back_count,
        border=r.back_border,
        gap=r.seat_thickness + r.back_gap * r.back_height if r.back_gap else 0.0,
        spine=r.kind == "office chair",
    )


def _underside(r: Recipe) -> float:
    """Return the height of the seat's lower face at its back edge, where the back begins."""
    return r.seat_height - r.seat_thickness - r.seat_rise / 2


def _wing(r: Recipe, sheet: BackSheet) -> Solid:
    low, high = r.seat_height + 0.35 * r.back_height, sheet.y1 - 0.1 * (sheet.y1 - sheet.y0)
    z = (sheet.z - 0.3 * r.depth, sheet.z, sheet.z + r.back_lean)
    return Plate(sheet.bottom_half - 5.0, sheet.bottom_half, z, (low, low, low), (high - 6.0, high, high))


def arm_solids(r: Recipe) -> list[Solid]:
    """Return the solids of the right arm, on the seat's edge."""
    if r.arms == "none" or r.back == "tub":
        return []
    front = -0.1 * r.depth if r.seat == "round" else (0.5 - r.arm_length) * r.depth
    if r.arms == "loop":
        return _loop_arm(r, front)
    if r.arms in ("panel", "padded"):
        return [_block_arm(r, front)]
    return _board_arm(r, front)


def _block_arm(r: Recipe, front: float) -> Solid:
    w, top = r.width / 2, r.seat_height + r.arm_height
    foot = 0.0 if r.base == "block" and r.foot == "floor" else r.seat_height - r.seat_thickness
    return Plate(w - r.arm_thickness, w, (front, r.depth / 2), (foot, foot), (top, top))


def _loop_arm(r: Recipe, front: float) -> list[Solid]:
    """Return a tube that rises from the seat, runs back and returns to the seat."""
    x, tube, rear = (r.width - r.arm_thickness) / 2, r.arm_thickness / 2, 0.3 * r.depth
    low, high = r.seat_height - r.seat_thickness / 2, r.seat_height + r.arm_height - tube
    corners = [(x, low, front + 2 * tube), (x, high, front + tube), (x, high, rear), (x, low, rear)]
    return [Bar(a, b, tube) for a, b in pairwise(corners)]


def _board_arm(r: Recipe, front: float) -> list[Solid]:
    """Return a rail from a front post to the back, level or sloping down towards the front."""
    w, board = r.width / 2, min(r.arm_thickness, 3.5)
    low, top = r.seat_height - r.seat_thickness, r.seat_height + r.arm_height
    front_top = top - 0.3 * r.arm_height if r.arms == "sloped" else top
    share = (r.arm_height + r.seat_thickness) / (r.back_height + r.seat_thickness)
    lean = r.back_lean * share * (1 - r.back_bend + r.back_bend * share)
    rear = (r.depth - r.back_thickness) / 2 + lean
    return [
        Plate(
            w - board, w, (front + 1.0, front + 1.0 + board), (low, low), (front_top - 1.0, front_top - 1.0)
        ),
        Plate(w - r.arm_thickness, w, (front, rear), (front_top - board, top - board), (front_top, top)),
    ]
