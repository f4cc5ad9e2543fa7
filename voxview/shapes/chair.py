"""A chair: one shape with an id, a name and a source. Its grid is loaded lazily."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voxview.printable import printable

if TYPE_CHECKING:  # the bare window must not wait for NumPy, a fifth of its start-up time
    from voxview.shapes.frame import Grid


@dataclass(frozen=True)
class Chair:
    """One chair of a catalog.

    Two chairs are equal if their source, id and version are. `read` loads the grid from disk or from the
    generator; it is thread-safe, may take a second for a large mesh, and raises `InputError` for a file that
    cannot be used.
    """

    id: str
    name: str = field(compare=False)
    source: str
    """Source of its catalog: `samples`, or the path of a folder or file."""
    read: Callable[[], Grid] = field(compare=False, repr=False)
    """Loads the grid, `bool (32, 32, 32)`."""
    details: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)
    """Further facts to show: a sample's parameters, a file's path."""
    version: str = ""
    """How it differs from what its source has: its turn, its own name, another content of its file. What is
    kept by chair, such as pictures and latents, is not taken for what it was before."""

    def is_same(self, other: Chair | None) -> bool:
        """Return whether both are one chair of one source, in whatever version."""
        return other is not None and (self.source, self.id) == (other.source, other.id)

    def __post_init__(self) -> None:
        """Make the name printable: it may be a file's. The id stays as it is, for it finds the file."""
        object.__setattr__(self, "name", printable(self.name))
