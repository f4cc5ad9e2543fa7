"""What a person has changed about one chair of a folder. Free of NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voxview.printable import printable

LONGEST_NAME = 120
"""Characters of a chair's name."""


@dataclass(frozen=True)
class Change:
    """What is different about one chair; as it is made without arguments, nothing is."""

    name: str = ""
    """Its name; empty: that of its file."""
    up: str = "y"
    turn: int = 0
    """The up axis and the turn, as in `shapes.orient.Orientation`, of the chair as its file has it."""
    removed: bool = False
    """Whether it is not listed."""

    @property
    def is_turned(self) -> bool:
        """Whether it stands in another way than in its file."""
        return (self.up, self.turn) != ("y", 0)

    @property
    def text(self) -> str:
        """What is different about the chair itself, in words; empty: nothing."""
        turned = f"{self.up} up, {self.turn}°" if self.is_turned else ""
        return " · ".join(part for part in (turned, self.name) if part)


AS_IN_FILE = Change()
Changes = Mapping[str, Change]
"""Changes by the path of the chair's file (of ShapeNet: the chair's folder) in the folder, with slashes."""


def usable_name(text: str) -> str:
    """Return a name that a person typed or a file has, on one line, printable, not too long."""
    return printable(" ".join(text.split()))[:LONGEST_NAME]
