"""Tables and paragraphs as values: the rooms make them, and `cli/tables.py` prints them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["label", "figure", "text"]
"""What a column may lose where there is little room. A label says what its row is: it folds over several
lines. A figure is never folded or cut, because a cut figure is a wrong one. A text is cut."""


@dataclass(frozen=True)
class Column:
    """A column's heading, and what is in it."""

    heading: str
    kind: Kind = "figure"
    narrow: str = ""
    """The heading where there is little room: fewer words, or several lines. Empty: the same."""


@dataclass(frozen=True)
class Table:
    """Columns and rows of the same length. Labels and texts stand to the left, figures to the right."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    footnotes: tuple[str, ...] = ()
    headings_in_plain_text: bool = True
    """False for a list of rows that scripts read."""


Report = tuple[Table | str, ...]
"""What a command prints, with an empty line between two parts. A string's lines are paragraphs."""
