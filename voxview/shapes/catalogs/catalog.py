"""An ordered collection of chairs from one source, whose grids are loaded lazily."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence

from voxview.counts import counted
from voxview.errors import InputError
from voxview.printable import printable
from voxview.shapes.catalogs.change import Change
from voxview.shapes.chair import Chair


class Catalog(Sequence[Chair]):
    """Chairs in a fixed order, accessible by position or by id. Listing never opens a shape file."""

    def __init__(
        self,
        name: str,
        source: str,
        chairs: Sequence[Chair],
        notice: str = "",
        *,
        files: Catalog | None = None,
        changes: Mapping[str, Change] | None = None,
        removed: Sequence[Chair] = (),
    ) -> None:
        self.name = printable(name)
        """Display name, printable: "Sample chairs", "ShapeNetVox32"."""
        self.source = source
        """`samples`, or the path that the chairs are from."""
        self.notice = notice
        """What is worth saying about the listing; empty if nothing is."""
        self.files = files
        """The chairs of a folder as their files have them; None where nothing can be changed."""
        self.changes: Mapping[str, Change] = changes or {}
        """What a person has changed, by key: see `sidecar`."""
        self.removed = tuple(removed)
        """Chairs that a person has removed from the list."""
        self._chairs = tuple(chairs)
        self._by_id = {chair.id: chair for chair in self._chairs}

    def __len__(self) -> int:
        return len(self._chairs)

    def __iter__(self) -> Iterator[Chair]:
        return iter(self._chairs)

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        return self._chairs[index]

    def __contains__(self, chair: object) -> bool:
        return isinstance(chair, Chair) and self._by_id.get(chair.id) == chair

    def get(self, chair_id: str, *, with_removed: bool = False) -> Chair | None:
        """Return the chair with exactly this id, or None."""
        if with_removed and chair_id not in self._by_id:
            return next((chair for chair in self.removed if chair.id == chair_id), None)
        return self._by_id.get(chair_id)

    def find(self, chair_id: str) -> Chair:
        """Return the chair with this id, else of this name, else with the only id that starts so.

        Raises `InputError` where there is none, or more than one.
        """
        if chair_id in self._by_id:
            return self._by_id[chair_id]
        named = [c for c in self._chairs if c.name == chair_id]
        if len(named) == 1:
            return named[0]
        if named:
            ids = ", ".join(f"'{c.id}'" for c in named[:3])
            many = counted(len(named), "chair")
            raise InputError(f"{many} in {self.name} are called '{chair_id}': give an id, as {ids}")
        starting = [c for c in self._chairs if chair_id and c.id.startswith(chair_id)]
        if len(starting) == 1:
            return starting[0]
        if starting:
            raise InputError(f"{len(starting)} ids in {self.name} start with '{chair_id}': give more of it")
        close = difflib.get_close_matches(chair_id, self._by_id, n=1, cutoff=0.7)
        hint = f"did you mean '{close[0]}'?" if close else "'voxview chairs' lists the ids"
        raise InputError(f"no chair '{chair_id}' in {self.name} ({counted(len(self), 'chair')}): {hint}")
