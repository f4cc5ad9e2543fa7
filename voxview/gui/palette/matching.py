"""How well a text that is typed fits a name: beginnings of words first, then letters in order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

BEGINS, BY_WORDS, BY_MENU, BY_TIP, INSIDE, IN_ORDER = range(6)
"""The ranks, best first: the name begins so; words of it do; words of it and its menu; words of these and of
what is said of it; it holds the words; its letters come in this order."""

_WORD = re.compile(r"\w+")
_LEAST_TOGETHER = 2
"""So many letters for each gap between them: with less, nearly everything fits."""


@dataclass(frozen=True)
class Matched:
    """A name with what else it is found by."""

    text: str
    menu: str = ""
    more: str = ""
    """What is said of it, its keys."""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the name, in small letters."""
        return tuple(_WORD.findall(self.text.lower()))

    @cached_property
    def menu_words(self) -> tuple[str, ...]:
        """Its words and those of its menu."""
        return (*self.words, *_WORD.findall(self.menu.lower()))

    @cached_property
    def all_words(self) -> tuple[str, ...]:
        """Its words and those of all else that it is found by."""
        return (*self.menu_words, *_WORD.findall(self.more.lower()))

    def rank(self, typed: str) -> tuple[int, int] | None:
        """Return the rank of the typed text and what it costs within it, less is better; None: no match."""
        typed = typed.strip().lower()
        parts = _WORD.findall(typed)
        name = self.text.lower()
        if not parts:
            return (INSIDE, 0) if typed in f"{name} {self.more.lower()}" else None
        if name.startswith(typed):
            return BEGINS, len(name)
        begun = _first_begun(parts, self.words)
        if begun is not None:
            return BY_WORDS, begun
        if _spells("".join(parts), self.words):
            return BY_WORDS, len(self.words)
        for rank, words in ((BY_MENU, self.menu_words), (BY_TIP, self.all_words)):
            if all(any(word.startswith(part) for word in words) for part in parts):
                return rank, 0
        whole = f"{name} {self.menu.lower()}"
        if all(part in whole for part in parts):
            return INSIDE, 0
        letters = "".join(parts)
        gaps = _gaps(letters, "".join(self.words))
        return None if gaps is None or gaps * _LEAST_TOGETHER > len(letters) else (IN_ORDER, gaps)


def _first_begun(parts: list[str], words: tuple[str, ...]) -> int | None:
    """Return the place of the first word that a part begins, if all parts begin words in their order."""
    places: list[int] = []
    for part in parts:
        start = places[-1] + 1 if places else 0
        place = next((i for i in range(start, len(words)) if words[i].startswith(part)), None)
        if place is None:
            return None
        places.append(place)
    return places[0]


def _spells(letters: str, words: tuple[str, ...]) -> bool:
    """Return whether beginnings of words, some left out, make up the letters: "expmo", "sab"."""
    reached = {0}  # how many letters can be made up of the words so far
    for word in words:
        for start in tuple(reached):
            length = 0
            while word[length : length + 1] == letters[start + length : start + length + 1] != "":
                length += 1
                reached.add(start + length)
    return len(letters) in reached


def _gaps(letters: str, text: str) -> int | None:
    """Return how often letters that come in this order in a text are apart; None: they do not come so."""
    gaps, at = 0, -1
    for letter in letters:
        found = text.find(letter, at + 1)
        if found < 0:
            return None
        gaps += found != at + 1
        at = found
    return gaps
