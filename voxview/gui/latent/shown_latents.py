"""The three latents of what is on screen: A's, that of what is in the middle, and B's."""

from __future__ import annotations

from dataclasses import dataclass

from voxview.conventions import LATENT_SIZE
from voxview.engine.mix import MixResult
from voxview.engine.request import BlendResult
from voxview.gui.session.edit import Edit, blend_of
from voxview.gui.session.session import Session
from voxview.gui.session.titles import mix_title
from voxview.shapes.frame import Floats


@dataclass(frozen=True, eq=False)
class ShownLatents:
    """Three latents `(8, 8)`, and what is said of the one in the middle."""

    a: Floats
    middle: Floats
    b: Floats
    title: str
    """Of the middle: "Blend", "Edited", "Mix of 4", "On the map"."""
    t: float | None
    """The position of the blend, edited or not; None of what is no blend of A and B."""
    changed: frozenset[int]
    """The places of the numbers that a person has changed."""
    odd: int
    """How many of the last numbers are odd."""
    names: tuple[str, str] = ("A", "B")
    """Of the chairs A and B."""

    def start_of_edit(self) -> Edit:
        """Return the edit of nothing that changes of the middle begin with."""
        if self.t is not None:
            return Edit()
        return Edit(start=tuple(float(number) for number in self.middle.reshape(-1)), origin=self.title)

    def number(self, at: int) -> float:
        """Return a number of the middle."""
        return float(self.middle.reshape(-1)[at])

    def most_different(self) -> int:
        """Return the place of the even number in which A and B differ most."""
        return int(abs(self.a - self.b).reshape(-1)[: LATENT_SIZE - self.odd].argmax())


def shown_latents(session: Session, odd: int) -> ShownLatents | None:
    """Return the latents of what is on screen; None until a pair and something between them are there."""
    shown, edit = session.shown, session.selection.edit
    pair, result = shown.pair, shown.result
    if pair is None or result is None:
        return None
    a, b = pair
    names = a.chair.name, b.chair.name
    changed: frozenset[int] = frozenset()
    t: float | None = None
    if isinstance(result, BlendResult):
        if (result.request.a, result.request.b) != (a.chair, b.chair):
            return None
        position = result.request.position
        middle, title, t = blend_of(a, b, position), "Blend", position.t
    elif isinstance(result, MixResult):
        middle, title = result.latent, mix_title(result.request)
    else:
        middle, title = result.request.latent, "Edited" if result.request.is_edit else "On the map"
        if edit is not None and result.request.is_edit:
            changed = edit.changed
            t = result.request.edited_at if not edit.start else None
    return ShownLatents(a.latent, middle, b.latent, title, t, changed, odd, names)
