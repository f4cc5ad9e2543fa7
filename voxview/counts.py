"""Numbers of things in words."""

from __future__ import annotations


def counted(number: int, thing: str) -> str:
    """Return `1 chair`, `2 chairs` or `1,200 chairs`; the thing is named in the singular."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
