"""Texts of the page of the map."""

from __future__ import annotations

from voxview.counts import counted
from voxview.engine.catalog.index import CatalogIndex
from voxview.engine.request import Device
from voxview.gui.widgets.durations import duration_text

_SECONDS_A_CHAIR = {"cpu": 0.014, "cuda": 0.002}
"""Read and encoded, before anything was measured here: the CPU's on two cores."""


def estimate_text(total: int, index: CatalogIndex | None, device: Device, measured: float | None) -> str:
    """Return how long mapping the rest of a catalog of `total` chairs will take.

    `measured` are the seconds a chair that were measured here; None before anything was.
    """
    seconds = measured or _SECONDS_A_CHAIR[device]
    where = "GPU" if device == "cuda" else "CPU"
    if index is None:
        return f"{counted(total, 'chair')}: {duration_text(total * seconds)} on the {where}."
    rest = total - len(index.chairs) - len(index.left_out)
    done = f"{len(index.chairs):,} of {counted(total, 'chair')}; the rest"
    return f"{done}: {duration_text(rest * seconds)} on the {where}."


def left_out_text(index: CatalogIndex | None) -> str:
    """Return which chairs could not be read; empty if all could."""
    left_out = index.left_out if index is not None else ()
    if not left_out:
        return ""
    more = f" {counted(len(left_out), 'chair')} are left out; this is the first." if len(left_out) > 1 else ""
    return f"Left out: {left_out[0]}.{more}"


def unmarked_text(a_is_there: bool, b_is_there: bool) -> str:
    """Return which of A and B is not on the map, and so not marked; nothing if both are."""
    who = " and ".join(letter for letter, there in (("A", a_is_there), ("B", b_is_there)) if not there)
    if not who:
        return ""
    return f"{who} {'are' if len(who) > 1 else 'is'} not on this map, so not marked."


def layout_text(index: CatalogIndex, share: float | None) -> str:
    """Return what the layout means; `share` is the variance that the plane holds, None for neighbours."""
    count = f"{counted(len(index.chairs), 'chair')}."
    if share is None:
        return f"{count} Near means alike; how far apart groups lie means little."
    return f"{count} These two directions hold {share:.0%} of the variance."
