"""What is said of one of the 64 numbers: its values, its formula, and who computes it."""

from __future__ import annotations

from voxview.conventions import LATENT_SHAPE
from voxview.counts import counted
from voxview.engine.along_number import AlongNumber
from voxview.gui.latent.shown_latents import ShownLatents
from voxview.latent.places import TilePlace, is_odd, number_of_blend, pair_place, tile_place

STEPS = 11
"""Positions of the study's all pairs: t = 0, 0.1 … 1."""

AllPairs = tuple[int, int, int]
"""Places of A and B in a set of chairs, and how many those are."""

EMPTY = (
    "A chair is 64 numbers, 8×8; a blend is (1 − t) times A's and t times B's, number by number, decoded. "
    "Here they are, as soon as a pair is on screen."
)
HINT = (
    "Point at a number for who computes it. Drag one of the middle up or down, turn the wheel on it, or type "
    "it: the chair changes. The slider goes back to the plain blend."
)
PARITY = (
    "Of a symmetric network: a chair's mirror image has the same even numbers, and the odd ones negated.\n"
    "So a symmetric chair has 0 in all odd ones, and they alone make a chair lopsided"
)


def place_text(at: int) -> str:
    """Return "row 2, column 5"."""
    row, column = divmod(at, LATENT_SHAPE[1])
    return f"row {row}, column {column}"


def number_text(value: float) -> str:
    """Return a number with four digits and a real minus."""
    return f"{value:.4g}".replace("-", "−")


def heading_text(latents: ShownLatents, at: int) -> str:
    """Return where a number is, whether it is odd, and whether it was changed."""
    words = [f"Number {at}: {place_text(at)}"]
    if latents.odd:
        words.append("odd: negated in the mirror image" if is_odd(at, latents.odd) else "even")
    if at in latents.changed:
        words.append("changed")
    return " · ".join(words)


def values_text(latents: ShownLatents, at: int) -> str:
    """Return its value in all three."""
    row, column = divmod(at, LATENT_SHAPE[1])
    a, middle, b = (number_text(float(z[row, column])) for z in (latents.a, latents.middle, latents.b))
    return f"A {a}   {latents.title} {middle}   B {b}"


def formula_text(latents: ShownLatents, at: int) -> str:
    """Return the formula with the numbers in it, or why there is none."""
    if latents.t is None:
        return f"{latents.title}: no blend of A and B, so no formula"
    number = number_of_blend(latents.a, latents.b, latents.t, *divmod(at, LATENT_SHAPE[1]), latents.odd)
    if at in latents.changed:
        return f"{number.formula}, changed to {number_text(latents.number(at))}"
    return number.formula


def pair_text(at: int) -> str:
    """Return who computes it in the study's kernel, and why shared memory gains nothing there."""
    place = pair_place(*divmod(at, LATENT_SHAPE[1]))
    return (
        f"One pair, the study's kernel: block {place.block}, thread {place.thread}. No other thread reads "
        "this number, so one pair gains nothing from shared memory"
    )


def tile_text(at: int, latents: ShownLatents, pairs: AllPairs) -> str:
    """Return who computes it where all pairs of a set are blended, and which tile it comes from."""
    i, j, n = pairs
    step = round((0.5 if latents.t is None else latents.t) * (STEPS - 1))
    place = tile_place(i, j, step, *divmod(at, LATENT_SHAPE[1]), n, STEPS)
    return (
        f"All pairs of {counted(n, 'chair')}, {STEPS} t's: block {place.block}, thread {place.thread}. "
        f"{_tile(place, j)}, copied there once by thread {place.staged_by} and read "
        f"{counted(place.readers, 'time')}, once for each t: that is what shared memory is for"
    )


def _tile(place: TilePlace, j: int) -> str:
    first, end = place.tile
    return f"B, chair {j}, is row {place.tile_row} of the tile of chairs {first} to {end - 1}"


def number_texts(latents: ShownLatents, at: int, pairs: AllPairs) -> tuple[str, ...]:
    """Return all that is said of a number, a text a line."""
    return (
        heading_text(latents, at),
        values_text(latents, at),
        formula_text(latents, at),
        pair_text(at),
        tile_text(at, latents, pairs),
    )


def along_text(along: AlongNumber) -> str:
    """Return what the strip of chairs shows, a sentence."""
    low, high, at = along.spread.low[along.at], along.spread.high[along.at], along.at
    have = f"sample chairs have {number_text(float(low))} to {number_text(float(high))}"
    if along.spread.hardly_differs(at):
        have = "sample chairs hardly differ in it, so the spread is that of all numbers together"
    return f"{place_text(at).capitalize()} alone, from −2 to +2 spreads: {have}."


def moved_text(came: int, went: int) -> str:
    """Return how many voxels came and went, in short."""
    return f"+{came} −{went}" if came or went else "as shown"
