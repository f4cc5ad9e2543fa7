"""Names from files as they can be shown: on one line, in the order in which they stand."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"
"""Invisible, but part of how Persian, Hindi and emoji are spelt; they move nothing."""


def printable(text: str) -> str:
    r"""Return a text with control characters, line ends, direction marks and lone bytes escaped, as `\x1b`.

    A name with them would colour or overwrite a terminal, forge a line of its own, or show `gpj.exe` as
    `exe.jpg`.
    """
    if text.isprintable():
        return text
    return "".join(one if _is_harmless(one) else one.encode("unicode_escape").decode() for one in text)


def printable_lines(text: str) -> str:
    """Return the same of a text of several lines, whose line ends stay."""
    return "\n".join(map(printable, text.split("\n")))


def _is_harmless(character: str) -> bool:
    return (
        character.isprintable() or character in _JOINERS or unicodedata.category(character) == "Zs"
    )  # spaces that are not U+0020, as macOS has in names of screenshots
