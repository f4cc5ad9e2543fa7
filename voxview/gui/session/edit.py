"""Numbers of a blend's latent that a person has changed: an immutable value, which `Selection` owns.

An edit says which of the 64 numbers have which values; the others are those of the blend at the position
that is selected, or of `start`, where a latent was pasted or a mix was changed. So it holds no latent of a
chair: it is small enough for a file or a history, and where a pair's latents are refined so is the blend.

The slider leaves an edit, as it leaves a mix or a spot on the map: t is the way from A to B, t = 0 is A to
the bit, and the marks on the slider, its ticks and an exported morph are of plain blends. An edit that stayed
would show chairs that no t has. The page *Latent* has the way back: the same numbers on the blend that is
selected then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voxview.conventions import LATENT_SIZE
from voxview.counts import counted
from voxview.engine.latent_request import LatentRequest
from voxview.engine.request import LoadedChair, Position
from voxview.gui.session.state import Plain

if TYPE_CHECKING:  # the bare window needs this file, and must not wait for NumPy
    from voxview.engine.request import Device
    from voxview.shapes.frame import Floats

_FAR_OFF = 1e30
"""Numbers are within this: beyond it they are none in float32, and latents have a variance of about 1."""


@dataclass(frozen=True)
class Edit:
    """What differs from the pair's blend. An edit of no number and without a start is none: use None."""

    numbers: tuple[tuple[int, float], ...] = ()
    """Place among the 64, in C order, and value; sorted by place."""
    start: tuple[float, ...] = ()
    """64 numbers in the blend's place; empty: the blend's own."""
    origin: str = ""
    """Where `start` comes from: "pasted numbers", a file's name, "Mix of 4"."""

    @property
    def changed(self) -> frozenset[int]:
        """The places of the numbers that were changed one by one."""
        return frozenset(at for at, _ in self.numbers)

    @property
    def name(self) -> str:
        """What was changed, in a few words; with what it was changed of where that is no blend."""
        changed = f"{counted(len(self.numbers), 'number')} changed" if self.numbers else ""
        return ", ".join(text for text in (self.origin, changed) if text)

    def with_number(self, at: int, value: float) -> Edit:
        """Return the edit with one more number, or another value of one."""
        numbers = {**dict(self.numbers), at: float(value)}
        return replace(self, numbers=tuple(sorted(numbers.items())))

    def without_number(self, at: int) -> Edit | None:
        """Return the edit with one number as it was before; None if nothing is left of it."""
        numbers = tuple((place, value) for place, value in self.numbers if place != at)
        return replace(self, numbers=numbers) if numbers or self.start else None

    def applied_to(self, blend: Floats) -> Floats:
        """Return a new latent `(8, 8)`: the blend, or the start, with the changed numbers."""
        latent = blend.copy()
        if self.start:
            latent.reshape(-1)[:] = self.start
        for at, value in self.numbers:
            latent.reshape(-1)[at] = value
        return latent


def plain_edit(edit: Edit | None) -> Plain:
    """Return an edit as a state has it: numbers, start and origin."""
    return None if edit is None else (edit.numbers, edit.start, edit.origin)


def is_plain_edit(value: Plain) -> bool:
    """Return whether a value, from a file perhaps, is what `plain_edit` returns."""
    if value is None:
        return True
    if not isinstance(value, tuple) or len(value) != 3:
        return False
    numbers, start, origin = value
    if not isinstance(numbers, tuple) or not isinstance(start, tuple) or not isinstance(origin, str):
        return False
    places = [one[0] for one in numbers if isinstance(one, tuple) and len(one) == 2 and _is_number(one[1])]
    return (
        len(places) == len(numbers) == len(set(places))
        and all(type(at) is int and 0 <= at < LATENT_SIZE for at in places)
        and len(start) in (0, LATENT_SIZE)
        and all(map(_is_number, start))
        and bool(numbers or start)
    )


def edit_of_plain(value: Plain) -> Edit | None:
    """Return the edit again."""
    if value is None:
        return None
    assert is_plain_edit(value) and isinstance(value, tuple)
    numbers, start, origin = value
    assert isinstance(numbers, tuple) and isinstance(start, tuple) and isinstance(origin, str)
    return Edit(tuple(sorted(numbers)), start, origin)  # type: ignore[arg-type]


def edit_title(value: Plain) -> str:
    """Return what the step to an edit is called."""
    edit = edit_of_plain(value)
    return "Numbers as they were" if edit is None else f"Edit: {edit.name}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _FAR_OFF


def blend_of(a: LoadedChair, b: LoadedChair, position: Position) -> Floats:
    """Return the latent `(8, 8)` of a pair's blend, bit for bit what every backend computes."""
    import numpy as np

    from voxview.latent.numpy_blend import blend

    return blend(a.latent, b.latent, np.array([position.t], np.float32))[0]


def edited_blend(
    edit: Edit, pair: tuple[LoadedChair, LoadedChair], position: Position, device: Device
) -> LatentRequest:
    """Return the request for an edited blend, which should stand where its chairs stand."""
    a, b = pair
    t = f"t = {position.t:g}"
    name = edit.name if edit.start else f"{t} · {edit.name}"
    floor = max(int(chair.grid.any(axis=(0, 2)).argmax()) for chair in pair)
    latent = edit.applied_to(blend_of(a, b, position))
    return LatentRequest(latent, name, device, floor=floor, edited_at=position.t)
