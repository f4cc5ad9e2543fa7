"""A chair: one shape with an id, a name and a source. Its grid is read when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # NumPy takes a fifth of the time in which the bare window has to be there
    from voxview.shapes.frame import Grid


@dataclass(frozen=True)
class Chair:
    """One chair of a catalog.

    Two chairs are equal when source and id are. `read` gives the grid, from disk or from a generator;
    it may be called on any thread, may take a second for a large mesh, and raises `InputError` for a
    file that cannot be used.
    """

    id: str
    name: str = field(compare=False)
    source: str
    """Which catalog it comes from: `samples`, or the path of a folder or file."""
    read: Callable[[], Grid] = field(compare=False, repr=False)
    """Reads the grid, `bool (32, 32, 32)`."""
    details: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)
    """What else is known: a sample's parameters, a file's path."""
