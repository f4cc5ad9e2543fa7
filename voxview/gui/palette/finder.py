"""What a typed text finds, best first, among actions and the chairs of every open catalog."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nsmallest

from voxview.gui.palette.entry import Entry, chair_entry
from voxview.gui.palette.matching import BEGINS, BY_WORDS, INSIDE
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.chair import Chair

FIRST_CHAIRS = 6
"""So many stand among the actions that fit as well; the others come last."""
MOST_CHAIRS = 200


class ChairSearch:
    """Search through the catalogs that are open: every word is in the name or the id, as in the list."""

    def __init__(self) -> None:
        self._indexed: list[tuple[Catalog, list[tuple[str, Chair]]]] = []

    def take(self, catalogs: Sequence[Catalog]) -> None:
        """Search these catalogs from now on; those that are known are not gone through again."""
        known = {id(catalog): texts for catalog, texts in self._indexed}  # held, so that no id is used again
        self._indexed = [(one, known[id(one)] if id(one) in known else _texts(one)) for one in catalogs]

    @property
    def count(self) -> int:
        """How many chairs there are."""
        return sum(len(texts) for _, texts in self._indexed)

    def find(self, typed: str) -> tuple[list[tuple[int, Entry]], int]:
        """Return the best `MOST_CHAIRS` chairs, each with its rank, and how many match."""
        text = typed.strip().lower()
        words = text.split()
        if not words:
            return [], 0
        found = [
            (_rank(text, words, of), order, chair, catalog.name)
            for catalog, texts in self._indexed
            for order, (of, chair) in enumerate(texts)
            if all(word in of for word in words)
        ]
        best = nsmallest(MOST_CHAIRS, found, key=lambda one: one[:2])
        return [(rank, chair_entry(chair, name)) for rank, _, chair, name in best], len(found)


def _texts(catalog: Catalog) -> list[tuple[str, Chair]]:
    return [(f"{chair.name} {chair.id}".lower(), chair) for chair in catalog]


def _rank(typed: str, words: list[str], text: str) -> int:
    if text.startswith(typed):
        return BEGINS
    padded = f" {text}"
    return BY_WORDS if all(f" {word}" in padded for word in words) else INSIDE


def find(
    typed: str, entries: Sequence[Entry], recent: Sequence[str], chairs: ChairSearch
) -> tuple[list[Entry], int]:
    """Return what fits, best first, and how many chairs fit; without a text every entry, recent first.

    `recent` are names of entries, the newest first: of two that fit as well, the recent one comes first.
    """
    last = {name: place for place, name in enumerate(recent)}
    if not typed.strip():
        return sorted(entries, key=lambda entry: last.get(entry.name, len(last))), 0
    ranked: list[tuple[tuple[int, int, int, int], Entry]] = []
    for entry in entries:
        fit = entry.matched.rank(typed)
        if fit is not None:
            ranked.append(((fit[0], 0, last.get(entry.name, len(last)), fit[1]), entry))
    found, count = chairs.find(typed)
    ranked += [((rank, 1, 0, 0), entry) for rank, entry in found[:FIRST_CHAIRS]]
    ranked.sort(key=lambda one: one[0])
    return [*(entry for _, entry in ranked), *(entry for _, entry in found[FIRST_CHAIRS:])], count
