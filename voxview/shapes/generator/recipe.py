"""A recipe: the parameters of one procedural chair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

KINDS = (
    "chair",
    "armchair",
    "easy chair",
    "office chair",
    "sofa",
    "bench",
    "stool",
    "bar stool",
    "rocking chair",
)
BASES = (
    "four legs",
    "splayed legs",
    "pedestal",
    "five-star",
    "cross foot",
    "sled",
    "cantilever",
    "X legs",
    "side panels",
    "block",
    "rockers",
)
BACKS = ("none", "solid", "slatted", "spindle", "railed", "ladder", "framed", "open", "splat", "tub")
ARMS = ("none", "rail", "panel", "padded", "sloped", "loop")
SEATS = ("square", "trapezoid", "soft", "round")
STRETCHERS = ("none", "H", "box", "sides")


class Design(NamedTuple):
    """The types of a chair's parts, without measurements."""

    kind: str
    base: str
    back: str
    arms: str
    seat: str


@dataclass(frozen=True)
class Recipe:
    """The parameters of one procedural chair. Lengths are in centimetres; its grid is scaled to the cube."""

    kind: str
    """One of `KINDS`."""
    base: str
    """One of `BASES`."""
    back: str
    """One of `BACKS`."""
    arms: str
    """One of `ARMS`."""
    seat: str
    """One of `SEATS`: the outline in plan."""

    width: float
    """Of the seat, 32 to 243 (a sofa with three places)."""
    depth: float
    """Of the seat, 26 to 114."""
    seat_height: float
    """Top of the seat at the middle, 28 to 80."""
    seat_thickness: float
    """1.2 to 24."""
    cushion: float
    """Part of the seat's thickness that is a cushion, 0 to 14.4."""
    seats: int
    """Places side by side, 1 to 3."""
    taper: float
    """Width at the back edge as a share of the front edge, 0.75 to 1."""
    seat_rise: float
    """Height of the front edge above the back edge, 0 to 7."""
    apron: float
    """Height of the boards under the seat, 0 to 8."""

    leg_thickness: float
    """1.2 to 12.6; also the tubes of sleds and cantilevers, and a pedestal's column."""
    leg_taper: float
    """Foot's thickness as a share of the top's, 0.45 to 1."""
    leg_round: bool
    """Round or square in section."""
    leg_inset: float
    """Distance of the legs from the seat's edge, 0 to 4."""
    splay: float
    """Distance of the feet outside the legs' tops, 0 to 12."""
    rear_kick: float
    """Distance of the rear feet behind the rear legs' tops, 0 to 9."""
    stretchers: str
    """One of `STRETCHERS`."""
    stretcher_height: float
    """As a share of the legs' height, 0.15 to 0.5."""
    foot: str
    """A pedestal's foot, `round` or `square`; a block's, `floor`, `feet` or `plinth`;
    a star's, `casters` or `glides`; a cantilever's, `tube` or `board`; else empty."""
    foot_spread: float
    """Radius of a pedestal's foot or of a star, 12 to 134: proportional to the seat's width."""

    back_height: float
    """Above the seat, 0 to 70."""
    back_width: float
    """At the top as a share of the bottom, 0.75 to 1.1."""
    back_thickness: float
    """0.8 to 24."""
    back_lean: float
    """Distance of the top behind the bottom, 0 to 40."""
    back_bend: float
    """0: straight, up to 0.9: bent back in its upper part."""
    back_wrap: float
    """Distance by which the sides curve forward in plan, 0 to 10."""
    back_crown: float
    """Height of the rounded top as a share of the back's height, 0 to 0.6."""
    back_gap: float
    """Open share of the height between seat and back, 0 to 0.6."""
    back_count: int
    """Slats or rails, 2 to 8."""
    back_crest: float
    """Distance by which a rail along the top extends beyond each side, 0 to 5."""
    back_border: float
    """Width of the frame, 2.5 to 6."""
    wings: bool
    """Ears at the sides of a tall upholstered back."""

    arm_height: float
    """Above the seat, 14 to 28; a tub's low rim from 0."""
    arm_thickness: float
    """2.5 to 20."""
    arm_length: float
    """As a share of the seat's depth, 0.75 to 1."""
