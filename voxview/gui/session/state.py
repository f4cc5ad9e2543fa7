"""One value for everything that a person makes and would miss: chairs, position, mix, weights, look, imports.

Undo and redo, session files, the last state and bookmarks all take this value and put it back. Chairs are
held by reference, so that a thousand of these values cost little.

To keep something else as well, register an `Aspect` with the `Keeper` (`gui/context/keeping.py`): its name,
how its value is read and put back, and what a step that changes it is called. Undo, files and bookmarks
then have it as well. Its value is plain: numbers, texts, flags, None, and tuples of these.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from voxview.counts import counted
from voxview.engine.mix import MixRequest
from voxview.gui.session.titles import mix_title
from voxview.shapes.chair import Chair

Plain = bool | int | float | str | None | tuple["Plain", ...]
"""What a file can hold, and what can be compared."""


@dataclass(frozen=True)
class State:
    """What is selected and how it is looked at, without pictures, figures and devices."""

    a: Chair | None
    b: Chair | None
    t: float
    mix: MixRequest | None = None
    """Without where and how finely it is computed: see `plain_mix`."""
    weights: str = ""
    """A shipped name or the path of a file; empty: not known."""
    imported: tuple[Chair, ...] = ()
    """The chairs that were imported or made, as they are listed."""
    aspects: Mapping[str, Plain] = field(default_factory=dict)
    """What features have registered, by name."""

    def without(self, name: str) -> State:
        """Return the state without an aspect: it stays as it is when the state is put back."""
        return replace(self, aspects={one: value for one, value in self.aspects.items() if one != name})


@dataclass(frozen=True)
class Aspect:
    """Something that belongs to a state."""

    name: str
    take: Callable[[], Plain]
    put: Callable[[Plain], None]
    """Gets only values that are valid, and only where another one is in use."""
    is_valid: Callable[[Plain], bool]
    """Whether a value from a file makes sense; one that does not is left out."""
    title: Callable[[Plain], str] = str
    """What a step to a value is called."""
    is_undone: bool = True
    """Whether a change is a step; otherwise it is only kept, as from where one looks."""
    is_dragged: bool = False
    """Whether a person drags it: all of a drag is one step, and a slider that moves ends it."""
    is_in_files: bool = True
    """Whether sessions, bookmarks and the last state have it; no file changes it otherwise."""
    is_late: bool = False
    """Whether it is put back after the first picture of a start, which waits for nothing."""


def plain_mix(mix: MixRequest | None) -> MixRequest | None:
    """Return a mix without device, backend and surface, which are no part of a state."""
    return None if mix is None else MixRequest(mix.chairs, mix.weights, mix.shift)


def drag_between(before: State, after: State, dragged: Collection[str] = ()) -> str:
    """Return what is being dragged from one state to the next: "t", "mix", one of the aspects, or nothing.

    Changes of one kind within a moment are one step. `dragged` are the aspects that one drags.
    """
    others = [name for name in after.aspects if after.aspects[name] != before.aspects.get(name)]
    if replace(before, t=after.t, mix=after.mix, aspects=after.aspects) != after:
        return ""
    if not set(others) <= set(dragged):
        return ""
    if others and before.t == after.t and after.mix is None:
        return others[0] if len(others) == 1 else ""
    if after.mix is None:
        return "t"  # a slider that moves leaves a mix, and what was dragged of a blend
    chairs_stay = before.mix is None or before.mix.chairs == after.mix.chairs
    return "mix" if before.t == after.t and chairs_stay else ""


def step_title(before: State, after: State, aspects: Mapping[str, Aspect]) -> str:
    """Return what a step is called in the list of steps: what differs most."""
    for title in (_imported_title, _pair_title, _mix_title, _weights_title):
        text = title(before, after)
        if text:
            return text
    if before.t != after.t:
        return f"t = {after.t:.2f}" if round(after.t, 2) == after.t else f"t = {after.t:.4g}"
    for name, value in after.aspects.items():
        if before.aspects.get(name) != value and name in aspects:
            return aspects[name].title(value)
    return "Change"


def _imported_title(before: State, after: State) -> str:
    new = [chair for chair in after.imported if chair not in before.imported]
    gone = [chair for chair in before.imported if chair not in after.imported]
    if new:
        return f"Import {new[0].name}" if len(new) == 1 else f"Import {counted(len(new), 'chair')}"
    if gone:
        return f"Remove {gone[0].name}" if len(gone) == 1 else f"Remove {counted(len(gone), 'chair')}"
    return ""


def _pair_title(before: State, after: State) -> str:
    new = [letter for letter, one in (("A", "a"), ("B", "b")) if getattr(before, one) != getattr(after, one)]
    if len(new) == 2 and (before.a, before.b) == (after.b, after.a):
        return "Swap A and B"
    if len(new) == 2:
        return f"{_name(after.a)} and {_name(after.b)}"
    return f"{new[0]}: {_name(after.a if new == ['A'] else after.b)}" if new else ""


def _mix_title(before: State, after: State) -> str:
    if before.mix == after.mix:
        return ""
    if after.mix is None:
        return "Back to the blend" if before.t == after.t else ""
    return mix_title(after.mix)


def _weights_title(before: State, after: State) -> str:
    return f"Weights {after.weights}" if after.weights and before.weights != after.weights else ""


def _name(chair: Chair | None) -> str:
    return "none" if chair is None else chair.name
